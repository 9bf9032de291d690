import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_oracle.destinations.sql import names


@pytest.mark.parametrize("name", ["", 'a"b', "a\x00b"])
def test_a_name_that_oracle_cannot_hold_is_refused_by_name(name: str) -> None:
    with pytest.raises(names.InvalidIdentifierError, match="cannot be used in Oracle") as failure:
        names.escape_identifier(name)
    assert failure.value.name == name


@pytest.mark.parametrize("name", ["ORDERS", "date", "a b", "'; DROP TABLE x --", "naïve", "😀"])
def test_any_other_name_is_quoted_and_nothing_else(name: str) -> None:
    assert names.escape_identifier(name) == f'"{name}"'


@pytest.mark.parametrize(
    ("name", "reason"), [("É" * 65, "130 bytes, and a name may have 128"), ("ROWID", "not even in quotes")]
)
def test_a_column_that_oracle_cannot_make_is_refused_by_name(name: str, reason: str) -> None:
    with pytest.raises(names.InvalidIdentifierError, match=reason):
        names.new_column(name)
    assert names.new_column("É" * 64).quoted
    assert names.new_column("rowid").quoted


@given(st.text(min_size=1, max_size=200))
def test_a_shortened_name_fits_and_is_the_same_each_time(name: str) -> None:
    short = names.shorten(name)
    assert len(short.encode()) <= names.MAX_IDENTIFIER_BYTES
    assert names.shorten(name) == short


def test_two_long_names_that_begin_alike_stay_different() -> None:
    head = "X" * 150
    assert names.shorten(head + "A") != names.shorten(head + "B")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_folding_later_leads_to_the_name_that_was_folded_at_once(name: str) -> None:
    later = names.physical_name(name, str.upper, casefold=False).upper()
    assert later == names.physical_name(name, str.upper, casefold=True)


def test_the_limit_counts_bytes_not_characters() -> None:
    assert names.shorten("É" * 64) == "É" * 64
    assert names.shorten("É" * 65) != "É" * 65
