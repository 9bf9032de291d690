"""How much a load says to the server: more statements or commits than these are a regression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.destinations import sql_client
from dlt_oracle.embedded.session import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

    import dlt


@pytest.fixture
def said(target: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the client sends, as verb and table, each followed by the kinds of messages the server gets."""
    if target.faults is None:
        pytest.skip("a real database does not tell")
    texts: list[str] = []
    before = sql_client.on_statement

    def note(text: str) -> None:
        if before is not None:
            before(text)
        texts.append(words(text))

    def count(kind: str, moment: Moment) -> None:
        if moment is Moment.BEFORE:
            texts.append(kind)

    monkeypatch.setattr(sql_client, "on_statement", note)
    monkeypatch.setattr(target.faults, "on_message", count)
    return texts


def words(text: str) -> str:
    verb, second, *_ = text.split()
    table = re.search(r'(?:INTO|FROM) (?:"?\w+"?\.)?"?(\w+)"?', text)
    return f"{verb} {table[1]}" if table else f"{verb} {second}"


@pytest.mark.parametrize("count", [1, 3000])
def test_a_file_takes_these_round_trips_however_many_rows_it_has(
    pipeline: Callable[..., dlt.Pipeline], said: list[str], count: int
) -> None:
    loading = pipeline()
    loading.run([{"id": 1}], table_name="items")
    loading.extract([{"id": n} for n in range(count)], table_name="items")
    loading.normalize()
    said.clear()
    loading.load()
    before = said[: said.index("LOGOFF") + 1]  # is the dataset there, and is its schema this one?
    assert [text for text in before if " " in text] == [
        "ALTER SESSION",
        "SELECT ALL_TABLES",
        "SELECT RAW____DLT_VERSION",
        "SELECT RAW____DLT_VERSION",
    ]
    assert "COMMIT" not in before
    file = [
        *("ALTER SESSION", "EXECUTE"),
        *("SELECT ALL_TAB_COLUMNS", "EXECUTE"),  # what the columns really are
        *("INSERT RAW____DLT_LEDGER", "EXECUTE"),
        *("INSERT RAW___ITEMS", "EXECUTE"),
        *("COMMIT", "LOGOFF"),
    ]
    end = [
        *("ALTER SESSION", "EXECUTE"),
        *("INSERT RAW____DLT_LEDGER", "EXECUTE"),
        *("INSERT RAW____DLT_LOADS", "EXECUTE"),
        *("DELETE RAW____DLT_LEDGER", "EXECUTE"),
        *("COMMIT", "LOGOFF"),
    ]
    assert said[len(before) :] == [*file, *end]


def test_a_statement_of_a_user_is_committed_when_it_began_a_transaction(
    pipeline: Callable[..., dlt.Pipeline], said: list[str]
) -> None:
    loading = pipeline()
    loading.run([{"id": 1}], table_name="items")
    query = "SELECT id FROM raw___items"
    with loading.sql_client() as client:
        for text, commits in ((query, 0), (f"{query} FOR UPDATE", 1), ("DELETE FROM raw___items", 1)):
            said.clear()
            client.execute_sql(text)
            with client.execute_query(text) as cursor:
                _ = cursor.description and cursor.fetchall()
            assert (text, said.count("COMMIT")) == (text, 2 * commits)
