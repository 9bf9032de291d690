"""RECORDs of one stream as rows: one typed decode for a block or a batch, record by record where that fails.

Rows are msgspec structs whose fields are called f0, f1, …: property names such as "City Name" are no
identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dlt_oracle.singer.column_types import Kind
from dlt_oracle.singer.messages import RECORD, Record, read_record

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Sequence

    from dlt_oracle.singer.blocks import Block
    from dlt_oracle.singer.columns import Column

NULL = b"null"
ABSENT = msgspec.Raw(NULL)

_PYTHON: dict[Kind, Any] = {
    Kind.INTEGER: int | None,
    Kind.DECIMAL: msgspec.Raw,  # Arrow reads them, without an object for each
    Kind.NUMBER: msgspec.Raw,
    Kind.BIG_INTEGER: int | None,
    Kind.DOUBLE: float | None,
    Kind.BOOLEAN: bool | None,
    Kind.JSON: msgspec.Raw,
}
# What a typed decode raises for what is of other types, or no strict JSON.
_NOT_FIT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
# dates, times and bytes are texts still: whole arrays of them are cast later
_TEXT: Any = str | None


@dataclass
class Rows:
    """Decoded records in order.

    ``odd``: positions of those that were no match for the SCHEMA's types: their fields hold any value.
    ``unknown``: properties that the SCHEMA does not describe, with the first value of each, or None.
    """

    structs: list[Any]
    odd: list[int] = field(default_factory=list)
    unknown: dict[str, Any] = field(default_factory=dict)

    def values(self, position: int) -> list[Any]:
        """Return the values of the column at ``position``."""
        return list(map(attrgetter(f"f{position}"), self.structs))


class RecordDecoder:
    """Decodes records of ``stream`` with these columns. ``strict``: properties without a column are reported.

    ``empty``: properties without a column that have been null so far. ``left_out``: properties that nobody
    wants.
    """

    def __init__(
        self,
        stream: str,
        columns: Sequence[Column],
        *,
        strict: bool,
        empty: Collection[str] = (),
        left_out: Collection[str] = (),
    ) -> None:
        self._columns = columns
        self._strict = strict
        self._struct = msgspec.defstruct(
            "Row",
            [
                (f"f{n}", _PYTHON.get(column.type.kind, _TEXT), _default(column))
                for n, column in enumerate(columns)
            ]
            + [(f"e{n}", None, None) for n in range(len(empty))]
            + [(f"x{n}", msgspec.Raw, ABSENT) for n in range(len(left_out))],
            rename={f"f{n}": column.source for n, column in enumerate(columns)}
            | {f"e{n}": name for n, name in enumerate(empty)}
            | {f"x{n}": name for n, name in enumerate(left_out)},
            forbid_unknown_fields=strict,
            gc=False,
        )
        self._all = msgspec.json.Decoder(list[self._struct]).decode  # type: ignore[name-defined]
        self._one = msgspec.json.Decoder(self._struct).decode
        fields = [("type", Literal[RECORD]), ("stream", Literal[stream]), ("record", self._struct)]
        line = msgspec.defstruct("Line", fields, bases=(Record,), kw_only=True, gc=False)
        self._lines = msgspec.json.Decoder(line).decode_lines
        self._known = {column.source for column in columns} | set(left_out)
        self._empty = set(empty)

    def read(self, block: Block) -> Sequence[Record] | None:
        """Return the RECORDs of ``block``, whose ``record`` is the row.

        None: some line is none of this stream, or its record does not fit.
        """
        try:
            records: Sequence[Any] = self._lines(block.text)
        except _NOT_FIT:
            return None
        return records if block.has_a_line_each(len(records)) else None

    def decode(self, messages: Sequence[Record], counters: Counter[str]) -> Rows:
        """Return the rows of ``messages``. Raises MalformedLine for a record that is no object."""
        records = [message.record for message in messages]
        texts = [record for record in records if type(record) is not self._struct]
        if not texts:
            return Rows(records)
        try:
            decoded = self._all(b"[%b]" % b",".join(texts))
        except (*_NOT_FIT, TypeError):
            return self._one_by_one(messages, counters)
        if len(decoded) != len(texts):  # a line of a BATCH file was no record, or more than one
            return self._one_by_one(messages, counters)
        if len(texts) == len(records):
            return Rows(decoded)
        following = iter(decoded)
        return Rows([one if type(one) is self._struct else next(following) for one in records])

    def _one_by_one(self, messages: Sequence[Record], counters: Counter[str]) -> Rows:
        rows = Rows([])
        for n, message in enumerate(messages):
            record = message.record
            if type(record) is self._struct:
                rows.structs.append(record)
                continue
            if isinstance(record, msgspec.Struct):  # a row of other columns
                record = msgspec.Raw(msgspec.json.encode(record))
            if isinstance(record, msgspec.Raw):
                try:
                    rows.structs.append(self._one(record))
                    continue
                except _NOT_FIT:
                    record = read_record(bytes(record), message.line, str(message.stream), counters)
            rows.structs.append(self._odd(record, rows.unknown))
            rows.odd.append(n)
        return rows

    def _odd(self, record: dict[str, Any], unknown: dict[str, Any]) -> Any:
        if self._strict:
            for name in record.keys() - self._known:
                if record[name] is not None:
                    unknown[name] = unknown.get(name) if unknown.get(name) is not None else record[name]
                elif name not in self._empty:
                    unknown.setdefault(name, None)
        values = {
            f"f{n}": _as_decoded(record[c.source], c.type.kind)
            for n, c in enumerate(self._columns)
            if c.source in record
        }
        return self._struct(**values)


def _default(column: Column) -> Any:
    return ABSENT if _PYTHON.get(column.type.kind) is msgspec.Raw else None


def _as_decoded(value: Any, kind: Kind) -> Any:
    """Return a number as the decoder would give it: its column stays on the fast way."""
    is_number = isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool))
    return msgspec.Raw(str(value)) if kind in (Kind.DECIMAL, Kind.NUMBER) and is_number else value
