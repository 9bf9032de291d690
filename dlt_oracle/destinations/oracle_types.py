"""An Oracle column type as the destination needs to know it: its DDL text, its limits, how to bind it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

# Bytes of a VARCHAR2 and of a RAW column on a database with MAX_STRING_SIZE=STANDARD, the default, and of
# both with EXTENDED (Database Reference 19c, MAX_STRING_SIZE; SQL Language Reference, "Data Types").
MAX_VARCHAR2_BYTES = 4000
MAX_RAW_BYTES = 2000
EXTENDED_BYTES = 32767
# Bytes of one character in AL32UTF8.
MAX_CHARACTER_BYTES = 4
# Python's, Arrow's and the driver's timestamps end at microseconds; columns may have nine digits.
DRIVER_FRACTION_DIGITS = 6


class Bind(Enum):
    """The form in which values travel to a column."""

    STRING = "string"  # VARCHAR2, CHAR: bound as VARCHAR2
    LONG_STRING = "long string"  # CLOB: bound as LONG, which the server turns into a LOB by itself
    BINARY = "binary"  # RAW
    LONG_BINARY = "long binary"  # BLOB: bound as LONG RAW
    NUMBER = "number"
    DOUBLE = "double"
    BOOLEAN = "boolean"  # 23ai
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp with time zone"
    # More than six fractional digits: text and a format in the INSERT, for the driver would cut them off.
    TIMESTAMP_TEXT = "timestamp as text"
    TIMESTAMP_TZ_TEXT = "timestamp with time zone as text"
    JSON = "json"  # 21c: bound as a document, a Python value
    VECTOR = "vector"  # 23ai: bound as Arrow list


_BINDS = {
    "VARCHAR2": Bind.STRING,
    "NVARCHAR2": Bind.STRING,
    "CHAR": Bind.STRING,
    "NCHAR": Bind.STRING,
    "CLOB": Bind.LONG_STRING,
    "NCLOB": Bind.LONG_STRING,
    "RAW": Bind.BINARY,
    "BLOB": Bind.LONG_BINARY,
    "NUMBER": Bind.NUMBER,
    "FLOAT": Bind.NUMBER,
    "BINARY_FLOAT": Bind.DOUBLE,
    "BINARY_DOUBLE": Bind.DOUBLE,
    "BOOLEAN": Bind.BOOLEAN,
    "DATE": Bind.DATE,
    "TIMESTAMP": Bind.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": Bind.TIMESTAMP_TZ,
    "TIMESTAMP WITH LOCAL TIME ZONE": Bind.TIMESTAMP_TZ,
    "JSON": Bind.JSON,
    "VECTOR": Bind.VECTOR,
}
_ZONES = (" WITH TIME ZONE", " WITH LOCAL TIME ZONE")
_AS_TEXT = {Bind.TIMESTAMP: Bind.TIMESTAMP_TEXT, Bind.TIMESTAMP_TZ: Bind.TIMESTAMP_TZ_TEXT}
_NATIONAL = ("NVARCHAR2", "NCHAR")  # lengths are in characters, without a word that says so
_WIDENED = ("VARCHAR2", "NVARCHAR2", "RAW", "NUMBER", *map("TIMESTAMP{}".format, ("", *_ZONES)))
LOBS = frozenset({Bind.LONG_STRING, Bind.LONG_BINARY, Bind.JSON, Bind.VECTOR})
"""Binds of types that Oracle can neither compare nor sort (ORA-00932)."""

# Bytes of a value in an index, where the type tells no length: DATA_LENGTH in the dictionary.
_KEY_BYTES = {
    Bind.NUMBER: 22,
    Bind.DOUBLE: 8,
    Bind.BOOLEAN: 1,
    Bind.DATE: 7,
    Bind.TIMESTAMP: 11,
    Bind.TIMESTAMP_TZ: 13,
    Bind.TIMESTAMP_TEXT: 11,
    Bind.TIMESTAMP_TZ_TEXT: 13,
}

# NAME [(n [BYTE|CHAR] | p [, s])] [WITH [LOCAL] TIME ZONE] | VECTOR [(n|* [, format])]
_DDL = re.compile(
    r"(?P<name>[A-Z0-9_]+)(\((?P<first>\d+)(?:,\s*(?P<second>-?\d+))?(?: (?P<unit>BYTE|CHAR))?\))?"
    r"(?P<zone> WITH (?:LOCAL )?TIME ZONE)?"
)
_VECTOR = re.compile(r"VECTOR(\((\d+|\*)(,\s*(FLOAT32|FLOAT64|INT8|\*))?\))?")


@dataclass(frozen=True)
class OracleType:
    """One column type.

    ``ddl`` is the text that stands in CREATE TABLE. ``max_bytes`` and ``max_characters`` limit a value
    (``None``: unlimited); ``precision`` and ``scale`` are those of a NUMBER in decimal digits;
    ``fraction_digits`` are those of a TIMESTAMP's seconds.
    """

    ddl: str
    bind: Bind
    max_bytes: int | None = None
    max_characters: int | None = None
    precision: int | None = None
    scale: int | None = None
    fraction_digits: int | None = None

    @property
    def name(self) -> str:
        """The type without lengths: ``VARCHAR2``, ``TIMESTAMP WITH TIME ZONE``."""
        return re.sub(r"\(.*?\)", "", self.ddl)

    @property
    def key_bytes(self) -> int | None:
        """How many bytes a value takes in an index at most; None for a type that cannot be indexed."""
        return None if self.bind in LOBS else _KEY_BYTES.get(self.bind) or _bytes(self)

    @property
    def can_be_unique(self) -> bool:
        """Whether a unique constraint takes the type: no LOB, no timestamp with time zone (ORA-02329)."""
        return self.bind not in LOBS and self.name != "TIMESTAMP WITH TIME ZONE"

    @classmethod
    def parse(cls, ddl: str) -> OracleType:
        """Read a type as it is written in DDL. Raises ValueError for one that cannot be loaded into."""
        if _VECTOR.fullmatch(ddl):
            return cls(ddl, Bind.VECTOR)
        match = _DDL.fullmatch(ddl)
        bind = _BINDS.get(match["name"] + (match["zone"] or "")) if match else None
        if match is None or bind is None:
            raise ValueError(
                f"Values cannot be loaded into the Oracle type {ddl!r}. Use one of "
                f"{', '.join(sorted(_BINDS))}, with lengths as in VARCHAR2(100 CHAR)."
            )
        first = int(match["first"]) if match["first"] else None
        if match["name"] == "NUMBER":
            return cls(ddl, bind, precision=first, scale=None if first is None else int(match["second"] or 0))
        if bind is Bind.STRING:
            return _string_type(ddl, first or 1, match["unit"] == "CHAR" or match["name"] in _NATIONAL)
        if bind is Bind.BINARY:
            return cls(ddl, bind, max_bytes=first)
        if bind in _AS_TEXT:
            digits = DRIVER_FRACTION_DIGITS if first is None else first
            if digits > DRIVER_FRACTION_DIGITS:
                bind = _AS_TEXT[bind]
            return cls(ddl, bind, fraction_digits=digits)
        return cls(ddl, bind)

    @classmethod
    def from_dictionary(
        cls,
        data_type: str,
        char_used: str | None,
        char_length: int,
        data_length: int,
        precision: int | None,
        scale: int | None,
    ) -> OracleType:
        """Read a type from ALL_TAB_COLUMNS. Raises ValueError for one that cannot be loaded into.

        ``char_length`` is in characters where ``char_used`` is C, else in bytes, ``data_length`` always in
        bytes: a length in characters is capped there (DATA_LENGTH of VARCHAR2(4000 CHAR) is 4000).
        """
        if _BINDS.get(data_type) is Bind.STRING:
            if data_type in _NATIONAL:
                found = cls.parse(f"{data_type}({char_length})")
            else:
                found = cls.parse(f"{data_type}({char_length} {'CHAR' if char_used == 'C' else 'BYTE'})")
            # UTF-16 in the database: what counts there is characters.
            return found if data_type in _NATIONAL else replace(found, max_bytes=data_length)
        if data_type == "RAW":
            return cls.parse(f"RAW({data_length})")
        if data_type == "NUMBER" and (precision is not None or scale is not None):
            # An INTEGER has a scale, 0, and no precision.
            return cls.parse(f"NUMBER({38 if precision is None else precision},{scale or 0})")
        return cls.parse(data_type)

    def holds(self, other: OracleType) -> bool:
        """Say whether every value of ``other``, a type of the same name, fits."""
        if self.bind in LOBS:
            return True
        if self.bind is Bind.STRING:
            return _bytes(self) >= _bytes(other) and _characters(self) >= _characters(other)
        if self.bind is Bind.BINARY:
            return (self.max_bytes or 0) >= (other.max_bytes or 0)
        if self.bind is Bind.NUMBER:
            if self.precision is None or other.precision is None:
                return self.precision is None
            integers = self.precision - (self.scale or 0) >= other.precision - (other.scale or 0)
            return integers and (self.scale or 0) >= (other.scale or 0)
        return (self.fraction_digits or 0) >= (other.fraction_digits or 0)

    def widened(self, wanted: OracleType) -> OracleType | None:
        """Return the type to modify a column of this type to, so that what ``wanted`` holds fits.

        Never narrower in any way. None: it fits as it is, or ``wanted`` is a type of another name, which
        values are converted to as they are bound. Raises ValueError when Oracle cannot modify a filled
        column so (ORA-01440), or CHAR would pad what is stored.
        """
        if self.name != wanted.name or self.holds(wanted):
            return None
        if self.name not in _WIDENED or (self.scale or 0) != (wanted.scale or 0):
            raise ValueError(f"{self.ddl} cannot become {wanted.ddl}")
        if wanted.holds(self):
            return wanted
        # One length counts bytes, the other characters: as many characters as either has units hold both.
        return OracleType.parse(f"{self.name}({max(_characters(self), _characters(wanted))} CHAR)")


def _string_type(ddl: str, length: int, in_characters: bool) -> OracleType:  # noqa: FBT001 - one caller
    if not in_characters:
        return OracleType(ddl, Bind.STRING, max_bytes=length)
    # A length in characters is capped by the byte limit all the same.
    cap = MAX_VARCHAR2_BYTES if length <= MAX_VARCHAR2_BYTES else EXTENDED_BYTES
    return OracleType(ddl, Bind.STRING, max_bytes=cap, max_characters=length)


def _characters(type_: OracleType) -> int:
    """Return how many characters fit at best."""
    return type_.max_characters or type_.max_bytes or 0


def _bytes(type_: OracleType) -> int:
    """Return how many bytes fit at best."""
    limit = type_.max_bytes or 0
    return min(limit, type_.max_characters * MAX_CHARACTER_BYTES) if type_.max_characters else limit
