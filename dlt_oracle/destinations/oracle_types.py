"""An Oracle column type as the destination needs to know it: its DDL text, its limits, how to bind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

# Bytes of a VARCHAR2 and of a RAW column on a database with MAX_STRING_SIZE=STANDARD, the default
# (Database Reference 19c, MAX_STRING_SIZE; SQL Language Reference, "Data Types").
MAX_VARCHAR2_BYTES = 4000
MAX_RAW_BYTES = 2000


class Bind(Enum):
    """The form in which values travel to a column."""

    STRING = "string"  # VARCHAR2, CHAR: bound as VARCHAR2
    LONG_STRING = "long string"  # CLOB: bound as LONG, which the server turns into a LOB by itself
    BINARY = "binary"  # RAW
    LONG_BINARY = "long binary"  # BLOB: bound as LONG RAW
    NUMBER = "number"
    DOUBLE = "double"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp with time zone"


_BINDS = {
    "VARCHAR2": Bind.STRING,
    "CHAR": Bind.STRING,
    "CLOB": Bind.LONG_STRING,
    "RAW": Bind.BINARY,
    "BLOB": Bind.LONG_BINARY,
    "NUMBER": Bind.NUMBER,
    "BINARY_DOUBLE": Bind.DOUBLE,
    "DATE": Bind.DATE,
    "TIMESTAMP": Bind.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": Bind.TIMESTAMP_TZ,
}
# NAME [(n [BYTE|CHAR] | p [, s])] [WITH TIME ZONE]
_DDL = re.compile(
    r"(?P<name>[A-Z0-9_]+)(\((?P<first>\d+)(?:,\s*(?P<second>-?\d+))?(?: (?P<unit>BYTE|CHAR))?\))?"
    r"(?P<zone> WITH TIME ZONE)?"
)


@dataclass(frozen=True)
class OracleType:
    """One column type.

    ``ddl`` is the text that stands in CREATE TABLE. ``max_bytes`` and ``max_characters`` limit a value
    (``None``: unlimited); ``precision`` and ``scale`` are those of a NUMBER in decimal digits.
    """

    ddl: str
    bind: Bind
    max_bytes: int | None = None
    max_characters: int | None = None
    precision: int | None = None
    scale: int | None = None

    @classmethod
    def parse(cls, ddl: str) -> OracleType:
        """Read a type as it is written in DDL. Raises ValueError for one that cannot be loaded into."""
        match = _DDL.fullmatch(ddl)
        bind = _BINDS.get(match["name"] + (match["zone"] or "")) if match else None
        if match is None or bind is None:
            raise ValueError(
                f"Values cannot be loaded into the Oracle type {ddl!r}. Use one of "
                f"{', '.join(sorted(_BINDS))}, "
                "with lengths as in VARCHAR2(100 CHAR)."
            )
        first = int(match["first"]) if match["first"] else None
        if bind is Bind.NUMBER:
            return cls(ddl, bind, precision=first, scale=int(match["second"] or 0))
        if bind is Bind.STRING:
            # A length in characters is capped by the byte limit all the same.
            in_characters = match["unit"] == "CHAR"
            return cls(
                ddl,
                bind,
                max_bytes=MAX_VARCHAR2_BYTES if in_characters else first,
                max_characters=first if in_characters else None,
            )
        if bind is Bind.BINARY:
            return cls(ddl, bind, max_bytes=first)
        return cls(ddl, bind)
