"""The gate against tables of statements: what 19c takes, what it refuses and with which code."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql.parse import parse
from dlt_oracle.embedded.sql.words import RESERVED

HERE = Path(__file__).parent
NOT_RESERVED = "TYPE NAME VALUE KEY TIMESTAMP STATUS ID VERSION TIME MONTH YEAR DATA"


def rows(name: str) -> list[tuple[str, str, str]]:
    """Return (answer, release, statement) of each row of a table."""
    found = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        answer, _, statement = line.split("\t")
        answer, _, release = answer.partition("@")
        found.append((answer, release or "19c", statement.replace("\\n", "\n")))
    return found


def answer_to(statement: str, release: str) -> str:
    try:
        parse(statement, version=release)
    except OracleError as error:
        return "unsupported" if "does not know" in error.text else f"ORA-{error.code:05d}"
    return "valid"


@pytest.mark.parametrize(("answer", "release", "statement"), rows("valid.tsv"))
def test_what_oracle_takes_is_taken(answer: str, release: str, statement: str) -> None:
    assert answer_to(statement, release) == answer


@pytest.mark.parametrize(("answer", "release", "statement"), rows("unsupported.tsv"))
def test_what_oracle_knows_and_this_server_does_not_is_refused_by_name(
    answer: str, release: str, statement: str
) -> None:
    assert answer_to(statement, release) == answer


@pytest.mark.parametrize(("answer", "release", "statement"), rows("invalid.tsv"))
def test_what_oracle_refuses_is_refused_with_its_code(answer: str, release: str, statement: str) -> None:
    assert answer_to(statement, release) == answer


@pytest.mark.parametrize(("answer", "release", "statement"), rows("versions.tsv"))
def test_each_release_has_its_own_rules(answer: str, release: str, statement: str) -> None:
    assert answer_to(statement, release) == answer


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_no_name_until_it_is_quoted(word: str) -> None:
    refused = {
        f"CREATE TABLE {word} (a NUMBER)": "ORA-00903",
        f"SELECT a FROM {word}": "ORA-00903",
        f"SELECT t.{word} FROM t": "ORA-01747",
        f"UPDATE t SET {word} = 1": "ORA-01747",
        f"ALTER TABLE t DROP COLUMN {word}": "ORA-00904",
        f"SELECT a AS {word} FROM t": "ORA-00923",
        f"SELECT :{word} FROM dual": "ORA-01745",
    }
    if word == "ROWID":
        del refused["SELECT t.ROWID FROM t"]
    assert {statement: answer_to(statement, "19c") for statement in refused} == refused
    expected = "ORA-00904" if word == "ROWID" else "valid"
    assert answer_to(f'CREATE TABLE "{word}" ("{word}" NUMBER)', "19c") == expected


@pytest.mark.parametrize("word", NOT_RESERVED.split())
def test_a_keyword_that_is_not_reserved_is_a_name_like_any_other(word: str) -> None:
    for statement in (
        f"CREATE TABLE {word} ({word} NUMBER, PRIMARY KEY ({word}))",
        f"SELECT {word}, x.{word} AS {word} FROM {word} x WHERE {word} = :{word} ORDER BY {word}",
        f"INSERT INTO {word} ({word}) VALUES (:{word})",
        f"UPDATE {word} SET {word} = 1",
    ):
        assert answer_to(statement, "19c") == "valid"
