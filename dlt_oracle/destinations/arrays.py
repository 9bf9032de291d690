"""Python values and texts as Arrow arrays of dlt's types; and which row it was when that fails.

Whole arrays are converted at once; only after a failure are the rows tried one by one.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from decimal import Decimal
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from dlt.common.json import json

from dlt_oracle.destinations.errors import RejectedValue

if TYPE_CHECKING:
    from collections.abc import Callable

_Values = TypeVar("_Values", list[Any], pa.Array)

# What pyarrow and Python raise for a value that a type cannot hold; pa.ArrowInvalid is a ValueError.
_UNFIT = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError, TypeError)
_MAX_SHOWN_CHARACTERS = 100
# Of a NUMBER (SQL Language Reference, "Data Types").
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -130, 125


def convert(
    values: _Values,
    conversion: Callable[[_Values], pa.Array],
    *,
    table: str,
    column: str,
    rows_before: int,
) -> pa.Array:
    """Return ``conversion(values)``. Raises RejectedValue with the row of the first value that fails.

    ``rows_before``: rows of the file before ``values``.
    """
    try:
        return conversion(values)
    except _UNFIT as failure:
        position, error = _first_failure(values, conversion)
        raise RejectedValue(
            table=table,
            column=column,
            row=rows_before + position + 1,
            reason=f"{str(error or failure)[:_MAX_SHOWN_CHARACTERS]}.",
        ) from failure


def _first_failure(
    values: _Values, conversion: Callable[[_Values], pa.Array]
) -> tuple[int, Exception | None]:
    for position in range(len(values)):
        one = values[position : position + 1]
        if isinstance(one, pa.Array) and one.null_count:
            continue  # a NULL fails with the others where it is the type that does not fit
        if error := _failure(one, conversion):
            return position, error
    return 0, None  # the values fit one by one, and not together


def _failure(values: _Values, conversion: Callable[[_Values], pa.Array]) -> Exception | None:
    try:
        conversion(values)
    except _UNFIT as error:
        return error
    return None


def from_objects(values: list[Any], data_type: str, arrow_type: pa.DataType) -> pa.Array:
    """Return what a JSON document holds as ``arrow_type``.

    Values are either typed already (dlt's typed-jsonl) or in the form that JSON has for their dlt type:
    text for dates, times and decimals, base64 for bytes.
    """
    prepare = _FROM_JSON.get(data_type)
    if prepare is not None:
        values = [None if value is None else prepare(value) for value in values]
    if any(isinstance(value, str) for value in values):
        texts = [value if value is None or isinstance(value, str) else str(value) for value in values]
        return from_text(pa.array(texts, pa.string()), arrow_type)
    return pa.array(values, arrow_type)


def from_text(texts: pa.Array, arrow_type: pa.DataType) -> pa.Array:
    r"""Return texts as ``arrow_type``: ISO 8601 dates and times, numbers with a decimal point.

    Bytes are UTF-8, or hexadecimal after ``\x``. A timestamp without an offset is in UTC.
    """
    if pa.types.is_time(arrow_type):
        return pa.array([text and dt.time.fromisoformat(text) for text in texts.to_pylist()], arrow_type)
    if _is_binary(arrow_type):
        return pa.array([None if text is None else _bytes(text) for text in texts.to_pylist()], arrow_type)
    if pa.types.is_timestamp(arrow_type):
        return _timestamps(texts, arrow_type)
    return texts.cast(arrow_type)


def _timestamps(texts: pa.Array, arrow_type: pa.TimestampType) -> pa.Array:
    other_zone = None if arrow_type.tz else "UTC"
    try:
        return texts.cast(arrow_type)
    except pa.ArrowInvalid:
        # Offsets in a column without time zone, or none in one with: then all of them are UTC.
        moments = texts.cast(pa.timestamp(arrow_type.unit, other_zone))
    return moments.cast(arrow_type) if other_zone else pc.assume_timezone(moments, "UTC")


def _is_binary(arrow_type: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(arrow_type)
        or pa.types.is_large_binary(arrow_type)
        or pa.types.is_fixed_size_binary(arrow_type)
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text.encode()


def json_texts(documents: pa.Array) -> pa.Array:
    """Return nested values as JSON documents."""
    return pa.array(
        [None if value is None else json.dumps(value) for value in documents.to_pylist()], pa.string()
    )


def read_document(text: str) -> Any:
    """Return a JSON document with every digit of its numbers.

    Raises ValueError for text that is no JSON, and for a number that Oracle's JSON type does not hold.
    """
    return _DOCUMENTS.decode(text)


def _json_number(text: str) -> Decimal:
    number = Decimal(text)
    if number and not (number.is_finite() and _SMALLEST_EXPONENT <= number.adjusted() <= _LARGEST_EXPONENT):
        raise ValueError(f"{text} is beyond the numbers that a JSON document holds in Oracle")
    return number


_DOCUMENTS = JSONDecoder(parse_float=_json_number, parse_constant=_json_number)  # dlt's rounds numbers


def _base64(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(f"bytes have to be base64: {error}") from error


def _whole(value: Any) -> Any:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{value} is no integer")  # pyarrow would cut the fraction off
    return value


_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "json": lambda value: value if isinstance(value, str) else json.dumps(value),
    "binary": _base64,
    "bigint": _whole,
    "decimal": lambda value: Decimal(repr(value)) if isinstance(value, float) else value,
}
