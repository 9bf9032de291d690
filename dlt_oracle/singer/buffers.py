"""Records that wait until there are enough for a batch; never more than a stated size of all streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlt_oracle.singer.tables import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlt_oracle.singer.columns import Package
    from dlt_oracle.singer.messages import Record
    from dlt_oracle.singer.options import Options
    from dlt_oracle.singer.stream import Batch, Stream


@dataclass
class Buffer:
    """Records of one stream; ``size`` is in bytes.

    ``is_open``: records are taken as they come. ``waits``: they are held back until the good end, for they
    replace what is there. ``last_line``: of the last record. ``activation``: the version to activate, and
    the line that said so.
    """

    stream: Stream
    messages: list[Record] = field(default_factory=list)
    size: int = 0
    is_open: bool = False
    waits: bool = False
    last_line: int = 0
    activation: tuple[int, int] | None = None


class Buffers:
    """The buffers of all streams of a run, by name."""

    def __init__(self, options: Options) -> None:
        self.by_name: dict[str, Buffer] = {}
        self._options = options
        self._run = Run()
        self._size = 0

    def open_package(self, package: Package) -> None:
        """Make batches for this load package from now on."""
        for buffer in self.by_name.values():
            buffer.stream.open_package(package)

    def add(self, buffer: Buffer, message: Record, size: int) -> Batch | None:
        """Take a record of ``size`` bytes; return a batch if there is enough for one now."""
        buffer.messages.append(message)
        buffer.size += size
        self._size += size
        if len(buffer.messages) >= self._options.batch_rows:
            return self.cut(buffer)
        if self._size >= self._options.batch_bytes:
            return self.cut(max(self.by_name.values(), key=lambda one: one.size))
        return None

    def cut(self, buffer: Buffer) -> Batch:
        """Return a batch of what ``buffer`` holds, which has to be something."""
        messages, buffer.messages = buffer.messages, []
        self._size -= buffer.size
        buffer.size = 0
        buffer.last_line = messages[-1].line
        return buffer.stream.batch(messages, self._run)

    def flush(self, *, run_is_whole: bool) -> Iterator[Batch]:
        """Cut all buffers; ``run_is_whole``: streams that replace may do so by nothing."""
        for buffer in self.by_name.values():
            if buffer.messages:
                yield self.cut(buffer)
            elif run_is_whole and (empty := buffer.stream.empty(self._run)):
                yield empty

    def activations(self, *, run_has_ended: bool) -> dict[str, int]:
        """Return versions by stream: those said after the last of their records; at the end, all of them."""
        return {
            name: buffer.activation[0]
            for name, buffer in self.by_name.items()
            if buffer.activation is not None
            and (run_has_ended or 0 < buffer.last_line < buffer.activation[1])
        }
