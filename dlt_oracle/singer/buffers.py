"""Records that wait until there are enough for a batch; never more than a stated size of all streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from dlt_oracle.singer.tables import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dlt_oracle.singer.columns import Package
    from dlt_oracle.singer.messages import Record
    from dlt_oracle.singer.options import Options
    from dlt_oracle.singer.stream import Batch, Stream

_VERSION = attrgetter("version")


@dataclass
class Buffer:
    """Records of one stream; ``size`` is in bytes.

    ``waits``: they are held back until the good end, for they replace what is there. ``version``: the one
    said last, by an ACTIVATE_VERSION or a record. ``has_unversioned``: records came before any version was
    said. ``last_line`` and ``last_version``: of the last record in a batch. ``activation``: the version to
    activate, and the line that said so.
    """

    stream: Stream
    messages: list[Record] = field(default_factory=list)
    size: int = 0
    waits: bool = False
    version: int | None = None
    has_unversioned: bool = False
    last_line: int = 0
    last_version: int | None = None
    activation: tuple[int, int] | None = None

    def stamp(self, messages: Sequence[Record]) -> None:
        """Give records without a version the one said last before them."""
        versions = set(map(_VERSION, messages))
        if versions == {None} and self.version is None:
            self.has_unversioned = True
        else:
            self.stream.become_versioned()
            for message in messages if len(versions) > 1 or None in versions else messages[-1:]:
                if message.version is None:
                    message.version = self.version
                    self.has_unversioned = self.has_unversioned or self.version is None
                else:
                    self.version = message.version
        self.last_line, self.last_version = messages[-1].line, self.version

    @property
    def known(self) -> list[bytes]:
        """What is known of the stream, as lines: another pump learns from them what this one knows."""
        if self.version is None:
            return [self.stream.schema_message]
        said = {"type": "ACTIVATE_VERSION", "stream": self.stream.name, "version": self.version}
        return [self.stream.schema_message, msgspec.json.encode(said)]


class Buffers:
    """The buffers of all streams of a run, by name."""

    def __init__(self, options: Options) -> None:
        self.by_name: dict[str, Buffer] = {}
        self.open: dict[str, Buffer] = {}
        """Those whose records are taken as they come."""
        self._options = options
        self._run = Run()
        self._size = 0

    def open_package(self, package: Package) -> None:
        """Make batches for this load package from now on."""
        for buffer in self.by_name.values():
            buffer.stream.open_package(package)

    def add(self, buffer: Buffer, messages: Sequence[Record], size: int | None = None) -> Iterator[Batch]:
        """Take records, of ``size`` bytes if that is known; yield batches as there is enough for them."""
        size = _size(messages) if size is None else size
        while messages:
            taken = messages[: self._options.batch_rows - len(buffer.messages)]
            part = size * len(taken) // len(messages)
            messages, size = messages[len(taken) :], size - part
            buffer.messages += taken
            buffer.size += part
            self._size += part
            if len(buffer.messages) >= self._options.batch_rows:
                yield self.cut(buffer)
            elif self._size >= self._options.batch_bytes:
                yield self.cut(max(self.by_name.values(), key=lambda one: one.size))

    def cut(self, buffer: Buffer) -> Batch:
        """Return a batch of what ``buffer`` holds, which has to be something."""
        messages, buffer.messages = buffer.messages, []
        self._size -= buffer.size
        buffer.size = 0
        buffer.stamp(messages)
        return buffer.stream.batch(messages, self._run)

    def flush(self, *, run_is_whole: bool) -> Iterator[Batch]:
        """Cut all buffers; ``run_is_whole``: streams that replace may do so by nothing."""
        for buffer in self.by_name.values():
            if buffer.messages:
                yield self.cut(buffer)
            elif run_is_whole and (empty := buffer.stream.empty(self._run)):
                yield empty

    def activations(self, *, run_has_ended: bool) -> dict[str, int]:
        """Return versions by stream: those said behind records of their own; at the end, all of them.

        Behind records of another version only, or before more of its own, a version is still to come.
        """
        return {
            name: buffer.activation[0]
            for name, buffer in self.by_name.items()
            if buffer.activation is not None
            and (
                run_has_ended
                or (buffer.last_version == buffer.activation[0] and buffer.last_line < buffer.activation[1])
            )
        }


def _size(records: Sequence[Record]) -> int:
    texts = [record.record for record in records]
    return sum(len(text) if isinstance(text, msgspec.Raw) else len(str(text)) for text in texts)
