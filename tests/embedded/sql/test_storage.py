"""Values go into a column and come out again as they went in, by COPY and by parameter."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import storage

if TYPE_CHECKING:
    from conftest import Bench

_FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=50)
_MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 30))  # noqa: DTZ001 - Oracle's have no zone
_NANOSECONDS = st.integers(0, 999)


def _copy(db: Bench, column: str, value: Any) -> None:
    relation = db.table("T", f"X {column}")
    field = storage.copy_encoder(relation.columns[0].column.type)(value)
    with db.connection.cursor() as cursor, cursor.copy(f"COPY {relation.source} (c1) FROM STDIN") as copy:
        copy.write(field + "\n")


def _round_trip(db: Bench, column: str, value: Any) -> tuple[Any, Any]:
    """Return the value as read after COPY, and after an INSERT by parameter."""
    db.connection.execute("DROP SCHEMA data CASCADE; CREATE SCHEMA data")
    db.relations.clear()
    _copy(db, column, value)
    relation = db.relations["T"]
    oracle_type = relation.columns[0].column.type
    parameter = storage.parameter_encoder(oracle_type)(value)
    cast = storage.form(oracle_type).value
    db.connection.execute(f"INSERT INTO {relation.source} VALUES (%s::{cast})", (parameter,))
    decode = storage.decoder(oracle_type) or (lambda read: read)
    copied, inserted = db.connection.execute(f"SELECT c1 FROM {relation.source} ORDER BY ctid").fetchall()
    return decode(copied[0]), decode(inserted[0])


@_FEW
@given(value=_TEXT)
def test_text_comes_back_with_every_character(db: Bench, value: str) -> None:
    assert _round_trip(db, "CLOB", value) == (value, value)


@_FEW
@given(value=st.binary(min_size=1, max_size=64))
def test_raw_comes_back_byte_for_byte(db: Bench, value: bytes) -> None:
    assert _round_trip(db, "BLOB", value) == (value, value)


@_FEW
@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**30), max_value=10**30)
)
def test_a_number_comes_back_exactly(db: Bench, value: Decimal) -> None:
    copied, inserted = _round_trip(db, "NUMBER", f"{value:f}")
    assert (Decimal(copied), Decimal(inserted)) == (value, value)


@_FEW
@given(value=st.floats(allow_nan=False))
def test_a_double_comes_back_bit_for_bit(db: Bench, value: float) -> None:
    assert _round_trip(db, "BINARY_DOUBLE", value) == (value, value)


def test_nan_comes_back_as_nan(db: Bench) -> None:
    assert all(math.isnan(value) for value in _round_trip(db, "BINARY_DOUBLE", math.nan))


@_FEW
@given(moment=_MOMENTS, nanoseconds=_NANOSECONDS)
def test_a_timestamp_keeps_nanoseconds(db: Bench, moment: datetime, nanoseconds: int) -> None:
    value = f"{moment.replace(microsecond=0)}.{moment.microsecond:06d}{nanoseconds:03d}"
    for read in _round_trip(db, "TIMESTAMP(9)", value):
        whole, _, fraction = read.partition(".")
        assert f"{whole}.{fraction:0<9}" == value


@_FEW
@given(moment=_MOMENTS, minutes=st.integers(-12 * 60, 14 * 60))
def test_a_time_zone_comes_back_with_its_offset(db: Bench, moment: datetime, minutes: int) -> None:
    value = (str(moment), minutes)
    expected = (str(moment).rstrip("0") if moment.microsecond else str(moment), minutes)
    assert _round_trip(db, "TIMESTAMP(6) WITH TIME ZONE", value) == (expected, expected)


def test_a_date_before_christ_comes_back(db: Bench) -> None:
    value = "0044-03-15 12:00:00 BC"
    assert _round_trip(db, "DATE", value) == (value, value)


@pytest.mark.parametrize(
    ("column", "given_value", "kept"),
    [
        ("DATE", "2020-01-01 10:00:00.9", "2020-01-01 10:00:00"),
        ("CHAR(5)", "ab", "ab   "),
        ("CHAR(5 CHAR)", "äb", "äb   "),
        ("NUMBER(5,2)", "1.235", "1.24"),
        ("NUMBER(5,-2)", "12345", "12300"),
        ("TIMESTAMP(3)", "2020-01-01 00:00:00.9996", "2020-01-01 00:00:01"),
        ("TIMESTAMP(8)", "2020-12-31 23:59:59.999999996", "2021-01-01 00:00:00"),
        ("FLOAT(63)", "1.23456789012345678901", "1.234567890123456789"),
    ],
)
def test_copy_writes_what_the_column_keeps(db: Bench, column: str, given_value: str, kept: str) -> None:
    _copy(db, column, given_value)
    decode = storage.decoder(db.relations["T"].columns[0].column.type) or (lambda read: read)
    assert [decode(row[0]) for row in db.connection.execute("SELECT c1 FROM data.t1")] == [kept]


def test_copy_writes_a_negative_interval(db: Bench) -> None:
    _copy(db, "INTERVAL DAY TO SECOND(2,6)", "-1 02:00:00.5")
    assert db.run("SELECT x FROM t") == [("-1 02:00:00.5",)]


@pytest.mark.parametrize(
    ("column", "value", "actual", "maximum"),
    [
        ("VARCHAR2(3)", "äöü", "6", "3"),
        ("VARCHAR2(3 CHAR)", "äöüx", "4", "3"),
        ("CHAR(2)", "abc", "3", "2"),
        ("VARCHAR2(4000 CHAR)", "😀" * 1500, "6000", "4000"),
    ],
)
def test_a_value_too_long_says_how_long_it_was(
    db: Bench, column: str, value: str, actual: str, maximum: str
) -> None:
    with pytest.raises(Exception, match="ORA-12899") as caught:
        _copy(db, column, value)
    error: Any = caught.value
    assert storage.raised(error.diag.message_primary, error.diag.message_detail) == (
        12899,
        ("c1", actual, maximum),
    )


def test_a_raw_too_long_is_refused(db: Bench) -> None:
    with pytest.raises(Exception, match="ORA-12899"):
        _copy(db, "RAW(2)", b"abc")


def test_the_empty_text_is_null(db: Bench) -> None:
    _copy(db, "VARCHAR2(10)", "")
    assert db.connection.execute("SELECT c1 FROM data.t1").fetchall() == [(None,)]


@pytest.mark.parametrize("encoder", [storage.copy_encoder, storage.parameter_encoder])
def test_nul_in_text_is_refused_loudly(encoder: Any) -> None:
    with pytest.raises(OracleError, match="NUL"):
        encoder(OracleType(TypeName.VARCHAR2, 10))("a\x00b")


def test_intervals_finer_than_postgresql_keeps_are_refused() -> None:
    with pytest.raises(OracleError, match="six fractional digits"):
        storage.column_type(OracleType(TypeName.INTERVAL_DS, precision=2, scale=9))


def test_the_latest_moment_of_a_day_rounds_into_the_next(db: Bench) -> None:
    last = datetime(2020, 2, 28, 23, 59, 59)  # noqa: DTZ001 - Oracle's have no zone
    _copy(db, "TIMESTAMP(7)", f"{last}.99999996")
    assert db.column("SELECT x FROM t") == [str(last + timedelta(seconds=1))]
