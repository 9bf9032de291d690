"""The figures of the gate on the judge's labelled statements (tests/judge/statements.tsv)."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql.parse import parse

STATEMENTS = Path(__file__).parents[2] / "judge" / "statements.tsv"


def judged() -> list[tuple[dict[str, str], str]]:
    """Return each labelled statement with the gate's answer: ok, unsupported or an ORA code."""
    with STATEMENTS.open(encoding="utf-8", newline="") as file:
        return [
            (row, answer_to(row["statement"])) for row in csv.DictReader(file, dialect="excel-tab", quoting=3)
        ]


def answer_to(statement: str) -> str:
    try:
        parse(statement)
    except OracleError as error:
        return "unsupported" if "does not know" in error.text else f"ORA-{error.code:05d}"
    return "ok"


def test_no_invalid_statement_is_let_through() -> None:
    let_through = [
        row["statement"] for row, answer in judged() if row["label"] == "invalid" and answer == "ok"
    ]
    assert let_through == []


def test_no_valid_statement_is_refused() -> None:
    refused = [row["statement"] for row, answer in judged() if row["label"] == "valid" and "ORA" in answer]
    assert refused == []


def test_the_figures_of_valid_statements() -> None:
    figures = Counter(answer for row, answer in judged() if row["label"] == "valid")
    assert figures == {"ok": 125, "unsupported": 9}


def test_every_code_that_is_known_for_sure_matches() -> None:
    differing = [
        (row["statement"], row["ora_code_19c"], answer)
        for row, answer in judged()
        if row["label"] == "invalid" and row["confidence"] == "hi" and answer != row["ora_code_19c"]
    ]
    assert differing == []
