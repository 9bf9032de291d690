"""dlt's types as Oracle types, and back.

Works without a connection: dlt asks it while extracting and normalizing. Sources of the limits: SQL
Language Reference 19c, "Data Types" and "Logical Database Limits" (an index key takes 6,398 bytes on the
usual 8 KiB block).

=========== ==================================== ===================================================
dlt         Oracle                               why
=========== ==================================== ===================================================
text        VARCHAR2(4000 BYTE)                  comparable, indexable, fast; CLOB is none of these
text, n     VARCHAR2(n CHAR), CLOB above 4,000   dlt counts characters
text, key   VARCHAR2(1000 BYTE) or shorter       the keys of a table have to fit one index
text, n key VARCHAR2(n CHAR), if they still do   else as many bytes as there is room for
json        JSON from 21c on, else CLOB          with a check ``IS JSON`` or scalar; may outgrow 4,000 bytes
bigint      NUMBER(19), less by ``precision``    ``precision`` is in bits
bool        BOOLEAN from 23ai on, else NUMBER(1) with a check; NUMBER(1) is never a bigint here
double      BINARY_DOUBLE                        IEEE 754, NaN and infinities included
decimal     NUMBER(p, s)
decimal     VARCHAR2(79 BYTE) above 38 digits    NUMBER would round; ``-0.`` and 76 digits are the longest
wei         VARCHAR2(79 BYTE)                    2^256 has 78 digits
date        DATE
time        CHAR(15)                             no TIME type; ``HH:MM:SS.ffffff`` sorts as time
timestamp   TIMESTAMP(6) WITH TIME ZONE          without zone: TIMESTAMP(6)
binary      BLOB, RAW(n) up to 2,000 bytes
=========== ==================================== ===================================================
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from dlt.common.destination.capabilities import DataTypeMapper
from dlt.common.exceptions import TerminalValueError

from dlt_oracle.destinations.oracle_types import (
    MAX_CHARACTER_BYTES,
    MAX_RAW_BYTES,
    MAX_VARCHAR2_BYTES,
    Bind,
    OracleType,
)
from dlt_oracle.destinations.server_version import DEFAULT, ServerVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt.common.destination import DestinationCapabilitiesContext
    from dlt.common.destination.typing import PreparedTableSchema
    from dlt.common.schema.typing import TColumnSchema, TColumnType
    from dlt.common.typing import TLoaderFileFormat

TYPE_HINT = "x-oracle-type"
"""Column hint with an Oracle type that overrides the mapping."""

COMPARED_HINTS = (
    "primary_key",
    "merge_key",
    "row_key",
    "parent_key",
    "root_key",
    "dedup_sort",
    "x-row-version",
)
"""Hints of columns that Oracle compares or sorts by, which it cannot do with LOBs (ORA-00932, ORA-22848)."""

MAX_NUMBER_DIGITS = 38
_DEFAULT_TIMESTAMP_DIGITS = 6
_MAX_TIMESTAMP_DIGITS = 9
_BIG_NUMBER = "VARCHAR2(79 BYTE)"
_BIG_NUMBERS = ("VARCHAR2(78 BYTE)", _BIG_NUMBER)  # the first: of earlier releases of this package
# Load ids, row ids and hashes: dlt makes them, none is longer than 64 characters.
_DLT_ID = "VARCHAR2(128 BYTE)"
# Names and hashes in dlt's own tables.
_DLT_NAME = "VARCHAR2(512 BYTE)"
_MAX_KEY_BYTES = 1000
# What the text columns of one key may take together, leaving room for numbers and the rowid.
_ALL_KEYS_BYTES = 6000
_KEY_HINTS = ("primary_key", "merge_key", "unique")
_ROW_ID_HINTS = ("row_key", "parent_key", "root_key")
_DLT_PREFIX = "_dlt"

_BITS_TO_DIGITS = {bits: len(str(2 ** (bits - 1))) for bits in (8, 16, 32, 64)}
_DIGITS_TO_BITS = {digits: bits for bits, digits in _BITS_TO_DIGITS.items()}
_TIMESTAMP = re.compile(r"TIMESTAMP\((\d)\)( WITH TIME ZONE| WITH LOCAL TIME ZONE)?")


class OracleTypeMapper(DataTypeMapper):
    """Maps by the table in this module's text.

    ``version`` tells the release whose types are meant; it is asked for each column, because the first one
    may be mapped before the server is known. dlt's own copies, which extract, normalize and look over a
    load, have none: they let every type pass.
    """

    def __init__(
        self,
        capabilities: DestinationCapabilitiesContext,
        version: Callable[[], ServerVersion] | None = None,
    ) -> None:
        super().__init__(capabilities)
        self._version = version

    def to_destination_type(self, column: TColumnSchema, table: PreparedTableSchema | None = None) -> str:
        """Return the type as it stands in DDL. Raises TerminalValueError when there is none."""
        return self.oracle_type(column, table).ddl

    def oracle_type(self, column: TColumnSchema, table: PreparedTableSchema | None = None) -> OracleType:
        """Return the type of ``column`` with its limits. Raises TerminalValueError when there is none."""
        override = column.get(TYPE_HINT)
        data_type = str(column["data_type"])
        version = self._version() if self._version else DEFAULT
        ddl = (
            str(override) if override else _native(data_type, version) or _TO_ORACLE[data_type](column, table)
        )
        try:
            type_ = OracleType.parse(ddl)
            if self._version:
                _check_release(type_, version)
        except ValueError as error:
            raise TerminalValueError(f"Column {column['name']!r}: {error}") from error
        return type_

    def from_destination_type(self, db_type: str, precision: int | None, scale: int | None) -> TColumnType:
        """Read ``db_type`` as the job client reports it.

        That is the dictionary's DATA_TYPE, VARCHAR2 with the unit of its length behind it
        (``VARCHAR2 BYTE``), JSON for a column that is checked to hold JSON. ``precision`` is the length
        of strings (in their unit) and of RAW (bytes), and decimal digits for numbers.
        """
        if timestamp := _TIMESTAMP.fullmatch(db_type):
            digits = int(timestamp[1])
            column: TColumnType = {"data_type": "timestamp"}
            if digits != _DEFAULT_TIMESTAMP_DIGITS:
                column["precision"] = digits
            if not timestamp[2]:
                column["timezone"] = False
            return column
        reader = _FROM_ORACLE.get(db_type)
        return reader(precision, scale) if reader else {"data_type": "text"}

    def ensure_supported_type(
        self, column: TColumnSchema, table: PreparedTableSchema, loader_file_format: TLoaderFileFormat
    ) -> None:
        """Accept every dlt type in every format that the destination loads."""


def _native(data_type: str, version: ServerVersion) -> str | None:
    """Return the type that newer releases have and older ones make up."""
    if data_type == "json" and version.has_json:
        return "JSON"
    return "BOOLEAN" if data_type == "bool" and version.has_boolean else None


def _check_release(type_: OracleType, version: ServerVersion) -> None:
    since = _SINCE.get(type_.bind)
    if since is not None and version < since:
        raise ValueError(
            f"the type {type_.ddl} is there from Oracle Database {since.major} on, and the server is "
            f"{version.major}. Take another type, or set `server_version` if that is wrong"
        )


_SINCE = {Bind.JSON: ServerVersion(21), Bind.BOOLEAN: ServerVersion(23), Bind.VECTOR: ServerVersion(23)}


def _text(column: TColumnSchema, table: PreparedTableSchema | None) -> str:
    precision = column.get("precision")
    is_row_id = any(column.get(hint) for hint in _ROW_ID_HINTS)
    if str(column["name"]).startswith(_DLT_PREFIX) or (is_row_id and precision is None):
        return _DLT_ID
    if table is not None and str(table["name"]).startswith(_DLT_PREFIX):
        return _DLT_NAME
    if is_row_id or any(column.get(hint) for hint in _KEY_HINTS):
        room = longest_text_key(table)
        if precision is None:
            return f"VARCHAR2({min(_MAX_KEY_BYTES, room)} BYTE)"
        fits = precision * MAX_CHARACTER_BYTES <= room
        return f"VARCHAR2({precision} CHAR)" if fits else f"VARCHAR2({room} BYTE)"
    if precision is None:
        return f"VARCHAR2({MAX_VARCHAR2_BYTES} BYTE)"
    return f"VARCHAR2({precision} CHAR)" if precision <= MAX_VARCHAR2_BYTES else "CLOB"


def longest_text_key(table: PreparedTableSchema | None) -> int:
    """Return how many bytes each of the texts may have that can meet in one index of ``table``."""
    keys = [
        column
        for column in (table["columns"].values() if table is not None else ())
        if column.get("data_type") == "text" and any(column.get(hint) for hint in _KEY_HINTS)
    ]
    return min(_ALL_KEYS_BYTES // max(len(keys), 1), MAX_VARCHAR2_BYTES)


def _bigint(column: TColumnSchema, _table: Any) -> str:
    bits = column.get("precision") or 64
    digits = _BITS_TO_DIGITS.get(bits) or math.ceil(bits * math.log10(2))
    if digits > MAX_NUMBER_DIGITS:
        raise TerminalValueError(
            f"Column {column['name']!r}: an integer of {bits} bits has up to {digits} digits, "
            f"Oracle's NUMBER holds {MAX_NUMBER_DIGITS}. Declare the column as data type 'wei' or 'text'."
        )
    return f"NUMBER({digits})"


def _decimal(column: TColumnSchema, _table: Any) -> str:
    precision, scale = column.get("precision"), column.get("scale")
    if precision is None:
        precision, scale = MAX_NUMBER_DIGITS, 9 if scale is None else scale
    if precision > MAX_NUMBER_DIGITS:
        return _BIG_NUMBER
    return f"NUMBER({precision},{scale or 0})"


def _timestamp(column: TColumnSchema, _table: Any) -> str:
    digits = column.get("precision")
    digits = _DEFAULT_TIMESTAMP_DIGITS if digits is None else min(digits, _MAX_TIMESTAMP_DIGITS)
    zone = " WITH TIME ZONE" if column.get("timezone", True) else ""
    return f"TIMESTAMP({digits}){zone}"


def _time(column: TColumnSchema, _table: Any) -> str:
    digits = column.get("precision")
    digits = _DEFAULT_TIMESTAMP_DIGITS if digits is None else min(digits, _MAX_TIMESTAMP_DIGITS)
    return f"CHAR({time_length(digits)})"


def time_length(digits: int) -> int:
    """Return the characters of a time of day with ``digits`` fractional digits (0 to 9)."""
    return len("HH:MM:SS") + (digits + 1 if digits else 0)


def _binary(column: TColumnSchema, _table: Any) -> str:
    precision = column.get("precision")
    return f"RAW({precision})" if precision is not None and precision <= MAX_RAW_BYTES else "BLOB"


_TO_ORACLE: dict[str, Callable[[TColumnSchema, PreparedTableSchema | None], str]] = {
    "text": _text,
    "json": lambda _column, _table: "CLOB",
    "bigint": _bigint,
    "bool": lambda _column, _table: "NUMBER(1)",
    "double": lambda _column, _table: "BINARY_DOUBLE",
    "decimal": _decimal,
    "wei": lambda _column, _table: _BIG_NUMBER,
    "date": lambda _column, _table: "DATE",
    "time": _time,
    "timestamp": _timestamp,
    "binary": _binary,
}


def _from_varchar2(precision: int | None, unit: str) -> TColumnType:
    if f"VARCHAR2({precision} {unit})" in _BIG_NUMBERS:
        return {"data_type": "wei"}
    return {"data_type": "text", "precision": precision} if unit == "CHAR" else {"data_type": "text"}


def _from_char(precision: int | None, _scale: Any) -> TColumnType:
    times = {time_length(digits): digits for digits in range(_MAX_TIMESTAMP_DIGITS + 1)}
    if precision not in times:
        return {"data_type": "text"}
    digits = times[precision]
    return (
        {"data_type": "time"}
        if digits == _DEFAULT_TIMESTAMP_DIGITS
        else {"data_type": "time", "precision": digits}
    )


def _from_number(precision: int | None, scale: int | None) -> TColumnType:
    if precision is None and scale is None:
        return {"data_type": "decimal"}
    if (precision, scale) == (1, 0):
        return {"data_type": "bool"}
    if scale == 0 and precision in _DIGITS_TO_BITS:
        bits = _DIGITS_TO_BITS[precision]
        return {"data_type": "bigint"} if bits == 64 else {"data_type": "bigint", "precision": bits}  # noqa: PLR2004 - dlt's default width
    return {"data_type": "decimal", "precision": precision or MAX_NUMBER_DIGITS, "scale": scale or 0}


_FROM_ORACLE: dict[str, Callable[[int | None, int | None], TColumnType]] = {
    "VARCHAR2 BYTE": lambda precision, _scale: _from_varchar2(precision, "BYTE"),
    "VARCHAR2 CHAR": lambda precision, _scale: _from_varchar2(precision, "CHAR"),
    "CHAR": _from_char,
    "JSON": lambda _precision, _scale: {"data_type": "json"},
    "VECTOR": lambda _precision, _scale: {"data_type": "json"},
    "BOOLEAN": lambda _precision, _scale: {"data_type": "bool"},
    "NUMBER": _from_number,
    "FLOAT": lambda _precision, _scale: {"data_type": "double"},
    "BINARY_FLOAT": lambda _precision, _scale: {"data_type": "double"},
    "BINARY_DOUBLE": lambda _precision, _scale: {"data_type": "double"},
    "DATE": lambda _precision, _scale: {"data_type": "date"},
    "RAW": lambda precision, _scale: {"data_type": "binary", "precision": precision},
    "BLOB": lambda _precision, _scale: {"data_type": "binary"},
}
