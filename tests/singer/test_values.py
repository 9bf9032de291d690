"""Single values: brought to the type of their column where nothing is lost."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest

from dlt_oracle.singer.column_types import ColumnType, Kind
from dlt_oracle.singer.values import OutOfRange, Unfit, fit

UTC = dt.timezone.utc
CENTS = ColumnType(Kind.DECIMAL, 10, 2)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("5", Kind.INTEGER, 5),
        (Decimal("5.0"), Kind.INTEGER, 5),
        ("1.0", Kind.INTEGER, 1),
        (True, Kind.INTEGER, 1),
        (10**40, Kind.BIG_INTEGER, str(10**40)),
        (-(10**77), Kind.BIG_INTEGER, str(-(10**77))),
        (5, Kind.DOUBLE, 5.0),
        ("1e3", Kind.DOUBLE, 1000.0),
        ("-Infinity", Kind.DOUBLE, -math.inf),
        (Decimal("12345678901234567890.123"), Kind.NUMBER, "12345678901234567890.123"),
        (5, Kind.STRING, "5"),
        (Decimal("1.50"), Kind.STRING, "1.50"),
        (False, Kind.STRING, "false"),
        ({"a": [1, Decimal("1.10")]}, Kind.STRING, '{"a":[1,1.10]}'),
        (math.inf, Kind.STRING, "Infinity"),
        (1, Kind.BOOLEAN, True),
        ("false", Kind.BOOLEAN, False),
        ("2024-02-29T23:59:59+02:00", Kind.TIMESTAMP, dt.datetime(2024, 2, 29, 21, 59, 59, tzinfo=UTC)),
        ("2024-01-01 1:02:03.123456789Z", Kind.TIMESTAMP, dt.datetime(2024, 1, 1, 1, 2, 3, 123456, UTC)),
        ("2024-01-01", Kind.TIMESTAMP, dt.datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-01-01T00:00:00-0330", Kind.TIMESTAMP, dt.datetime(2024, 1, 1, 3, 30, tzinfo=UTC)),
        ("2024-01-01T00:00:00+05:00", Kind.DATE, dt.date(2024, 1, 1)),
        ("1:02:03", Kind.TIME, dt.time(1, 2, 3)),
        ("1970-01-01T01:02:03.5Z", Kind.TIME, dt.time(1, 2, 3, 500000)),
        (r"\x00ff", Kind.HEX, b"\x00\xff"),
        ("AP8=", Kind.BASE64, b"\x00\xff"),
        ({"b": None}, Kind.JSON, '{"b":null}'),
        (None, Kind.INTEGER, None),
    ],
    ids=str,
)
def test_a_value_that_loses_nothing_is_taken(value: Any, kind: Kind, expected: Any) -> None:
    assert fit(value, ColumnType(kind)) == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2**63, Kind.INTEGER),
        (Decimal("1.5"), Kind.INTEGER),
        ("five", Kind.INTEGER),
        ("2024_01", Kind.INTEGER),
        ("2024_01", Kind.DOUBLE),
        (math.nan, Kind.INTEGER),
        (Decimal("1e400"), Kind.INTEGER),
        ([1], Kind.INTEGER),
        (10**80, Kind.BIG_INTEGER),
        (Decimal("1e400"), Kind.DOUBLE),
        (Decimal("1e126"), Kind.NUMBER),
        (Decimal("1.23456789012345678901234567890123456789"), Kind.NUMBER),
        (math.inf, Kind.NUMBER),
        ("NaN", Kind.NUMBER),
        ("1e999", Kind.DOUBLE),
        (2, Kind.BOOLEAN),
        ([True], Kind.BOOLEAN),
        ("yesterday", Kind.TIMESTAMP),
        ("2024-02-30", Kind.TIMESTAMP),
        (1700000000, Kind.TIMESTAMP),
        ("2024-01-01T00:00:00+99:99", Kind.TIMESTAMP),
        ("2024-01-01T10:00:00Z", Kind.DATE),
        ("2024-01-01T00:00:00.0000001Z", Kind.DATE),
        ("24:00:00", Kind.TIME),
        ("12:00:00+02:00", Kind.TIME),
        ("1970-01-01T12:00:00+02:00", Kind.TIME),
        ("zz", Kind.HEX),
        ("?", Kind.BASE64),
        (5, Kind.BASE64),
    ],
    ids=str,
)
def test_a_value_that_would_change_does_not_fit(value: Any, kind: Kind) -> None:
    with pytest.raises(Unfit):
        fit(value, ColumnType(kind))


@pytest.mark.parametrize("value", ["1.005", "100000000", math.nan, "x", Decimal("1e-3")])
def test_decimals_are_never_rounded(value: Any) -> None:
    with pytest.raises(Unfit):
        fit(value, CENTS)


@pytest.mark.parametrize("value", [Decimal("99999999.99"), "1.5", 7, Decimal("1e2"), True, Decimal("1.500")])
def test_decimals_within_their_digits_are_exact(value: Any) -> None:
    assert fit(value, CENTS) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("0000-00-00", None),
        ("0000-00-00 00:00:00", None),
        ("2024-00-10", None),
        ("10000-01-01T00:00:00Z", True),
        ("0044-03-15 BC", False),
        ("-0044-03-15T00:00:00Z", False),
        ("9999-12-31T23:59:59-01:00", True),
        ("0001-01-01T00:00:00+01:00", False),
    ],
)
def test_a_date_that_no_calendar_has_is_out_of_range(text: str, late: bool | None) -> None:  # noqa: FBT001 - a parameter
    with pytest.raises(OutOfRange) as caught:
        fit(text, ColumnType(Kind.TIMESTAMP))
    assert caught.value.late is late
