"""A Singer stream as dlt resources: one per stream, and one for the streams nobody named.

All of them share a pump. Whichever dlt asks lets the pump read until a batch is ready; if it is another's,
it yields None, and dlt asks the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dlt
from dlt.common import logger
from dlt.common.configuration import resolve_configuration
from dlt.common.configuration.container import Container
from dlt.common.configuration.specs import known_sections
from dlt.common.pipeline import PipelineContext
from dlt.common.schema import Schema
from dlt.common.storages.exceptions import CurrentLoadPackageStateNotAvailable
from dlt.common.storages.load_package import load_package_state
from dlt.extract import DltSource
from dlt.extract.source import SourceInjectableContext
from dlt.normalize.configuration import ItemsNormalizerConfiguration

from dlt_oracle.singer.activation import activate
from dlt_oracle.singer.columns import LOAD_ID, ROW_ID, Package
from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.pump import Pump
from dlt_oracle.singer.state import SingerState, Stored, source_name

if TYPE_CHECKING:
    from dlt.common.pipeline import LoadInfo
    from dlt.pipeline.pipeline import Pipeline

    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.options import Options
    from dlt_oracle.singer.stream import Batch

OTHER_STREAMS = "other_streams"
"""Name of the resource of streams that were not known beforehand."""

_ORACLE = "dlt_oracle.destinations.oracle"


@dataclass(frozen=True)
class Start:
    """What is known when extraction begins.

    ``state``: raw JSON text of the STATE to begin with, or None. ``selected``: names of the selected streams;
    ``others``: whether streams without a resource are selected.
    """

    state: str | None
    selected: frozenset[str]
    others: bool


OpenFeed = Callable[[Start], "Feed"]


def stream_source(
    name: str,
    open_feed: OpenFeed,
    options: Options,
    streams: Sequence[str] = (),
    deselected: Collection[str] = (),
) -> DltSource:
    """Return a source that opens its feed when it is extracted, and may be extracted again.

    ``name``: of the tap; the source and the place of its STATE in the pipeline's state are called after it.
    ``streams``: those known beforehand, as messages call them, each a resource; others go through the
    resource OTHER_STREAMS, but for those in ``deselected``, which are dropped.
    """

    def begin(start: Start) -> Pump:
        pump = Pump(options)
        pump.attach(open_feed(start))
        return pump

    return _source(name, begin, _Streams(tuple(streams), frozenset(deselected)))


def package_source(name: str, pump: Pump, schema: Schema | None = None) -> DltSource:
    """Return a source of one load package: what the feed attached to ``pump`` holds. For targets.

    ``schema``: what is known of the tables beside what the pipeline knows.
    """
    return _source(name, lambda _start: pump, _Streams(), schema)


def run(pipeline: Pipeline, source: DltSource, **arguments: Any) -> LoadInfo:
    """Run ``pipeline``, then activate versions. ``arguments`` are those of dlt's ``Pipeline.run``.

    Raises TapFailed if the tap ended early, after what its last STATE covers was committed.
    """
    info = pipeline.run(source, **arguments)
    state = SingerState(pipeline, source.name)
    if versions := state.stored.activations:
        activate(pipeline, pipeline.schemas[source.name], versions, mark=state.stored.marks)
        state.activated()
    if failure := state.stored.failure:
        error = TapFailed(f"{failure}. Everything up to its last STATE is loaded; run again to go on")
        error.committed_state = state.text
        raise error
    return info


@dataclass(frozen=True)
class _Streams:
    """The streams that are known beforehand: those with a resource, and those that nobody wants."""

    named: tuple[str, ...] = ()
    deselected: frozenset[str] = frozenset()

    def resource(self, stream: str) -> str | None:
        """Return the resource through which ``stream`` comes, None: none."""
        if stream in self.named:
            return stream
        return None if stream in self.deselected else OTHER_STREAMS


def _source(
    name: str, begin: Callable[[Start], Pump], streams: _Streams, schema: Schema | None = None
) -> DltSource:
    extractions = _Extractions(begin, streams)
    resources = [
        dlt.resource(extractions.generator(one), name=one, write_disposition="append")
        for one in (*streams.named, OTHER_STREAMS)
    ]
    called = source_name(name)
    return DltSource(schema or Schema(called), called, resources)


class _Extractions:
    """Gives the resources of one source the extraction that is going on."""

    def __init__(self, begin: Callable[[Start], Pump], streams: _Streams) -> None:
        self._begin = begin
        self._streams = streams
        self._current: _Extraction | None = None

    def generator(self, resource: str) -> Callable[[], Iterator[Any]]:
        """Return what dlt calls for the items of ``resource``."""

        def items() -> Iterator[Any]:
            yield from self._extraction().items(resource)

        return items

    def _extraction(self) -> _Extraction:
        load_id = _load_id()
        if self._current is None or self._current.load_id != load_id or self._current.is_over:
            self._current = _Extraction(load_id, self._begin, self._streams)
        return self._current


class _Extraction:
    """One extraction of a source: its pump, and the resources that still take part."""

    def __init__(self, load_id: str, begin: Callable[[Start], Pump], streams: _Streams) -> None:
        self.load_id = load_id
        selected = Container()[SourceInjectableContext].source.resources.selected
        self._streams = streams
        self._active = set(selected)
        self._stored = Stored(dlt.current.source_state())
        schema = dlt.current.source_schema()
        self._activate_pending(schema)
        self._pump = begin(
            Start(
                self._stored.state, frozenset(selected).intersection(streams.named), OTHER_STREAMS in selected
            )
        )
        self._pump.discard(lambda stream: streams.resource(stream) not in self._active)
        self._pump.open_package(_package(load_id, schema))
        self._is_settled = False
        _DLT_LOGGER.addFilter(_is_worth_telling)

    @property
    def is_over(self) -> bool:
        """Whether no resource takes part any more."""
        return not self._active

    def items(self, resource: str) -> Iterator[Any]:
        """Yield the batches of ``resource``, and None while others have the turn."""
        pump = self._pump
        try:
            while not pump.ended:
                batch = pump.give(lambda stream: self._streams.resource(stream) == resource)
                yield None if batch is None else _item(batch, is_other=resource == OTHER_STREAMS)
            self._settle()
        except GeneratorExit:
            raise
        except BaseException:
            # dlt asks the others no more, and does not close those that it has not begun with.
            self._active.clear()
            raise
        finally:
            self._active.discard(resource)
            if not pump.ended:  # dlt has enough of this resource
                pump.records_dropped = True
            if not self._active:
                pump.stop()
                _DLT_LOGGER.removeFilter(_is_worth_telling)

    def _settle(self) -> None:
        """Write down what is committed with the load package."""
        if self._is_settled:
            return
        self._is_settled = True
        pump = self._pump
        state = pump.state
        if pump.records_dropped and state is not None:
            logger.warning(
                "The STATE is not kept: records that it counts as loaded were dropped, because their streams "
                "are not selected, or were limited. The next run begins where this one did"
            )
            state = None
        self._stored.keep(state, str(pump.failure) if pump.failure else None)
        whole = {} if pump.records_dropped else pump.activations
        self._stored.add_activations(whole, mark=pump.options.versions == "mark")
        pump.forget_activations()
        for event, count in pump.counters.items():
            logger.warning(f"{event}: {count}")
        if pump.failure is not None:
            logger.error(f"{pump.failure}. What its last STATE covers is loaded, and nothing behind it")
        dlt.current.resource_metrics().update(pump.counters)

    def _activate_pending(self, schema: Schema) -> None:
        versions = self._stored.activations
        pipeline = _pipeline()
        if versions and pipeline is not None and not pipeline.has_pending_data:
            activate(pipeline, schema, versions, mark=self._stored.marks)
            self._stored.activated()


def _load_id() -> str:
    try:
        return load_package_state()["load_id"]
    except CurrentLoadPackageStateNotAvailable:
        return ""  # somebody looks at the items of a source without loading them


def _pipeline() -> Pipeline | None:
    return dlt.current.pipeline() if Container()[PipelineContext].is_active() else None


def _package(load_id: str, schema: Schema) -> Package:
    pipeline = _pipeline()
    destination = pipeline.destination if pipeline is not None else None
    normalizer = resolve_configuration(
        ItemsNormalizerConfiguration(), sections=(known_sections.NORMALIZE, "parquet_normalizer")
    )
    added = {LOAD_ID: normalizer.add_dlt_load_id, ROW_ID: normalizer.add_dlt_id}
    return Package(
        load_id,
        schema,
        oracle=destination is not None and destination.destination_type == _ORACLE,
        id_columns=frozenset(name for name, is_added in added.items() if not is_added),
    )


def _item(batch: Batch, *, is_other: bool) -> Any:
    data = batch.data if batch.rows else dlt.mark.materialize_table_schema()
    if batch.hints is None:
        return dlt.mark.with_table_name(data, batch.stream) if is_other else data
    # Given with the first item only: a resource that is declared to replace empties its table when the tap
    # sends nothing.
    hints = dlt.mark.make_hints(table_name=batch.stream if is_other else None, **batch.hints)
    return dlt.mark.with_hints(data, hints, create_table_variant=is_other)


_DLT_LOGGER = logging.getLogger("dlt")


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Leave out what dlt says of each batch: JSON travels as text, and the hints that say so are ours."""
    return "when merging arrow schema with dlt schema" not in record.getMessage()
