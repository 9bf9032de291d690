"""NUMBER: decimal text and its bytes."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_oracle.embedded.protocol.numbers import decode_number, encode_number

if TYPE_CHECKING:
    from pathlib import Path

# Bytes as Oracle's DUMP shows them.
KNOWN = [
    ("0", "80"),
    ("1", "c102"),
    ("-1", "3e6466"),
    ("10", "c10b"),
    ("100", "c202"),
    ("0.1", "c00b"),
    ("0.01", "c002"),
    ("-0.01", "3f6466"),
    ("123.45", "c202182e"),
    ("-123.45", "3d644e3866"),
    ("1" + "0" * 125, "ff0b"),
    ("0." + "0" * 129 + "1", "8002"),
]


@pytest.mark.parametrize(("text", "data"), KNOWN)
def test_known_numbers_have_their_bytes(text: str, data: str) -> None:
    assert encode_number(text).hex() == data
    assert decode_number(bytes.fromhex(data)) == text


def test_every_dumped_number_of_a_real_database_matches(wire_bytes: Path) -> None:
    with (wire_bytes / "number_dump.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 86
    for row in rows:
        data, selected = bytes.fromhex(row["bytes_hex"]), row["select_text"]
        assert encode_number(decode_number(data)) == data, row
        if "/" in selected or "(" in selected:  # an expression, shown with fewer digits than it has
            assert row["oracle_text"].lstrip("-0")[:30] in decode_number(data), row
        else:
            assert Decimal(decode_number(data)) == Decimal(selected), row
            assert encode_number(selected) == data, row


def oracle_numbers() -> st.SearchStrategy[Decimal]:
    """Numbers of up to 38 digits whose exponents a NUMBER holds."""
    digits = st.integers(-(10**38) + 1, 10**38 - 1)
    return st.builds(lambda number, scale: Decimal(number).scaleb(scale), digits, st.integers(-90, 80))


@given(oracle_numbers())
def test_a_number_survives_both_ways(number: Decimal) -> None:
    text = decode_number(encode_number(f"{number:f}"))
    assert Decimal(text) == number
    assert "e" not in text.lower()
    assert not text.startswith(("00", "-00", ".", "-."))
    assert "." not in text or not text.endswith(("0", "."))
    assert decode_number(encode_number(str(number))) == text  # scientific notation is read too


@given(oracle_numbers(), oracle_numbers())
def test_bytes_sort_as_numbers_do(one: Decimal, other: Decimal) -> None:
    left, right = encode_number(f"{one:f}"), encode_number(f"{other:f}")
    assert (left < right) == (one < other)


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("0." + "3" * 60, "0." + "3" * 40),
        ("0." + "6" * 60, "0." + "6" * 39 + "7"),
        ("-" + "1" * 39 + ".5", "-" + "1" * 38 + "2"),
        ("1" * 40 + ".5", "1" * 39 + "2"),
        ("9" * 41, "1" + "0" * 41),
    ],
)
def test_more_digits_than_fit_are_rounded_half_up(text: str, rounded: str) -> None:
    assert decode_number(encode_number(text)) == rounded


@pytest.mark.parametrize("text", ["007", "+7", "7.", "7.000", "07.0"])
def test_needless_signs_and_zeros_do_not_matter(text: str) -> None:
    assert encode_number(text) == encode_number("7")


@pytest.mark.parametrize("text", ["", "-", "abc", "NaN", "Infinity", "1e", "1.2.3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a finite decimal number"):
        encode_number(text)
