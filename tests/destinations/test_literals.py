import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from dlt_oracle.destinations.sql.literals import escape_literal, format_datetime_literal

UTC = dt.timezone.utc


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "NULL"),
        (True, "1"),
        (False, "0"),
        (7, "7"),
        (Decimal("1.50"), "1.50"),
        (float("inf"), "TO_BINARY_DOUBLE('inf')"),
        ("it's", "'it''s'"),
        ("back\\slash\nline", "'back\\slash\nline'"),
        (b"\x00\xff", "HEXTORAW('00ff')"),
        (dt.date(2024, 2, 29), "DATE '2024-02-29'"),
        (dt.time(1, 2, 3, 4), "'01:02:03.000004'"),
        (dt.datetime(2024, 1, 1, 12), "TIMESTAMP '2024-01-01 12:00:00.000000'"),  # noqa: DTZ001 - naive on purpose
        (dt.datetime(2024, 1, 1, 12, tzinfo=UTC), "TIMESTAMP '2024-01-01 12:00:00.000000 +00:00'"),
        ({"a": ["é"]}, '\'{"a": ["é"]}\''),
    ],
)
def test_a_value_is_written_as_oracle_writes_it(value: Any, literal: str) -> None:
    assert escape_literal(value) == literal


def test_a_long_text_is_written_in_pieces_that_fit_a_literal() -> None:
    literal = escape_literal("é" * 2500)
    assert literal.count("TO_CLOB(") == 3
    assert all(len(piece.encode()) <= 4000 for piece in literal.split(" || "))


@pytest.mark.parametrize(("precision", "fraction"), [(0, ""), (3, ".123"), (6, ".123456"), (9, ".123456000")])
def test_a_timestamp_has_the_digits_asked_for(precision: int, fraction: str) -> None:
    value = dt.datetime(2024, 1, 1, 1, 0, 0, 123456, dt.timezone(dt.timedelta(hours=2)))
    assert format_datetime_literal(value, precision) == f"TIMESTAMP '2023-12-31 23:00:00{fraction} +00:00'"


def test_a_year_before_1000_has_four_digits() -> None:
    value = dt.datetime(33, 4, 3, tzinfo=UTC)
    assert format_datetime_literal(value, 0, no_tz=True) == "TIMESTAMP '0033-04-03 00:00:00'"


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="object"):
        escape_literal(object())
