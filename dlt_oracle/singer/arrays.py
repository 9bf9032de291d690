"""The values of one column as an Arrow array, all at once; one by one where some do not fit."""

from __future__ import annotations

import datetime as dt
import itertools
from array import array
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from dlt_oracle.singer.column_types import MAX_DECIMAL_DIGITS, ColumnType, Kind
from dlt_oracle.singer.decoder import NULL
from dlt_oracle.singer.messages import read_value
from dlt_oracle.singer.values import EARLIEST, LATEST, OutOfRange, Unfit, fit, is_finer, plain_text

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from dlt_oracle.singer.options import Dates

# What pyarrow raises for a value that the type of an array cannot hold.
_FAILURES = (pa.ArrowException, OverflowError, ValueError, TypeError, AttributeError)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_IN_NUMBERS = b"-.0123456789"
_PLAIN_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
_NUL = b"\0"
_NULL, _NO_TEXT = pa.scalar(NULL.decode()), pa.scalar(None, pa.string())
_OF_MICROSECONDS = (Kind.TIMESTAMP, Kind.TIME)
_MICROSECOND = dt.timedelta(microseconds=1)
_FIRST, _LAST = ((moment - _EPOCH) // _MICROSECOND for moment in (EARLIEST, LATEST))


def fast_array(values: list[Any], type_: ColumnType) -> pa.Array | None:
    """Return ``values``, as the decoder typed them, as an array; None: look at each."""
    try:
        return _FAST[type_.kind](values, type_)
    except _FAILURES:
        return None


def is_as_decoded(value: Any, type_: ColumnType) -> bool:
    """Say whether the decoder would have given ``value``, of a record that it refused, the same."""
    return value is None or type(value) is _DECODED.get(type_.kind, str)


class Fitter:
    """Fits values one by one, and keeps what does not fit. ``counters`` gets what happened."""

    def __init__(self, type_: ColumnType, dates: Dates, counters: Counter[str], where: str) -> None:
        self._type, self._dates, self._counters, self._where = type_, dates, counters, where
        self.unfit: dict[int, str] = {}
        """Texts of the values that do not fit, by position."""
        self.refused = 0
        """Position of the value that Unfit was raised for."""

    def fit_all(self, values: Sequence[Any]) -> list[Any]:
        """Return ``values`` as Python's types, None for what does not fit. Raises Unfit by policy."""
        return [self._fit(position, value) for position, value in enumerate(values)]

    def _fit(self, position: int, value: Any) -> Any:
        if isinstance(value, msgspec.Raw) and (self._type.kind is not Kind.JSON or bytes(value) == NULL):
            value = read_value(value, self._counters)
        if value is None:
            return None
        try:
            found = fit(value, self._type)
        except OutOfRange as problem:
            return self._out_of_range(position, value, problem)
        except Unfit:
            self._set_aside(position, value, "values that do not fit, kept as text")
            return None
        if self._type.kind is Kind.STRING:
            return self._without_nul(found)
        if self._type.kind in _OF_MICROSECONDS and is_finer(value):
            self._count("fractions of a second beyond microseconds, cut off")
        return found

    def _without_nul(self, text: str) -> str:
        # VARCHAR2 holds it, but C programs end a text there, and other databases refuse it.
        if _NUL.decode() not in text:
            return text
        self._count("texts with the character NUL, which was taken out")
        return text.replace(_NUL.decode(), "")

    def _out_of_range(self, position: int, value: Any, problem: OutOfRange) -> Any:
        if self._dates == "error":
            self.refused = position
            raise problem
        if self._dates == "text":
            self._set_aside(position, value, "dates out of range, kept as text")
            return None
        if self._dates == "clamp" and problem.late is not None:
            self._count("dates out of range, clamped")
            moment = LATEST if problem.late else EARLIEST
            return moment.date() if self._type.kind is Kind.DATE else moment
        self._count("dates out of range, made NULL")
        return None

    def _set_aside(self, position: int, value: Any, event: str) -> None:
        self.unfit[position] = plain_text(value)
        self._count(event)

    def _count(self, event: str) -> None:
        self._counters[f"{event}: {self._where}"] += 1


def _plain(values: list[Any], type_: ColumnType) -> pa.Array:
    return pa.array(values, type_.arrow)


def _text(values: list[Any], type_: ColumnType) -> pa.Array:
    texts = pa.array(values, type_.arrow)
    if _NUL in _characters(texts):
        raise ValueError("the character NUL")
    return texts


def _number(values: list[Any], type_: ColumnType) -> pa.Array:
    numbers = _json_texts(values)
    if _characters(numbers).translate(None, _IN_NUMBERS):  # numbers in texts, or exponents
        numbers = pc.utf8_trim(numbers, characters='"')
        odd = pc.fill_null(pc.invert(pc.match_substring_regex(numbers, _PLAIN_NUMBER)), fill_value=False)
        texts = (numbers[row].as_py() for row in pc.indices_nonzero(odd).to_pylist())
        fitted = [f"{fit(text, type_)}" for text in texts]
        numbers = pc.replace_with_mask(numbers, odd, pa.array(fitted, pa.string()))
    if (pc.max(pc.binary_length(numbers)).as_py() or 0) > MAX_DECIMAL_DIGITS:  # few characters, few digits
        raise ValueError("numbers of many digits")
    return numbers


def _decimal(values: list[Any], type_: ColumnType) -> pa.Array:
    # Arrow checks that a number keeps its digits, but not that it fits 128 bits: 38 digits with 38 more
    # behind the point fit 256.
    return _number(values, type_).cast(pa.decimal256(2 * MAX_DECIMAL_DIGITS, type_.scale)).cast(type_.arrow)


def _big_integer(values: list[Any], type_: ColumnType) -> pa.Array:
    return pa.array([None if value is None else fit(value, type_) for value in values], pa.string())


def _timestamp(values: list[Any], _type: ColumnType) -> pa.Array:
    texts = pa.array(values, pa.string())
    try:
        moments = texts.cast(pa.timestamp("us", tz="UTC"))
    except pa.ArrowInvalid:  # none of them has a zone: then they are in UTC
        moments = pc.assume_timezone(texts.cast(pa.timestamp("us")), "UTC")
    # Arrow reads the year 0 too, and what an offset makes of the last day of 9999.
    limits = pc.min_max(moments.cast(pa.int64())).as_py()
    if limits["min"] is not None and (limits["min"] < _FIRST or limits["max"] > _LAST):
        raise ValueError("out of range")
    return moments


def _date(values: list[Any], _type: ColumnType) -> pa.Array:
    days = pa.array(values, pa.string()).cast(pa.date32())
    first = pc.min(days.cast(pa.int32())).as_py()
    if first is not None and first < EARLIEST.date().toordinal() - _EPOCH.date().toordinal():
        raise ValueError("out of range")
    return days


def _time(values: list[Any], _type: ColumnType) -> pa.Array:
    moments = pc.binary_join_element_wise("1970-01-01T", pa.array(values, pa.string()), "")
    return moments.cast(pa.timestamp("us")).cast(pa.time64("us"))


def _json(values: list[Any], _type: ColumnType) -> pa.Array:
    return _json_texts(values)


def _json_texts(values: list[Any]) -> pa.Array:
    # Joined, they are what an array of texts consists of.
    ends = array("i", itertools.accumulate(map(len, values), initial=0))
    parts = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))]
    texts = pa.Array.from_buffers(pa.binary(), len(values), parts).cast(pa.string())
    return pc.replace_with_mask(texts, pc.equal(texts, _NULL), _NO_TEXT)


def _characters(texts: pa.Array) -> bytes:
    """Return the characters of all ``texts``, one behind the other: in one piece they are searched fast."""
    data = texts.buffers()[2]
    return data.to_pybytes() if data is not None else b""


def _fitted(values: list[Any], type_: ColumnType) -> pa.Array:
    return pa.array([fit(value, type_) for value in values], type_.arrow)


_FAST: dict[Kind, Callable[[list[Any], ColumnType], pa.Array]] = {
    Kind.INTEGER: _plain,
    Kind.DECIMAL: _decimal,
    Kind.NUMBER: _number,
    Kind.BIG_INTEGER: _big_integer,
    Kind.DOUBLE: _plain,
    Kind.STRING: _text,
    Kind.BOOLEAN: _plain,
    Kind.TIMESTAMP: _timestamp,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.HEX: _fitted,
    Kind.BASE64: _fitted,
    Kind.JSON: _json,
}
_DECODED: dict[Kind, type] = {
    Kind.INTEGER: int,
    Kind.DECIMAL: msgspec.Raw,
    Kind.NUMBER: msgspec.Raw,
    Kind.BIG_INTEGER: int,
    Kind.DOUBLE: float,
    Kind.BOOLEAN: bool,
    Kind.JSON: msgspec.Raw,
}
