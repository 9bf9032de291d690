"""One stream: its SCHEMA compiled, and its records made into batches."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from dlt.common import logger

from dlt_oracle.singer import columns, json_schema, tables
from dlt_oracle.singer.column_types import ColumnType, Kind
from dlt_oracle.singer.decoder import RecordDecoder, Rows
from dlt_oracle.singer.dispositions import DELETED_AT, Plan, plan
from dlt_oracle.singer.errors import InvalidSchema, MissingKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from dlt_oracle.singer.blocks import Block
    from dlt_oracle.singer.columns import Column, Package
    from dlt_oracle.singer.messages import Message, Record
    from dlt_oracle.singer.options import Options


@dataclass(frozen=True)
class Batch:
    """Rows that are ready for dlt.

    ``data``: an Arrow table, or dicts where nested values become tables. ``hints`` are given where they
    differ from those of the batch before, or are the first of the load package; dlt's names for them.
    """

    stream: str
    data: pa.Table | list[dict[str, Any]]
    rows: int
    hints: dict[str, Any] | None


class Stream:
    """Keeps what a SCHEMA says until the next one; outlives load packages."""

    def __init__(self, name: str, options: Options, counters: Counter[str]) -> None:
        self.name = name
        self.versioned = False
        self._options = options
        self._counters = counters
        self._text = b""
        self._types: dict[str, ColumnType] = {}
        self._described_keys: tuple[str, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._schemaless = False
        self._bookmarks: frozenset[str] = frozenset()
        self._columns: list[Column] = []
        self._decoder: RecordDecoder | None = None
        self._strict = True
        self._empty: set[str] = set()
        self._left_out: set[str] = set()
        self._announced: dict[str, Any] | None = None
        self._package: Package | None = None
        self._replaced_in: str | None = None

    def is_described_by(self, message: Message) -> bool:
        """Say whether this SCHEMA is the one that is known."""
        return self._text == bytes(message.schema) and self._described_keys == self._keys_of(message)

    def describe(self, message: Message) -> None:
        """Take a SCHEMA. Raises InvalidSchema, MissingKey."""
        keys = self._keys_of(message)
        try:
            types = json_schema.properties(json.loads(bytes(message.schema) or b"null", parse_float=Decimal))
        except (InvalidSchema, ValueError) as error:
            raise InvalidSchema(str(error), stream=self.name, line=message.line) from error
        self._schemaless = not types
        if self._schemaless and self._options.schemaless == "raise":
            raise InvalidSchema(
                "the SCHEMA has no properties: the tap has to say some. singer_source takes columns from the "
                "records with schemaless='infer'",
                stream=self.name,
                line=message.line,
            )
        missing = [] if self._schemaless else [key for key in keys if key not in types]
        if missing and self._options.keys == "error":
            raise MissingKey(
                f"the key properties {missing} are not in the SCHEMA: select them in the tap's catalog. "
                f"singer_source takes other keys with primary_key={{{self.name!r}: [...]}}, and appends "
                "without keys with keys='ignore'",
                stream=self.name,
                line=message.line,
            )
        if self._keys and keys != self._keys:
            logger.warning(
                f"Stream {self.name}: its keys were {list(self._keys)} and are {list(keys)} now; constraints "
                "and rows that are there stay as they are"
            )
        self._text = bytes(message.schema)
        self._described_keys = keys
        self._keys = () if missing else keys
        marks = message.bookmark_properties or []
        self._bookmarks = frozenset([marks] if isinstance(marks, str) else marks)
        self._left_out = set(self._options.left_out.get(self.name, ())) - {*keys, *self._bookmarks}
        wanted = {name: one for name, one in types.items() if name not in self._left_out}
        self._types = {**wanted, **self._of_metadata(types)}
        self._empty = set()
        self._decoder = None

    @property
    def schema_message(self) -> bytes:
        """The SCHEMA that is known, as a line."""
        message = {
            "type": "SCHEMA",
            "stream": self.name,
            "schema": msgspec.Raw(self._text),
            "key_properties": self._described_keys,
            "bookmark_properties": sorted(self._bookmarks),
        }
        return msgspec.json.encode(message)

    def become_versioned(self) -> None:
        """Note that the tap sends versions."""
        if not self.versioned:
            self.versioned = True
            self._types |= self._of_metadata(self._types)
            self._decoder = None

    def open_package(self, package: Package) -> None:
        """Go on in a new load package."""
        self._package = package
        self._announced = None

    @property
    def replaces(self) -> bool:
        """Whether its rows are to replace those of the table."""
        return self._plan().disposition == "replace"

    @property
    def is_to_be_emptied(self) -> bool:
        """Whether its table is to be replaced, and no package has done so."""
        return self.replaces and self._replaced_in is None

    def read(self, block: Block) -> Sequence[Record] | None:
        """Return the RECORDs of ``block`` as rows; None: that is not all it has, or they do not all fit."""
        return self._decoder.read(block) if self._decoder else None

    def batch(self, messages: Sequence[Record], run: tables.Run) -> Batch:
        """Make a batch of RECORDs. Raises StreamError for what the options call an error."""
        rows = self._decode(messages)
        self._check_keys(messages)
        decided = self._plan()
        maker = tables.TableMaker(self.name, self._columns, self._options, self._counters, decided)
        package = self._opened()
        if self._options.nested == "tables":
            data, hints = maker.dicts(messages, rows, run)
        else:
            data, hints = maker.table(messages, rows, run, package)
        return Batch(self.name, data, len(messages), self._news(decided, hints))

    def empty(self, run: tables.Run) -> Batch | None:
        """Return a batch without rows if that is what the table is to be replaced with, else None."""
        if self._announced is not None or not self.replaces:
            return None
        decided = self._plan()
        if self._decoder is None:
            self._compile()
        maker = tables.TableMaker(self.name, self._columns, self._options, self._counters, decided)
        data, hints = maker.table([], Rows([]), run, self._opened())
        return Batch(self.name, data, 0, self._news(decided, hints))

    def _check_keys(self, messages: Sequence[Record]) -> None:
        """Raise MissingKey for a key that no SCHEMA has described, and no record has."""
        for key in set(self._keys) - {column.source for column in self._columns}:
            raise MissingKey(
                f"the key property {key!r} is neither in the SCHEMA nor in the records: the tap has to send "
                f"it. singer_source takes other keys with primary_key={{{self.name!r}: [...]}}",
                stream=self.name,
                line=messages[0].line,
            )

    def _keys_of(self, message: Message) -> tuple[str, ...]:
        return tuple(self._options.primary_key.get(self.name) or message.key_properties or ())

    def _of_metadata(self, types: dict[str, ColumnType]) -> dict[str, ColumnType]:
        marked = self.versioned and self._options.versions == "mark"
        wanted = (self._options.metadata or marked) and DELETED_AT not in types
        return {DELETED_AT: ColumnType(Kind.TIMESTAMP)} if wanted else {}

    def _opened(self) -> Package:
        if self._package is None:
            raise RuntimeError(f"stream {self.name!r} has no load package")
        return self._package

    def _plan(self) -> Plan:
        package = self._opened()
        known = {column.source: column.name for column in self._columns}
        names = tuple(known.get(key) or package.naming.normalize_path(key) for key in self._keys)
        replaced = self._replaced_in not in (None, package.load_id)
        return plan(self.name, names, self._options, versioned=self.versioned, was_replaced=replaced)

    def _decode(self, messages: Sequence[Record], line: int | None = None) -> Rows:
        """Decode with the columns that are known; what is not becomes one, and all is decoded again.

        ``line``: the first that needs other columns, if it is not that of the first message.
        """
        decoder = self._decoder or self._compile(line or messages[0].line)
        repaired: Counter[str] = Counter()
        rows = decoder.decode(messages, repaired)
        if rows.unknown:
            self._extend(rows.unknown)
            return self._decode(messages, messages[rows.odd[0]].line)
        self._counters.update(repaired)
        return rows

    def _extend(self, unknown: dict[str, Any]) -> None:
        self._decoder = None
        if self._options.extra == "drop" and not self._schemaless:
            self._strict = False
            for name in unknown:
                self._counters[f"properties that the SCHEMA has not, dropped: {self.name}.{name}"] += 1
            return
        self._empty = (self._empty | unknown.keys()) - self._types.keys()
        known = {name: columns.type_of(value) for name, value in unknown.items() if value is not None}
        self._types |= known
        self._empty -= known.keys()

    def _compile(self, line: int | None = None) -> RecordDecoder:
        package = self._opened()
        stored = package.stored_types(self.name) | {column.name: column.type for column in self._columns}
        self._columns = columns.make(self._types, self._keys, package, self._options, stored, self.name, line)
        self._decoder = RecordDecoder(
            self.name,
            self._columns,
            strict=self._strict,
            empty=sorted(self._empty),
            left_out=sorted(self._left_out - self._types.keys()),
        )
        return self._decoder

    def _news(self, decided: Plan, hints: dict[str, Any]) -> dict[str, Any] | None:
        for column in self._columns:
            if column.source in self._bookmarks and column.name in hints:
                hints[column.name]["x-singer-bookmark"] = True
        news = {
            "write_disposition": decided.disposition,
            "primary_key": list(decided.keys),
            "columns": hints,
        }
        if news == self._announced:
            return None
        self._announced = news
        if decided.disposition == "replace":
            self._replaced_in = self._opened().load_id
        return news
