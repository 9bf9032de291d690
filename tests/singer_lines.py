"""Lines of Singer streams for the tests, and what becomes of them without a pipeline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt.common.schema import Schema

from dlt_oracle.singer.blocks import Block
from dlt_oracle.singer.columns import Package
from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.feed import LinesFeed
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.pump import Pump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.stream import Batch

NULLABLE: dict[str, dict[str, Any]] = {
    "integer": {"type": ["null", "integer"]},
    "number": {"type": ["null", "number"]},
    "cents": {"type": ["null", "number"], "multipleOf": 0.01},
    "string": {"type": ["null", "string"]},
    "boolean": {"type": ["null", "boolean"]},
    "moment": {"type": ["null", "string"], "format": "date-time"},
    "day": {"type": ["null", "string"], "format": "date"},
    "clock": {"type": ["null", "string"], "format": "time"},
    "object": {"type": ["null", "object"]},
}


def line(type_: str, **fields: Any) -> bytes:
    """Write any message."""
    return json.dumps({"type": type_, **fields}).encode()


def schema(
    stream: str = "s", properties: dict[str, Any] | None = None, keys: Iterable[str] = ("id",), **fields: Any
) -> bytes:
    """Write a SCHEMA; a property named by text gets that type of NULLABLE."""
    described = {"id": "integer", **(properties or {})}
    full = {name: NULLABLE[one] if isinstance(one, str) else one for name, one in described.items()}
    body = {"type": "object", "properties": full}
    return line("SCHEMA", stream=stream, schema=body, key_properties=list(keys), **fields)


def record(id_: Any = 1, stream: str = "s", *, version: int | None = None, **values: Any) -> bytes:
    """Write a RECORD."""
    more = {} if version is None else {"version": version}
    return line("RECORD", stream=stream, record={"id": id_, **values}, **more)


def raw_record(text: str, stream: str = "s") -> bytes:
    """Write a RECORD with these members, which may be no JSON."""
    return f'{{"type": "RECORD", "stream": "{stream}", "record": {{"id": 1, {text}}}}}'.encode()


def state(value: Any) -> bytes:
    """Write a STATE."""
    return line("STATE", value=value)


def activate(version: int, stream: str = "s") -> bytes:
    """Write an ACTIVATE_VERSION."""
    return line("ACTIVATE_VERSION", stream=stream, version=version)


def lines_in(blocks: Iterable[Block]) -> list[bytes]:
    """Return the lines of blocks."""
    return [line for block in blocks for line in block.lines]


class BlocksFeed(LinesFeed):
    """Lines in blocks of ``length``."""

    def __init__(self, lines: Iterable[bytes], length: int = 1000) -> None:
        self._sent = list(lines)
        self._length = length

    def __iter__(self) -> Iterator[Block]:
        while self._sent:
            sent, self._sent = self._sent[: self._length], self._sent[self._length :]
            yield Block.of(sent)

    def stop(self) -> None:
        """Nothing to stop."""


class FailingFeed(BlocksFeed):
    """Lines of a tap that fails behind them."""

    def finish(self) -> None:
        """Raise TapFailed."""
        raise TapFailed("the tap exited with 1", 1)


@dataclass
class Pumped:
    """What a pump made of lines."""

    pump: Pump
    batches: list[Batch]

    def rows(self, stream: str = "s") -> list[dict[str, Any]]:
        """Return the rows of ``stream``, in order."""
        data = [batch.data for batch in self.batches if batch.stream == stream]
        return [row for one in data for row in (one if isinstance(one, list) else one.to_pylist())]

    def values(self, name: str, stream: str = "s") -> list[Any]:
        """Return the values of one column."""
        return [row.get(name) for row in self.rows(stream)]

    def hints(self, stream: str = "s") -> dict[str, Any]:
        """Return the hints that were given last."""
        return [batch.hints for batch in self.batches if batch.stream == stream and batch.hints][-1]

    def types(self, stream: str = "s") -> dict[str, str]:
        """Return dlt's types of the columns that the tap sent."""
        columns = self.hints(stream)["columns"]
        return {
            name: column["data_type"]
            for name, column in columns.items()
            if not name.startswith(("_sdc", "_dlt"))
        }

    @property
    def counts(self) -> dict[str, int]:
        """What the user is told."""
        return dict(self.pump.counters)


def pump(
    *lines: bytes,
    oracle: bool = False,
    feed: Feed | None = None,
    of: Pump | None = None,
    dlt_schema: Schema | None = None,
    **options: Any,
) -> Pumped:
    """Send lines through a pump."""
    made = of or Pump(Options(**options))
    made.attach(feed or BlocksFeed(lines))
    made.open_package(Package(f"load {id(lines)}", dlt_schema or Schema("test"), oracle=oracle))
    batches = []
    while not made.ended:
        batch = made.give(lambda _stream: True)
        if batch is not None:
            batches.append(batch)
    return Pumped(made, batches)
