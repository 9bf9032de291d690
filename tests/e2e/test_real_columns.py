"""Tables are loaded as they are, whoever made them; they are widened when hints ask for more."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

if TYPE_CHECKING:
    import oracledb

COLUMNS = (
    "SELECT column_name, data_type, data_length, data_precision, data_scale FROM user_tab_columns "
    "WHERE table_name = 'RAW___ITEMS' AND column_name NOT LIKE '%DLT%' ORDER BY column_name"
)


def test_nanoseconds_come_through(pipeline: Any, rows: Any) -> None:
    table = pa.table(
        {
            "id": [1, 2, 3],
            "at": pa.array([1, 1_700_000_000_123_456_789, None], pa.timestamp("ns", "UTC")),
            "local": pa.array([-1, 1_700_000_000_123_456_789, None], pa.timestamp("ns")),
        }
    )
    pipeline().run(table, table_name="items")
    assert rows(
        "SELECT TO_CHAR(at, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM'), "
        "TO_CHAR(local, 'YYYY-MM-DD HH24:MI:SS.FF9') FROM raw___items ORDER BY id"
    ) == [
        ("1970-01-01 00:00:00.000000001 +00:00", "1969-12-31 23:59:59.999999999"),
        ("2023-11-14 22:13:20.123456789 +00:00", "2023-11-14 22:13:20.123456789"),
        (None, None),
    ]


@pytest.mark.parametrize("precision", [0, 3, 6, 7, 9])
def test_a_timestamp_keeps_as_many_digits_as_its_precision_says(
    pipeline: Any, rows: Any, precision: int
) -> None:
    moment = dt.datetime(2024, 2, 29, 23, 59, 58, 123456, tzinfo=dt.timezone.utc)
    hints: Any = {
        "at": {"data_type": "timestamp", "precision": precision},
        "local": {"data_type": "timestamp", "precision": precision, "timezone": False},
    }
    pipeline().run([{"at": moment, "local": moment.replace(tzinfo=None)}], table_name="items", columns=hints)
    digits = "123456000"[:precision]
    expected = "2024-02-29 23:59:58" + (f".{digits}" if digits else "")
    # Without digits FF has nothing to show.
    mask = "YYYY-MM-DD HH24:MI:SS" + (f".FF{precision}" if precision else "")
    assert rows(f"SELECT TO_CHAR(at, '{mask}'), TO_CHAR(local, '{mask}') FROM raw___items") == [
        (expected, expected)
    ]


def test_numbers_beyond_38_digits_come_back_as_they_were(pipeline: Any) -> None:
    loads = pipeline()
    data = [{"wei": Decimal(10**75 + 1), "big": Decimal("1234567890" * 4 + "1234567890.123456789")}]
    hints: Any = {"wei": {"data_type": "wei"}, "big": {"data_type": "decimal", "precision": 76, "scale": 9}}
    loads.run(data, table_name="items", columns=hints)
    assert loads.dataset().table("items").select("wei", "big").fetchall() == [
        (data[0]["wei"], data[0]["big"])
    ]


def test_hints_that_grow_widen_their_columns_and_no_hint_narrows_one(pipeline: Any, rows: Any) -> None:
    loads = pipeline()
    small: Any = {
        "code": {"data_type": "text", "precision": 5},
        "total": {"data_type": "decimal", "precision": 5, "scale": 2},
        "wide": {"data_type": "text", "precision": 50},
        "at": {"data_type": "timestamp", "precision": 3},
    }
    large: Any = {
        "code": {"data_type": "text", "precision": 10},
        "total": {"data_type": "decimal", "precision": 9, "scale": 2},
        "wide": {"data_type": "text", "precision": 10},
        "at": {"data_type": "timestamp", "precision": 6},
    }
    moment = dt.datetime(2024, 1, 1, 0, 0, 0, 123456, tzinfo=dt.timezone.utc)
    loads.run([{"code": "a", "total": Decimal("1.25"), "wide": "w"}], table_name="items", columns=small)
    loads.run(
        [{"code": "0123456789", "total": Decimal("1234567.25"), "wide": "w" * 50, "at": moment}],
        table_name="items",
        columns=large,
    )
    assert rows(COLUMNS) == [
        ("AT", "TIMESTAMP(6) WITH TIME ZONE", 13, None, 6),
        ("CODE", "VARCHAR2", 40, None, None),
        ("TOTAL", "NUMBER", 22, 9, 2),
        ("WIDE", "VARCHAR2", 200, None, None),
    ]
    assert rows("SELECT code, total FROM raw___items ORDER BY total") == [
        ("a", 1.25),
        ("0123456789", 1234567.25),
    ]


def test_a_scale_that_grows_is_refused_by_oracle_and_said(
    pipeline: Any, rows: Any, caplog: pytest.LogCaptureFixture
) -> None:
    loads = pipeline()
    for scale in (2, 4):
        hints: Any = {"total": {"data_type": "decimal", "precision": 10, "scale": scale}}
        loads.run([{"total": Decimal(1)}], table_name="items", columns=hints)
    assert rows(COLUMNS) == [("TOTAL", "NUMBER", 22, 10, 2)]
    assert "NUMBER(10,2) cannot become NUMBER(10,4)" in caplog.text


def test_values_follow_the_columns_that_somebody_else_made(
    pipeline: Any, rows: Any, connection: oracledb.Connection
) -> None:
    noon = dt.datetime(2024, 1, 31, 12, 30, 15, tzinfo=dt.timezone.utc)
    midnight = noon.replace(tzinfo=None, hour=0, minute=0, second=0)
    loads = pipeline()
    data: list[dict[str, Any]] = [
        {
            "id": n,
            "note": "x",
            "flag": n == 1,
            "ratio": 1.5,
            "total": Decimal("12.50"),
            "at": noon,
            "day": dt.date(2024, 1, 31),
        }
        for n in (1, 2)
    ]
    loads.run(data[:1], table_name="items")
    with connection.cursor() as cursor:
        for column, type_ in (
            ("note", "CLOB"),
            ("flag", "NUMBER(5)"),
            ("ratio", "NUMBER"),
            ("total", "BINARY_DOUBLE"),
            ("at", "DATE"),
            ("day", "TIMESTAMP(6)"),
            ("id", "VARCHAR2(20)"),
        ):
            cursor.execute(f"ALTER TABLE raw___items DROP ({column})")
            cursor.execute(f"ALTER TABLE raw___items ADD ({column} {type_})")
    loads.run(data[1:], table_name="items")
    assert rows("SELECT id, note, flag, ratio, total, at, day FROM raw___items WHERE id IS NOT NULL") == [
        ("2", "x", 0, 1.5, 12.5, noon.replace(tzinfo=None), midnight)
    ]


def test_a_short_column_of_somebody_elses_is_made_longer(
    pipeline: Any, rows: Any, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "note": "x"}], table_name="items")
    connection.cursor().execute("ALTER TABLE raw___items MODIFY (note VARCHAR2(5))")
    loads.run([{"id": 2, "note": "longer than five"}], table_name="items")
    assert rows(COLUMNS)[1] == ("NOTE", "VARCHAR2", 4000, None, None)


def test_a_column_that_somebody_dropped_is_an_error_that_names_it(
    pipeline: Any, connection: oracledb.Connection
) -> None:
    loads = pipeline()
    loads.run([{"id": 1, "note": "x"}], table_name="items")
    connection.cursor().execute("ALTER TABLE raw___items DROP (note)")
    with pytest.raises(PipelineStepFailed, match=r"ORA-00904.*NOTE"):
        loads.run([{"id": 2, "note": "y"}], table_name="items")
