"""The types of columns, between what JSON schema says and what dlt and Arrow call them.

============ ============ ===================== ====================================================
kind         dlt          Arrow                 remark
============ ============ ===================== ====================================================
INTEGER      bigint       int64
DECIMAL      decimal(p,s) decimal128(p, s)      exact, never rounded
NUMBER       decimal      string                Oracle's NUMBER without a scale: exact up to 38 digits
BIG_INTEGER  wei          string                Oracle's VARCHAR2(79)
DOUBLE       double       float64
STRING       text         string
BOOLEAN      bool         bool
TIMESTAMP    timestamp    timestamp[us, UTC]
DATE         date         date32
TIME         time         time64[us]
BINARY       binary       binary
JSON         json         string                the JSON text as it was sent
============ ============ ===================== ====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlt.common.schema.typing import TColumnSchema

    from dlt_oracle.singer.options import Options

MAX_DECIMAL_DIGITS = 38
_DEFAULT_SCALE = 9  # dlt's, of a decimal that nobody described
# The column hint that the destination reads (dlt_oracle.destinations.type_mapper.TYPE_HINT).
_ORACLE_TYPE_HINT = "x-oracle-type"


class Kind(Enum):
    """What a column holds."""

    INTEGER = auto()
    DECIMAL = auto()
    NUMBER = auto()
    BIG_INTEGER = auto()
    DOUBLE = auto()
    STRING = auto()
    BOOLEAN = auto()
    TIMESTAMP = auto()
    DATE = auto()
    TIME = auto()
    HEX = auto()
    BASE64 = auto()
    JSON = auto()


@dataclass(frozen=True)
class ColumnType:
    """A kind; ``precision`` and ``scale``, in digits, are those of a DECIMAL.

    The ``precision`` of a STRING is its greatest length in characters; None: it has no limit.
    """

    kind: Kind
    precision: int | None = None
    scale: int | None = None

    @property
    def arrow(self) -> pa.DataType:
        """The type of Arrow arrays with its values."""
        if self.kind is Kind.DECIMAL:
            return pa.decimal128(self.precision, self.scale)
        return _ARROW[self.kind]

    @property
    def hints(self) -> TColumnSchema:
        """What dlt is told of the column."""
        hints = dict(_HINTS[self.kind])
        if self.kind is Kind.DECIMAL:
            hints |= {"precision": self.precision, "scale": self.scale}
        elif self.precision is not None:
            hints["precision"] = self.precision
        return cast("TColumnSchema", hints)


def for_destination(type_: ColumnType, options: Options, *, oracle: bool) -> ColumnType:
    """Return the type to use where the destination is an Oracle, or another one."""
    if type_.kind is Kind.STRING and options.lengths == "ignore":
        return ColumnType(Kind.STRING)
    if type_.kind is Kind.NUMBER:
        if options.numbers == "double" or (options.numbers == "auto" and not oracle):
            return ColumnType(Kind.DOUBLE)
        return type_ if oracle else ColumnType(Kind.DECIMAL, MAX_DECIMAL_DIGITS, _DEFAULT_SCALE)
    if type_.kind is Kind.BIG_INTEGER and not oracle:
        return ColumnType(Kind.STRING)
    return type_


def of_stored(column: Mapping[str, Any]) -> ColumnType | None:
    """Return the type of a column that a table has already; None: dlt does not know its type."""
    data_type = column.get("data_type")
    if data_type == "decimal":
        if column.get(_ORACLE_TYPE_HINT) == "NUMBER":
            return ColumnType(Kind.NUMBER)
        precision, scale = column.get("precision"), column.get("scale")
        if precision is None or precision > MAX_DECIMAL_DIGITS:
            return ColumnType(Kind.DECIMAL, MAX_DECIMAL_DIGITS, _DEFAULT_SCALE)
        return ColumnType(Kind.DECIMAL, precision, scale or 0)
    kind = _STORED.get(str(data_type))
    return ColumnType(kind) if kind else None


_ARROW: dict[Kind, pa.DataType] = {
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.string(),
    Kind.BIG_INTEGER: pa.string(),
    Kind.DOUBLE: pa.float64(),
    Kind.STRING: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.DATE: pa.date32(),
    Kind.TIME: pa.time64("us"),
    Kind.HEX: pa.binary(),
    Kind.BASE64: pa.binary(),
    Kind.JSON: pa.string(),
}
_HINTS: dict[Kind, dict[str, Any]] = {
    Kind.INTEGER: {"data_type": "bigint"},
    Kind.DECIMAL: {"data_type": "decimal"},
    Kind.NUMBER: {"data_type": "decimal", _ORACLE_TYPE_HINT: "NUMBER"},
    Kind.BIG_INTEGER: {"data_type": "wei"},
    Kind.DOUBLE: {"data_type": "double"},
    Kind.STRING: {"data_type": "text"},
    Kind.BOOLEAN: {"data_type": "bool"},
    Kind.TIMESTAMP: {"data_type": "timestamp"},
    Kind.DATE: {"data_type": "date"},
    Kind.TIME: {"data_type": "time"},
    Kind.HEX: {"data_type": "binary"},
    Kind.BASE64: {"data_type": "binary"},
    Kind.JSON: {"data_type": "json"},
}
_STORED = {
    "bigint": Kind.INTEGER,
    "wei": Kind.BIG_INTEGER,
    "double": Kind.DOUBLE,
    "text": Kind.STRING,
    "bool": Kind.BOOLEAN,
    "timestamp": Kind.TIMESTAMP,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "binary": Kind.HEX,
    "json": Kind.JSON,
}
