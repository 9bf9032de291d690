"""Text to tokens."""

from __future__ import annotations

import pytest

from dlt_oracle.embedded.sql.scan import scan


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.value) for token in scan(text)[:-1]]


def test_unquoted_words_are_folded_and_quoted_names_kept() -> None:
    assert kinds('select "Mixed Case" from t$1#') == [
        ("word", "SELECT"),
        ('"', "Mixed Case"),
        ("word", "FROM"),
        ("word", "T$1#"),
    ]


def test_folding_goes_letter_by_letter() -> None:
    assert kinds("straße é") == [("word", "STRAßE"), ("word", "É")]


def test_a_word_starts_with_a_letter() -> None:
    assert [(token.value, token.code) for token in scan("_a $b #c")[:-1]] == [
        ("_", 911),
        ("A", 0),
        ("$", 911),
        ("B", 0),
        ("#", 911),
        ("C", 0),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("''", ""),
        ("q'[it's]'", "it's"),
        ("Q'{a'}b}'", "a'}b"),
        ("q'!x!'", "x"),
        ("q'<<>>'", "<>"),
        ("'a\nb -- no comment'", "a\nb -- no comment"),
    ],
)
def test_string_literals(text: str, value: str) -> None:
    assert kinds(text) == [("'", value)]


def test_national_literals_are_told_apart() -> None:
    assert kinds("N'x' nq'(y)'") == [("n'", "x"), ("n'", "y")]


@pytest.mark.parametrize("text", ["1", "1.", ".5", "1.5", "1e3", "1E-3", "1.5e+10", "2f", "2D", "1e3d"])
def test_numbers_are_one_token(text: str) -> None:
    assert kinds(text) == [("0", text)]


def test_a_number_ends_where_a_name_begins() -> None:
    assert kinds("1a 2day 1..3") == [
        ("0", "1"),
        ("word", "A"),
        ("0", "2"),
        ("word", "DAY"),
        ("0", "1"),
        ("symbol", ".."),
        ("0", "3"),
    ]


def test_binds_have_names_numbers_or_quotes() -> None:
    assert kinds(':name :1 :"Quoted" := ::') == [
        (":x", "NAME"),
        (":x", "1"),
        (":x", "Quoted"),
        ("symbol", ":="),
        ("symbol", ":"),
        ("symbol", ":"),
    ]


def test_operators_have_one_spelling() -> None:
    assert [value for _, value in kinds("!= ^= <> ! = < = || | | =>")] == [
        "<>",
        "<>",
        "<>",
        "<>",
        "<=",
        "||",
        "||",
        "=>",
    ]


def test_comments_are_skipped_and_hints_kept_only_where_they_are_hints() -> None:
    assert kinds("SELECT /*+ FULL(t) */ /* c */ a /*+ no hint */ -- end") == [
        ("word", "SELECT"),
        ("/*+", " FULL(t) "),
        ("word", "A"),
    ]
    assert kinds("INSERT --+ APPEND\nINTO")[1] == ("/*+", " APPEND")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("'open", 1756),
        ("q'[open'", 1756),
        ('"open', 1740),
        ("/* open", 1742),
        ('""', 1741),
        ('"a""b"', 3001),
        ("a" * 129, 972),
        ('"' + "é" * 65 + '"', 972),
        ("`", 911),
        (";", 911),
        ("|", 996),
    ],
)
def test_what_is_no_token_carries_its_code(text: str, code: int) -> None:
    assert scan(text)[0].code == code


def test_names_of_128_bytes_are_names() -> None:
    assert [token.code for token in scan("a" * 128 + ' "' + "é" * 64 + '"')] == [0, 0, 0]


def test_positions_are_offsets_in_characters() -> None:
    assert [(token.start, token.end) for token in scan("é = :b")] == [(0, 1), (2, 3), (4, 6), (6, 6)]
