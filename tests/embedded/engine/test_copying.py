from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_oracle.embedded.engine.copying import CopyLoader
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import storage

TEXT = OracleType(TypeName.VARCHAR2, 100)
ZONED = OracleType(TypeName.TIMESTAMP_TZ, scale=6)


def _text(values: list[object], *types: OracleType) -> str:
    columns = [(f"c{n}", each, n) for n, each in enumerate(types, 1)]
    rows = [(None, *value) if isinstance(value, tuple) else (None, value) for value in values]
    return CopyLoader(None, "t", columns)._text(rows)  # type: ignore[arg-type]


def test_null_and_the_empty_string_are_the_same() -> None:
    assert _text([None, "", "x"], TEXT) == "\\N\n\\N\nx\n"


def test_a_text_that_looks_like_null_is_no_null() -> None:
    assert _text(["\\N", None], TEXT) == "\\\\N\n\\N\n"


@given(
    st.lists(
        st.one_of(st.none(), st.text(st.characters(exclude_characters="\x00", codec="utf-8"))), min_size=1
    )
)
def test_a_whole_column_is_written_as_value_by_value(values: list[str | None]) -> None:
    encode = storage.copy_encoder(TEXT)
    assert _text(list(values), TEXT) == "".join(f"{encode(value)}\n" for value in values)


def test_a_text_with_nul_is_refused() -> None:
    with pytest.raises(OracleError, match="NUL"):
        _text(["a", "b\x00c"], TEXT)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"\A20[0-9][0-9]-0[1-9]-1[0-9] 0[0-9]:1[0-9]:2[0-9](\.[0-9]{1,6})?\Z"),
            st.integers(-14 * 60, 14 * 60),
        ),
        min_size=1,
    ),
    st.integers(0, 9),
)
def test_a_column_with_time_zone_is_written_as_value_by_value(
    values: list[tuple[str, int]], digits: int
) -> None:
    column = OracleType(TypeName.TIMESTAMP_TZ, scale=digits)
    encode = storage.copy_encoder(column)
    expected = "".join(f"{encode(value)}\n" for value in values)
    assert _text([(value,) for value in values], column) == expected


def test_a_date_loses_its_fraction() -> None:
    assert _text(["2024-01-02 03:04:05.9"], OracleType(TypeName.DATE)) == "2024-01-02 03:04:05\n"


def test_bytes_are_hexadecimal() -> None:
    assert _text([b"\x00\xff", b"", None], OracleType(TypeName.RAW, 2)) == "\\\\x00ff\n\\N\n\\N\n"


def test_constants_stand_in_every_row() -> None:
    loader = CopyLoader(None, "t", [("c1", TEXT, 0), ("c2", TEXT, "same")])  # type: ignore[arg-type]
    assert loader._text([("a",), ("b",)]) == "a\tsame\nb\tsame\n"
