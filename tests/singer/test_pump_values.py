"""Values of records: what they become in the columns that a SCHEMA asks for."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest
from singer_lines import pump, raw_record, record, schema

from dlt_oracle.singer.errors import (
    UnfitValue,
)

UTC = dt.timezone.utc
ODD = {
    "n": "integer",
    "d": "number",
    "c": "cents",
    "s": "string",
    "b": "boolean",
    "m": "moment",
    "y": "day",
    "t": "clock",
    "o": "object",
}


def test_records_become_typed_rows_in_order() -> None:
    values = {
        "n": 2**63 - 1,
        "d": 1.5,
        "c": 12.34,
        "s": "text",
        "b": True,
        "m": "2024-01-01T12:00:00+02:00",
        "y": "2024-01-01",
        "t": "12:34:56.5",
        "o": {"a": [1]},
    }
    pumped = pump(schema(properties=ODD), record(1, **values), record(2), oracle=False)
    first, second = pumped.rows()
    expected = values | {
        "c": Decimal("12.34"),
        "m": dt.datetime(2024, 1, 1, 10, tzinfo=UTC),
        "y": dt.date(2024, 1, 1),
        "t": dt.time(12, 34, 56, 500000),
        "o": '{"a": [1]}',
    }
    assert {name: first[name] for name in values} == expected
    assert {second[name] for name in values} == {None}
    assert pumped.types() == {
        "id": "bigint",
        "n": "bigint",
        "d": "double",
        "c": "decimal",
        "s": "text",
        "b": "bool",
        "m": "timestamp",
        "y": "date",
        "t": "time",
        "o": "json",
    }
    assert pumped.counts == {}


def test_numbers_of_any_scale_are_exact_on_oracle() -> None:
    digits = "12345678901234567890123456789.123456789"
    pumped = pump(
        schema(properties={"d": "number"}), raw_record(f'"d": {digits}'), record(2, d=1e-7), oracle=True
    )
    assert pumped.values("d") == [digits, "1E-7"]
    assert pumped.hints()["columns"]["d"]["x-oracle-type"] == "NUMBER"


@pytest.mark.parametrize("number", ["750327130549211441.5880412", "12345678.1", "-0.1234567890123456789"])
def test_a_decimal_of_many_places_is_exact_or_beside_its_column(number: str) -> None:
    described = schema(properties={"d": {"type": "number", "multipleOf": 1e-30}})
    pumped = pump(described, raw_record(f'"d": {number}'))
    fits = len(number.partition(".")[0]) <= 8
    assert pumped.values("d") == [Decimal(number) if fits else None]
    assert pumped.values("d__v_text") == [None if fits else number]


def test_forty_digit_integers_go_where_the_schema_allows_them() -> None:
    big = {"type": "integer", "maximum": 10**40}
    sent = [
        schema(properties={"n": big, "m": {"type": "integer", "maximum": 10**20}}),
        record(n=10**39, m=10**19),
    ]
    pumped = pump(*sent, oracle=True)
    assert (pumped.rows()[0]["n"], pumped.rows()[0]["m"]) == (str(10**39), Decimal(10**19))
    assert pumped.types() == {"id": "bigint", "n": "wei", "m": "decimal"}
    assert pump(*sent).types()["n"] == "text"


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ('"n": 1234567890123456789012345678901234567890', "1234567890123456789012345678901234567890"),
        ('"n": 1.5', "1.5"),
        ('"n": "many"', "many"),
        ('"n": {"a": 1.10}', '{"a":1.10}'),
        ('"n": NaN', "NaN"),
        ('"d": 1e400', "1E+400"),
        *(
            pytest.param(f'"{name}": {"9" * 5000}', "9" * 5000, id=f"thousands of digits, {name}")
            for name in "ndc"
        ),
        ('"c": [1e400]', "[1E+400]"),
        ('"c": 1.005', "1.005"),
        ('"c": -Infinity', "-Infinity"),
        ('"b": "perhaps"', "perhaps"),
        ('"m": "soon"', "soon"),
        ('"y": "2024-01-01T12:00:00Z"', "2024-01-01T12:00:00Z"),
        ('"t": "25:00"', "25:00"),
    ],
)
def test_a_value_that_does_not_fit_is_kept_beside_its_column_and_counted(member: str, text: str) -> None:
    name = member[1]
    pumped = pump(schema(properties=ODD), record(0), raw_record(member), record(2))
    assert pumped.values(name) == [None, None, None]
    assert pumped.values(f"{name}__v_text") == [None, text, None]
    assert pumped.values("id") == [0, 1, 2]
    assert pumped.counts == {f"values that do not fit, kept as text: s.{name}": 1}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ('"n": "5"', 5),
        ('"n": 5.0', 5),
        ('"b": 1', True),
        ('"s": 1.50', "1.50"),
        ('"d": "1.5"', 1.5),
        ('"m": "2024-01-01 00:00"', dt.datetime(2024, 1, 1, tzinfo=UTC)),
        ('"y": "2024-01-01T00:00:00"', dt.date(2024, 1, 1)),
        ('"t": "7:05"', dt.time(7, 5)),
        ('"o": "text"', '"text"'),
        (r'"s": "\ud800x"', "�x"),
        ('"s": "a", "s": "b"', "b"),
        ('"o": {"a": NaN}', '{"a":null}'),
    ],
)
def test_what_can_be_read_without_a_loss_is(member: str, value: Any) -> None:
    name = member[1]
    pumped = pump(schema(properties=ODD), raw_record(member), record(2))
    assert pumped.values(name) == [value, None]
    assert f"{name}__v_text" not in pumped.rows()[0]


def test_nan_and_infinity_stay_in_columns_of_double_precision() -> None:
    pumped = pump(schema(properties=ODD), raw_record('"d": NaN'), raw_record('"d": Infinity'))
    first, second = pumped.values("d")
    assert math.isnan(first)
    assert second == math.inf


def test_bytes_that_are_no_text_are_replaced_and_counted() -> None:
    broken = record(s="é", unknown=1).replace(b"\\u00e9", b"\xe9")
    pumped = pump(schema(properties=ODD), broken)
    assert pumped.values("s") == ["�"]
    assert pumped.counts == {"invalid UTF-8, replaced by U+FFFD": 1}


def test_bytes_are_decoded_from_what_the_schema_says() -> None:
    described = {
        "h": {"type": "string", "format": "binary"},
        "b": {"type": "string", "contentEncoding": "base64"},
    }
    pumped = pump(schema(properties=described), record(h="00ff", b="AP8="), record(h="zz", b=None))
    assert pumped.values("h") == [b"\x00\xff", None]
    assert pumped.values("b") == [b"\x00\xff", None]
    assert pumped.values("h__v_text") == [None, "zz"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("null", [None, None, None]),
        (
            "clamp",
            [
                None,
                dt.datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
                dt.datetime(1, 1, 1, tzinfo=UTC),
            ],
        ),
        ("text", [None, None, None]),
    ],
)
def test_dates_out_of_range_follow_the_policy(dates: str, expected: list[Any]) -> None:
    odd = ["0000-00-00 00:00:00", "10000-01-01T00:00:00Z", "0044-03-15 BC"]
    pumped = pump(schema(properties=ODD), *(record(n, m=text) for n, text in enumerate(odd)), dates=dates)
    assert pumped.values("m") == expected
    assert pumped.values("m__v_text") == (odd if dates == "text" else [None] * 3)
    assert sum(pumped.counts.values()) == 3


def test_dates_out_of_range_can_be_an_error() -> None:
    with pytest.raises(UnfitValue, match="'m'"):
        pump(schema(properties=ODD), record(m="0000-00-00"), dates="error")


def test_an_offset_is_no_way_out_of_the_calendar() -> None:
    pumped = pump(
        schema(properties=ODD), record(m="9999-12-31T23:59:59-01:00"), record(2, m="0000-01-01T00:00:00Z")
    )
    assert pumped.values("m") == [None, None]


def test_fractions_that_microseconds_do_not_hold_are_cut_off_and_counted() -> None:
    sent = record(1, m="2024-01-01T00:00:00.1234567Z", t="00:00:00.0000001")
    pumped = pump(schema(properties=ODD), sent, record(2, m="2024-01-01T00:00:00.123456000Z"))
    moment = dt.datetime(2024, 1, 1, 0, 0, 0, 123456, UTC)
    assert (pumped.values("m"), pumped.values("t")) == ([moment, moment], [dt.time(), None])
    assert set(pumped.counts.values()) == {1}
    assert {event[-5:] for event in pumped.counts} == {": s.m", ": s.t"}


def test_nested_values_can_stay_python_for_tables() -> None:
    digits = "0.12345678901234567890"
    nested = {"a": {"b": [1, {"c": 1.5}], "big": 2**70}, "d": 0}
    pumped = pump(
        schema(properties={"o": "object", "d": "day"}),
        record(o=nested, d="2024-01-01").replace(b'"d": 0', f'"d": {digits}'.encode()),
        nested="tables",
    )
    (row,) = pumped.rows()
    assert row["o"] == {"a": {"b": [1, {"c": 1.5}], "big": str(2**70)}, "d": digits}
    assert row["d"] == dt.date(2024, 1, 1)
    assert "o" not in pumped.hints()["columns"]
