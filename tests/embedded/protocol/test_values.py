"""Columns of values of every type, there and back."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.codes import FORM_IMPLICIT, FORM_NCHAR, OraType
from dlt_oracle.embedded.protocol.values import decode_column, encoder

if TYPE_CHECKING:
    from pathlib import Path


def there_and_back(type_name: TypeName, kind: OraType, values: list[Any], form: int = 0) -> list[Any]:
    """Encode a column as the server does and decode it as if a client had bound it."""
    cells = [Reader(cell).clr() or b"" for cell in encoder(type_name)(values)]
    return decode_column(kind, form, cells)


def columns(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, max_size=20)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)


@given(columns(TEXTS))
def test_texts_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.VARCHAR2, OraType.VARCHAR, values, FORM_IMPLICIT) == values
    assert there_and_back(TypeName.NVARCHAR2, OraType.VARCHAR, values, FORM_NCHAR) == values


@given(columns(st.binary(min_size=1, max_size=400)))
def test_bytes_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.RAW, OraType.RAW, values) == values


@given(columns(st.floats(allow_nan=False)))
def test_doubles_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.BINARY_DOUBLE, OraType.BINARY_DOUBLE, values) == values


@given(columns(st.floats(width=32, allow_nan=False)))
def test_floats_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.BINARY_FLOAT, OraType.BINARY_FLOAT, values) == values


def test_not_a_number_survives() -> None:
    (value,) = there_and_back(TypeName.BINARY_DOUBLE, OraType.BINARY_DOUBLE, [math.nan])
    assert math.isnan(value)


@given(st.lists(st.floats(allow_nan=False), min_size=2, max_size=2))
def test_doubles_sort_as_their_bytes_do(values: list[float]) -> None:
    one, other = encoder(TypeName.BINARY_DOUBLE)(values)
    assert (one < other) == (values[0] < values[1]) or values[0] == values[1] == 0


@given(columns(st.integers(-(10**20), 10**20).map(str)))
def test_numbers_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.NUMBER, OraType.NUMBER, values) == values


def days() -> st.SearchStrategy[str]:
    """Dates of Oracle's whole calendar, those before Christ included."""
    ours = st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds"))
    before = st.integers(1, 4712).map(lambda year: f"{year:04d}-02-03 23:00:59 BC")
    return ours | before


FRACTIONS = st.integers(1, 999_999_999).map(lambda number: f".{number:09d}".rstrip("0"))


def timestamps() -> st.SearchStrategy[str]:
    """Dates with and without a fraction of up to nine digits."""
    return days() | st.builds(lambda day, fraction: day[:19] + fraction + day[19:], days(), FRACTIONS)


@given(columns(days()))
def test_dates_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.DATE, OraType.DATE, values) == values


@given(columns(timestamps()))
def test_timestamps_survive(values: list[Any]) -> None:
    for type_name, kind in (
        (TypeName.TIMESTAMP, OraType.TIMESTAMP),
        (TypeName.TIMESTAMP_LTZ, OraType.TIMESTAMP_LTZ),
    ):
        assert there_and_back(type_name, kind, values) == values


@given(columns(st.tuples(timestamps(), st.integers(-899, 899))))
def test_timestamps_with_their_offset_survive(values: list[Any]) -> None:
    assert there_and_back(TypeName.TIMESTAMP_TZ, OraType.TIMESTAMP_TZ, values) == values


@given(columns(st.timedeltas(dt.timedelta(days=-999_999), dt.timedelta(days=999_999))))
def test_intervals_survive(values: list[dt.timedelta | None]) -> None:
    texts = [None if value is None else interval_text(value) for value in values]
    assert there_and_back(TypeName.INTERVAL_DS, OraType.INTERVAL_DS, texts) == texts


def interval_text(value: dt.timedelta) -> str:
    whole = abs(value)
    minutes, seconds = divmod(whole.seconds, 60)
    sign = "-" if value < dt.timedelta() else ""
    text = f"{sign}{whole.days} {minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return text + f".{whole.microseconds:06d}".rstrip("0") if whole.microseconds else text


def test_a_timestamp_without_a_fraction_takes_seven_bytes_as_in_oracle() -> None:
    (cell,) = encoder(TypeName.TIMESTAMP)(["2024-02-29 23:59:59"])
    assert cell.hex() == "07" + "787c021d183c3c"


def test_a_date_before_christ_has_both_bytes_of_its_year_below_100() -> None:
    (cell,) = encoder(TypeName.DATE)(["4712-01-01 00:00:00 BC"])
    assert cell.hex() == "07" + "3558" + "0101" + "010101"


def test_a_time_zone_region_is_refused() -> None:
    data = bytes.fromhex("787c021d183c3c00000000") + b"\x90\x00"
    with pytest.raises(OracleError, match="time zone regions"):
        decode_column(OraType.TIMESTAMP_TZ, 0, [data])


def test_bytes_that_are_no_text_are_ora_29275() -> None:
    with pytest.raises(OracleError, match="ORA-29275"):
        decode_column(OraType.VARCHAR, FORM_IMPLICIT, [b"\xff\xfe"])


@pytest.mark.parametrize("rowid", ["AAAR3sAAEAAAACXAAA", "AAAAAAAAAAAAAAAAAB", "AAAR3sAAEAAAACXP/+"])
def test_a_rowid_is_cut_into_its_parts(rowid: str) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    reader = Reader(encoder(TypeName.ROWID)([rowid])[0])
    reader.u8()
    rba, partition = reader.ub4(), reader.ub2()
    reader.u8()
    parts = ((rba, 6), (partition, 3), (reader.ub4(), 6), (reader.ub2(), 3))
    text = "".join(alphabet[value >> 6 * n & 63] for value, width in parts for n in reversed(range(width)))
    assert text == rowid


def dumps(path: Path) -> list[tuple[str, str, bytes]]:
    """Return (type, value, bytes) of each DUMP in the file."""
    found = re.findall(
        r"dump\(cast\((\S+|TO_DSINTERVAL\('[^']*'\)) as ([\w ]+?)\)\) FROM dual;"
        r"\n\d+:Typ=\d+ Len=\d+: ([\d,]+)",
        path.read_text(),
    )
    return [(kind, value, bytes(map(int, data.split(",")))) for value, kind, data in found]


def test_floats_dumped_by_a_real_database_match(wire_bytes: Path) -> None:
    kinds = {"binary_float": OraType.BINARY_FLOAT, "binary_double": OraType.BINARY_DOUBLE}
    found = [dump for dump in dumps(wire_bytes / "dump_other_types.txt") if dump[0] in kinds]
    assert len(found) == 4
    for kind, value, data in found:
        (decoded,) = decode_column(kinds[kind], 0, [data])
        assert decoded == pytest.approx(float(value), rel=1e-6)
        assert encoder(TypeName[kind.upper()])([decoded])[0][1:] == data


def test_intervals_dumped_by_a_real_database_match(wire_bytes: Path) -> None:
    found = [d for d in dumps(wire_bytes / "dump_other_types.txt") if d[0] == "INTERVAL DAY TO SECOND"]
    assert len(found) == 5
    for _, value, data in found:
        (decoded,) = decode_column(OraType.INTERVAL_DS, 0, [data])
        written = value.split("'")[1].removesuffix(".0")
        assert decoded == written
        assert encoder(TypeName.INTERVAL_DS)([decoded])[0][1:] == data
