"""How much a load says to the server: more statements or commits than these are a regression."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.destinations import sql_client
from dlt_oracle.embedded.session import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

    import dlt


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that the client sends, as verb and table."""
    texts: list[str] = []
    before = sql_client.on_statement

    def note(text: str) -> None:
        if before is not None:
            before(text)
        texts.append(words(text))

    monkeypatch.setattr(sql_client, "on_statement", note)
    return texts


@pytest.fixture
def messages(target: Any, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The messages that the server gets, by kind."""
    if target.faults is None:
        pytest.skip("a real database does not tell")
    kinds: Counter[str] = Counter()

    def count(kind: str, moment: Moment) -> None:
        kinds[kind] += moment is Moment.BEFORE

    monkeypatch.setattr(target.faults, "on_message", count)
    return kinds


def words(text: str) -> str:
    verb, second, *_ = text.split()
    table = re.search(r'(?:INTO|FROM) (?:"?\w+"?\.)?"?(\w+)"?', text)
    return f"{verb} {table[1]}" if table else f"{verb} {second}"


@pytest.mark.parametrize("count", [1, 3000])
def test_a_load_of_one_file_says_this_and_nothing_more(
    pipeline: Callable[..., dlt.Pipeline], said: list[str], messages: Counter[str], count: int
) -> None:
    loading = pipeline()
    loading.run([{"id": 1}], table_name="items")
    loading.extract([{"id": n} for n in range(count)], table_name="items")
    loading.normalize()
    said.clear()
    messages.clear()
    loading.load()
    assert said == [
        "ALTER SESSION",
        "SELECT ALL_TABLES",  # is the dataset there?
        "SELECT RAW____DLT_VERSION",  # is its schema this one?
        "SELECT RAW____DLT_VERSION",
        # the file
        "ALTER SESSION",
        "SELECT ALL_TAB_COLUMNS",  # what the columns really are
        "INSERT RAW____DLT_LEDGER",
        "INSERT RAW___ITEMS",
        # the end of the load
        "ALTER SESSION",
        "INSERT RAW____DLT_LEDGER",
        "INSERT RAW____DLT_LOADS",
        "DELETE RAW____DLT_LEDGER",
    ]
    # One EXECUTE more: python-oracledb describes the array of rows first.
    assert messages == {"EXECUTE": len(said) + 1, "FETCH": 2, "COMMIT": 5, "LOGOFF": 3}
