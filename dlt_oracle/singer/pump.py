"""The pump: lines of a feed in, batches per stream out. What it learns outlives a feed and a load package.

It reads only when somebody asks, in one thread, so that a tap can be no faster than its loading. At most one
batch waits; what is in buffers is bounded by ``batch_rows`` of each stream, and by ``batch_bytes`` of all
streams together, however many there are, and a block.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec
from dlt.common import logger

from dlt_oracle.singer import batch_files
from dlt_oracle.singer.blocks import Block
from dlt_oracle.singer.buffers import Buffer, Buffers
from dlt_oracle.singer.errors import MalformedLine, NameCollision, RecordBeforeSchema, SingerError
from dlt_oracle.singer.messages import RECORD, Message, Record, read, read_records
from dlt_oracle.singer.spool import CheckpointFeed, Spool
from dlt_oracle.singer.stream import Batch, Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dlt_oracle.singer.columns import Package
    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.options import Options

_MAX_SHOWN_BYTES = 80
_STREAM = attrgetter("stream")
_EMPTY_STATE = re.compile(r"\s*(null|\{\s*\})?\s*")


class Pump:
    """Reads messages and gives out batches.

    One pump serves one run of a tap, however many feeds (load packages) that run is cut into: compiled
    SCHEMAs, the sequence, counters, the last STATE and activations stay. Use: ``attach`` a feed,
    ``open_package``, ``give`` until ``ended``; then read ``state``, ``activations`` and ``failure``.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.counters: Counter[str] = Counter()
        """What the user should know, by sentence: what was repaired, did not fit, was dropped."""
        self.state: str | None = None
        """Raw JSON text of the last STATE; None: none yet, or empty ones only.

        Once the feed has ended, every record before it has been given out.
        """
        self.failure: SingerError | None = None
        """With on_error="checkpoint": why the feed ended early. Raise it after the commit."""
        self.records_dropped = False
        """Whether records were dropped that STATE counts as loaded: then it must not be committed."""
        self._run_has_ended = False
        self._line = 0
        self._buffers = Buffers(options)
        self._alone: Buffer | None = None  # that of the stream that all of the last block was of
        self._discarded: Callable[[str], bool] = lambda _stream: False
        self._package: Package | None = None
        self._feed: Feed | None = None
        self._batches: Iterator[Batch] = iter(())
        self._ready: Batch | None = None
        self._waiting = Spool()
        self.ended = True
        """Whether the attached feed has given everything, and everything was given out."""

    def attach(self, feed: Feed) -> None:
        """Read from ``feed`` from now on; the one before must have ended."""
        if not self.ended:
            raise RuntimeError("the feed before has not ended")
        self._feed = CheckpointFeed(feed) if self.options.on_error == "checkpoint" else feed
        self._batches = self._read(self._feed)
        self.ended = False

    def open_package(self, package: Package) -> None:
        """Make batches for this load package from now on."""
        self._package = package
        self._buffers.open_package(package)

    def discard(self, is_discarded: Callable[[str], bool]) -> None:
        """Drop records of the streams that the function says, from now on."""
        self._discarded = is_discarded

    def give(self, wanted: Callable[[str], bool]) -> Batch | None:
        """Return the next batch if it is of a ``wanted`` stream; None: ask for another, or all has ended.

        Raises SingerError for what the options call an error, or what the feed raises.
        """
        while not self.ended and (self._ready is None or self._discarded(self._ready.stream)):
            self._ready = next(self._batches, None)
            self.ended = self._ready is None
        batch = self._ready
        if batch is None or not wanted(batch.stream):
            return None
        self._ready = None
        return batch

    @property
    def activations(self) -> dict[str, int]:
        """Versions by stream that can be activated once everything given out is committed.

        Until ``end_run`` those only that were said after the last of their records: at its beginning a run
        says that a version is coming, and what is there is all that people have.
        """
        return self._buffers.activations(run_has_ended=self._run_has_ended)

    @property
    def schemas(self) -> list[bytes]:
        """The SCHEMAs that are known, as lines, each with the version that was said last behind it."""
        return [line for buffer in self._buffers.by_name.values() for line in buffer.known]

    def forget_activations(self) -> None:
        """Note that ``activations`` is in hands that will not lose it."""
        for name in self.activations:
            self._buffers.by_name[name].activation = None

    def end_run(self) -> None:
        """Note that the tap has sent all it had.

        Versions said before their records can be activated, and tables be replaced by nothing.
        """
        self._run_has_ended = True

    @property
    def has_work_left(self) -> bool:
        """Whether the next package has something to do though it holds no lines."""
        return bool(self.activations) or any(
            buffer.stream.is_to_be_emptied for buffer in self._buffers.by_name.values()
        )

    def stop(self) -> None:
        """Stop the feed; batches that are not given out are lost."""
        self.records_dropped = self.records_dropped or not self.ended
        self.ended = True
        self._ready = None
        self._waiting.close()
        if self._feed is not None:
            self._feed.stop()

    def _read(self, feed: Feed) -> Iterator[Batch]:
        for block in feed:
            yield from self._pump(block, self._line + 1)
            self._line += block.length
        feed.finish()
        if isinstance(feed, CheckpointFeed):
            self.failure = feed.failure
        if self.failure is None:
            for number, line in _numbered_before(self._waiting):
                yield from self._pump(Block.of([line]), number, waited=True)
            if not self.options.open_ended:
                self.end_run()
        self._waiting.close()
        yield from self._buffers.flush(run_is_whole=self._run_has_ended)

    def _pump(self, block: Block, first: int, *, waited: bool = False) -> Iterator[Batch]:
        """Read a block whose first line has the number ``first``.

        ``waited``: its messages waited for the good end, and are of streams that replace.
        """
        alone, self._alone = self._alone, None
        if alone and (found := alone.stream.read(block)):
            for number, record in enumerate(found, first):
                record.line = number
            yield from self._buffers.add(alone, found, len(block.text))
            self._alone = alone
            return
        open_ = self._buffers.open
        messages: Iterable[Record | None] | None = read_records(block)
        lines: list[bytes] = []
        if messages is None:
            lines = block.lines
            messages = (read(line, number, self.counters) for number, line in enumerate(lines, first))
        records: list[Record] = []
        for position, message in enumerate(messages):
            if message is not None:
                message.line = first + position
                if message.type == RECORD and message.stream in open_:  # nearly all
                    message.type = RECORD  # one text for all of them
                    records.append(message)
                    continue
            yield from self._take(records)
            records = []
            lines = lines or block.lines
            yield from self._handle(message, lines[position], first + position, waited=waited)
        if not lines and len(set(map(_STREAM, records))) == 1:
            self._alone = open_[str(records[0].stream)]
            yield from self._buffers.add(self._alone, records)
        else:
            yield from self._take(records)

    def _take(self, records: Sequence[Record]) -> Iterator[Batch]:
        """Put records of a block that is not of one stream alone into the buffers of their streams."""
        by_stream: dict[Any, list[Record]] = {}
        for record in records:
            if isinstance(record.record, msgspec.Raw):
                record.record = record.record.copy()  # else it would keep all of the block
            by_stream.setdefault(record.stream, []).append(record)
        for stream, of_stream in by_stream.items():
            yield from self._buffers.add(self._buffers.open[stream], of_stream)

    def _handle(self, message: Record | None, line: bytes, number: int, *, waited: bool) -> Iterator[Batch]:
        if message is not None and message.type != RECORD and not isinstance(message, Message):
            message = read(line, number, self.counters)
        if message is None:
            self._note_noise(line, number)
            return
        handle = _HANDLERS.get(message.type.upper())
        if handle is None:
            self._note_unknown(message)
            return
        buffer = self._buffers.by_name.get(message.stream or "")
        if buffer is not None and not waited and self._has_to_wait(buffer, message, handle):
            self._waiting.write(Block.of([b"%d %b" % (number, line)]))
            return
        yield from handle(self, message)

    def _has_to_wait(self, buffer: Buffer, message: Record, handle: _Handler) -> bool:
        is_open = buffer.stream.name in self._buffers.open
        if not is_open and handle in (Pump._record, Pump._batch) and message.version is None:
            buffer.waits = self.options.on_error == "checkpoint" and buffer.stream.replaces
        return buffer.waits

    def _record(self, message: Record) -> Iterator[Batch]:
        buffer = self._buffer(message)
        if buffer is None:
            self._drop(message)
            return
        if message.version is not None:
            buffer.stream.become_versioned()
        self._buffers.open[buffer.stream.name] = buffer
        yield from self._take([message])

    def _schema(self, message: Message) -> Iterator[Batch]:
        name = self._name(message)
        buffer = self._buffers.by_name.get(name)
        if buffer is None:
            self._check_table_name(name, message)
            buffer = Buffer(Stream(name, self.options, self.counters))
            if self._package is not None:
                buffer.stream.open_package(self._package)
            buffer.stream.describe(message)
            self._buffers.by_name[name] = buffer
        elif not buffer.stream.is_described_by(message):
            if buffer.messages:
                yield self._buffers.cut(buffer)
            buffer.stream.describe(message)

    def _state(self, message: Message) -> Iterable[Batch]:
        text = bytes(message.value).decode(errors="replace")
        if _EMPTY_STATE.fullmatch(text):  # some taps begin so; it would wipe what is known
            self.counters["empty STATEs, ignored"] += 1
        else:
            self.state = text
        return ()

    def _activate(self, message: Record) -> Iterator[Batch]:
        buffer = self._buffer(message)
        version = message.version
        if version is None:
            raise MalformedLine(
                "an ACTIVATE_VERSION without a version", stream=message.stream, line=message.line
            )
        if buffer is None or self.options.versions == "ignore":
            return
        if buffer.messages and version != buffer.version:  # those before are not of this version
            yield self._buffers.cut(buffer)
        if buffer.has_unversioned:
            if not buffer.stream.replaces:
                self._note_inactive(buffer.stream.name, version)
            return
        buffer.stream.become_versioned()
        buffer.version = version
        buffer.activation = (version, message.line)

    def _batch(self, message: Message) -> Iterator[Batch]:
        buffer = self._buffer(message)
        if buffer is None:
            self._drop(message)
            return
        for records in batch_files.records(message):
            yield from self._buffers.add(buffer, records)

    def _buffer(self, message: Record) -> Buffer | None:
        """Return where records of the stream go; None: they are dropped. Raises RecordBeforeSchema."""
        name = self._name(message)
        if self._discarded(name):
            return None
        buffer = self._buffers.by_name.get(name)
        if buffer is None:
            raise RecordBeforeSchema(
                f"a {message.type} before the SCHEMA, without which its types are not known. The tap has to "
                "send the SCHEMA first",
                stream=name,
                line=message.line,
            )
        return buffer

    def _drop(self, message: Record) -> None:
        self.records_dropped = True
        self.counters[f"records of streams that are not selected, dropped: {message.stream}"] += 1

    def _name(self, message: Record) -> str:
        if not message.stream:
            raise MalformedLine(
                f"a {message.type} without a stream. The tap has to be mended", line=message.line
            )
        return message.stream

    def _check_table_name(self, name: str, message: Record) -> None:
        if self._package is None:
            return
        wanted = self._package.table_name(name)
        for other in self._buffers.by_name:
            if self._package.table_name(other) == wanted:
                raise NameCollision(
                    f"the streams {other!r} and {name!r} both become the table {wanted!r}. Load one of them "
                    "with another source, into another dataset",
                    stream=name,
                    line=message.line,
                )

    def _note_inactive(self, stream: str, version: int) -> None:
        """Tell that an ACTIVATE_VERSION is without effect: it would delete what was just loaded."""
        event = f"versions not activated, for records before them had none: {stream}"
        if not self.counters[event]:
            logger.warning(
                f"Stream {stream}: version {version} is not activated, and rows of earlier runs stay: the "
                "tap has sent records before it said any version"
            )
        self.counters[event] += 1

    def _note_unknown(self, message: Record) -> None:
        event = f"messages of unknown type, skipped: {message.type}"
        if not self.counters[event]:
            logger.warning(f"Line {message.line}: messages of type {message.type!r} are unknown and skipped")
        self.counters[event] += 1

    def _note_noise(self, line: bytes, number: int) -> None:
        if not line.strip():
            return
        shown = (self._feed.masked(line) if self._feed else line)[:_MAX_SHOWN_BYTES].decode(errors="replace")
        if self.options.noise == "error":
            raise MalformedLine(
                f"no Singer message, but {shown!r}. noise='warn' skips such lines", line=number
            )
        event = "lines that are no messages, skipped"
        if not self.counters[event]:
            logger.warning(f"Line {number} is no Singer message and is skipped: {shown!r}")
        self.counters[event] += 1


def _numbered_before(spool: Spool) -> Iterator[tuple[int, bytes]]:
    for block in spool.drain():
        for line in block.lines:
            number, _, text = line.partition(b" ")
            yield int(number), text


_Handler = Callable[[Pump, Any], Iterable[Batch]]
_HANDLERS: dict[str, _Handler] = {
    "SCHEMA": Pump._schema,  # noqa: SLF001 - the class's own table
    "RECORD": Pump._record,  # noqa: SLF001 - as above
    "STATE": Pump._state,  # noqa: SLF001 - as above
    "ACTIVATE_VERSION": Pump._activate,  # noqa: SLF001 - as above
    "BATCH": Pump._batch,  # noqa: SLF001 - as above
}
