"""Every dlt type: what goes in comes out, through dlt and through SQL."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dlt
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

UTC = dt.timezone.utc
ZONES = st.sampled_from(
    [UTC, dt.timezone(dt.timedelta(hours=5, minutes=45)), dt.timezone(-dt.timedelta(hours=11))]
)
INSTANTS = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001 - bounds
# Oracle keeps no lone surrogates (they are no UTF-8) and dlt's writers strip none.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=1000
)
COLUMNS: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "text": ({"data_type": "text"}, TEXTS),
    "integer": ({"data_type": "bigint"}, st.integers(-(2**63), 2**63 - 1)),
    "amount": (
        {"data_type": "decimal", "precision": 38, "scale": 9},
        st.decimals(-(10**28), 10**28, places=9, allow_nan=False, allow_infinity=False),
    ),
    "wei": ({"data_type": "wei"}, st.integers(-(10**75), 10**75).map(Decimal)),
    # dlt's JSON turns NaN and infinities of Python rows into null before they get here: see the Arrow test.
    "real": ({"data_type": "double"}, st.floats(allow_nan=False, allow_infinity=False)),
    "flag": ({"data_type": "bool"}, st.booleans()),
    "day": ({"data_type": "date"}, st.dates()),
    "clock": ({"data_type": "time"}, st.times()),
    "moment": ({"data_type": "timestamp"}, INSTANTS),
    "local": ({"data_type": "timestamp", "timezone": False}, st.datetimes()),
    "bytes": ({"data_type": "binary"}, st.binary(min_size=1, max_size=3000)),
    "uuid": ({"data_type": "binary", "precision": 16}, st.binary(min_size=16, max_size=16)),
    "document": (
        {"data_type": "json"},
        st.dictionaries(
            st.text("abcé😀", min_size=1),
            st.integers(-(2**63), 2**63 - 1) | st.text("'\"\\\n", max_size=5),
            max_size=3,
        ),
    ),
}
HINTS = {name: hints for name, (hints, _) in COLUMNS.items()}
# The first of a row's columns tells rows apart: fetched rows come in any order.
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, (_, values) in COLUMNS.items()}),
    min_size=1,
    max_size=30,
)


def same(expected: Any, actual: Any, hints: dict[str, Any]) -> bool:
    if expected is None or actual is None:
        return expected is actual
    if hints["data_type"] == "json":
        return json.loads(actual) == expected
    if isinstance(expected, dt.datetime):
        return bool(expected == actual) and (expected.tzinfo is None) == (actual.tzinfo is None)
    if hints["data_type"] == "bool":
        return actual is expected
    return bool(expected == actual)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(records=ROWS)
def test_every_value_of_every_type_comes_back_as_it_was(
    pipeline: Callable[..., dlt.Pipeline], records: list[dict[str, Any]]
) -> None:
    numbered = [{"n": n, **record} for n, record in enumerate(records)]
    loads = pipeline(name="round_trip")
    loads.run(
        numbered,
        table_name="items",
        columns={"n": {"data_type": "bigint"}, **HINTS},
        write_disposition="replace",
        schema=dlt.Schema("round_trip"),
    )
    found = {row[0]: row[1:] for row in loads.dataset().items.select("n", *HINTS).fetchall()}
    assert len(found) == len(records)
    for n, record in enumerate(records):
        for (name, hints), actual in zip(HINTS.items(), found[n], strict=True):
            assert same(record[name], actual, hints), f"{name}: {record[name]!r} came back as {actual!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "x" * 4000),
        ("text", "é" * 2000),
        ("integer", 2**63 - 1),
        ("integer", -(2**63)),
        ("amount", Decimal("99999999999999999999999999999.999999999")),
        ("amount", Decimal("-0.000000001")),
        ("wei", Decimal(10**76 - 1)),
        ("real", 5e-324),
        ("day", dt.date(1, 1, 1)),
        ("day", dt.date(9999, 12, 31)),
        ("clock", dt.time(23, 59, 59, 999999)),
        ("moment", dt.datetime(2024, 3, 31, 2, 30, 0, 1, dt.timezone(dt.timedelta(hours=2)))),
        ("bytes", bytes(range(256)) * 200),
        ("document", {"long": "x" * 40_000}),
    ],
)
def test_a_value_at_the_border_of_its_type_comes_back_as_it_was(
    pipeline: Callable[..., dlt.Pipeline], name: str, value: Any
) -> None:
    loads = pipeline()
    loads.run([{name: value}], table_name="items", columns={name: HINTS[name]})
    ((actual,),) = loads.dataset().items.select(name).fetchall()
    assert same(value, actual, HINTS[name]), f"{value!r} came back as {actual!r}"


def test_nan_and_infinities_of_an_arrow_table_come_back(pipeline: Callable[..., dlt.Pipeline]) -> None:
    loads = pipeline()
    values = [math.inf, -math.inf, math.nan, 1.5, None]
    loads.run(pa.table({"n": range(5), "real": values}), table_name="items")
    found = [value for _, value in sorted(loads.dataset().items.select("n", "real").fetchall())]
    assert found[:2] + found[3:] == values[:2] + values[3:]
    assert math.isnan(found[2])


def test_types_are_read_back_from_the_database(pipeline: Callable[..., dlt.Pipeline]) -> None:
    loads = pipeline()
    loads.run([{"n": 1}], table_name="items", columns={"n": {"data_type": "bigint"}, **HINTS})
    with loads.destination_client() as client:
        exists, columns = client.get_storage_table("items")
    assert exists
    found = {name.lower(): column["data_type"] for name, column in columns.items() if name.lower() in HINTS}
    # Before 21c a json column is a CLOB whose check takes scalars too: ALL_JSON_COLUMNS has no such ones.
    assert found.pop("document") in ("json", "text")
    assert found == {name: hints["data_type"] for name, hints in HINTS.items() if name != "document"}
