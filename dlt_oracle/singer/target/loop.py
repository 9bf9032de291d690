"""Package after package: read to a cut, load and commit, and only then print the STATE before the cut."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import dlt
from dlt.common.destination import Destination
from dlt.common.schema import Schema

from dlt_oracle.singer.errors import SingerError, StreamError
from dlt_oracle.singer.feed import LinesFeed
from dlt_oracle.singer.messages import is_state
from dlt_oracle.singer.pump import Pump
from dlt_oracle.singer.resources import package_source, run
from dlt_oracle.singer.tap.private_files import PrivateFiles
from dlt_oracle.singer.target.failures import input_failure
from dlt_oracle.singer.target.packages import PackageFeed, TakenLines, covered
from dlt_oracle.singer.target.stored_schema import stored_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt.pipeline.pipeline import Pipeline

    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.target.config import TargetConfig
    from dlt_oracle.singer.target.lines import LineReader

SOURCE = "singer"
"""Name of the dlt source, and so of the schema that is kept in the database."""

logger = logging.getLogger("target_oracle")


def load(config: TargetConfig, reader: LineReader, print_state: Callable[[str | None], None]) -> None:
    """Load all that ``reader`` gives; ``print_state`` gets the raw text of each STATE that is safe to keep.

    The working directory lasts as long as the process: what a killed one left there was in no STATE, is sent
    again, and removed by the next process.

    Raises SingerError for input that cannot be loaded: what came before is committed up to its last STATE,
    and that printed. Raises what dlt and the destination raise.
    """
    files = PrivateFiles()
    try:
        pipeline = dlt.pipeline(
            config.pipeline_name,
            pipelines_dir=str(files.directory),
            destination=Destination.from_reference("oracle", **config.destination),
            dataset_name=_normalized(config.dataset_name),
        )
        _Loader(config, pipeline, print_state).load(reader)
    finally:
        files.remove()


def _normalized(dataset: str) -> str:
    """Return the name as dlt would make it, which warns of each time that it does."""
    return Schema(SOURCE).naming.normalize_table_identifier(dataset)


class _Loader:
    """Loads packages with one pump. A package holds all streams' rows: its last STATE covers nothing else."""

    def __init__(
        self, config: TargetConfig, pipeline: Pipeline, print_state: Callable[[str | None], None]
    ) -> None:
        self._config = config
        self._pipeline = pipeline
        self._print_state = print_state
        self._replaces = config.options.write_disposition == "replace"
        self._pump = Pump(config.options)
        self._rows = 0
        self._schema: Schema | None = stored_schema(pipeline, SOURCE)

    def load(self, reader: LineReader) -> None:
        last_line = b""
        while reader.wait():
            with contextlib.closing(PackageFeed(reader, self._config.limits)) as package:
                self._load_package(package)
            self._rows += package.rows
            last_line = package.last_line or last_line
        reader.check_end()
        # A tap that has sent all it had ends with STATE. How its process ended nobody tells a target.
        if is_state(last_line) and not reader.interrupted:
            self._end_run()

    def _end_run(self) -> None:
        """Do what only a whole run may: activate versions said before their records, empty tables."""
        self._pump.end_run()
        if self._pump.has_work_left:
            self._commit(self._pump, LinesFeed(()))
        self._print_state(self._pump.state)

    def _load_package(self, package: PackageFeed) -> None:
        known = self._pump.schemas
        try:
            self._commit(self._pump, package)
        except Exception as error:
            failure = input_failure(error)
            if failure is None:
                raise
            if not self._replaces:  # a table would be replaced twice, by less
                self._load_covered(covered(package.taken(), _lines_before(failure, self._rows)), known)
            raise failure from error
        lines = "1 line" if package.rows == 1 else f"{package.rows:,} lines"
        logger.info("Loaded %s, %s bytes.", lines, f"{package.bytes:,}")

    def _load_covered(self, lines: list[bytes], known: list[bytes]) -> None:
        """Load lines that a STATE covers, of a package that failed. dlt has dropped all of it.

        What is wrong is not found in the order of lines: there may be more of it before the first failure.
        """
        if not lines:
            return
        try:
            self._commit(Pump(self._config.options), TakenLines([*known, *lines]))
        except Exception as error:
            failure = input_failure(error)
            if failure is None:
                raise
            left = covered(lines, _lines_before(failure, len(known)))
            if len(left) < len(lines):
                self._load_covered(left, known)

    def _commit(self, pump: Pump, feed: Feed) -> None:
        pump.attach(feed)
        info = run(self._pipeline, package_source(SOURCE, pump, self._schema), **self._contract())
        info.raise_on_failed_jobs()  # whatever dlt is configured to do about them
        self._schema = None  # from now on the pipeline's own
        # The STATE of a part would make the next run begin behind it, and replace it.
        if not self._replaces:
            self._print_state(pump.state)

    def _contract(self) -> dict[str, Any]:
        return {"schema_contract": {"data_type": "freeze"}} if self._config.freeze_types else {}


def _lines_before(failure: SingerError, read: int) -> int | None:
    """Return how many lines behind the ``read`` ones stand before the failure; None: it is of no line."""
    line = failure.line if isinstance(failure, StreamError) else None
    return None if line is None else line - read - 1
