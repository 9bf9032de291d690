"""Whatever comes in, a tree or an Oracle error comes out, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql.parse import parse

WORDS = """
    SELECT FROM WHERE GROUP BY ORDER HAVING UNION ALL INSERT INTO VALUES UPDATE SET DELETE MERGE USING ON WHEN
    MATCHED THEN CREATE TABLE ALTER ADD DROP MODIFY INDEX VIEW GRANT TO BEGIN END DECLARE NULL IS NOT IN LIKE
    BETWEEN AND OR CASE ELSE EXISTS WITH AS DISTINCT PRIMARY KEY NUMBER VARCHAR2 DATE DEFAULT CHECK PARTITION
    RANGE LESS THAN a b t x1 COUNT SUM OVER CAST TRIM EXTRACT JSON_VALUE LISTAGG WITHIN FOR COMMIT
"""
PIECES = [
    *WORDS.split(),
    *["(", ")", ",", ".", ";", ":", "=", "<>", "+", "-", "*", "/", "||", "%", "@", "[", "]"],
    "'x'",
    '"q"',
    "1",
    "1.5",
    ":b",
    "DATE '2020-01-01'",
]


def answer_to(text: str, version: str = "19c") -> str:
    try:
        parse(text, version=version)
    except OracleError as error:
        return f"{error.code}"
    return "ok"


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["19c", "21c", "23ai"]))
def test_any_tokens_end_in_a_tree_or_an_oracle_error(pieces: list[str], version: str) -> None:
    answer_to(" ".join(pieces), version)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "SELECT ", "BEGIN ", "CREATE TABLE t (a "]))
def test_any_text_ends_in_a_tree_or_an_oracle_error(text: str, start: str) -> None:
    answer_to(start + text)


NESTED = {
    "parentheses": ("SELECT ", "(", "1", ")", " FROM dual"),
    "conditions": ("SELECT 1 FROM dual WHERE ", "(", "a = 1", ")", ""),
    "scalar subqueries": ("SELECT ", "(SELECT ", "1", " FROM dual)", " x FROM dual"),
    "inline views": ("SELECT * FROM ", "(SELECT * FROM ", "t", ")", ""),
    "parenthesised joins": ("SELECT * FROM ", "(", "t", ")", ""),
    "EXISTS": ("SELECT 1 FROM dual WHERE ", "EXISTS (SELECT 1 FROM t WHERE ", "a = 1", ")", ""),
    "calls": ("SELECT ", "f(", "1", ")", " x FROM dual"),
    "CASE": ("SELECT ", "CASE WHEN a = 1 THEN ", "1", " END", " x FROM dual"),
    "queries in parentheses": ("", "(", "SELECT 1 FROM dual", ")", ""),
    "grouping sets": ("SELECT 1 FROM t GROUP BY ", "ROLLUP(", "a", ")", ""),
    "joins waiting for ON": ("SELECT 1 FROM t ", "JOIN t ", "", "ON a = 1 ", ""),
    "blocks": ("", "BEGIN ", "NULL;", " END;", ""),
    "IF": ("BEGIN ", "IF a = 1 THEN ", "NULL;", " END IF;", " END;"),
    "NOT": ("SELECT 1 FROM dual WHERE ", "NOT ", "a = 1", "", ""),
    "signs": ("SELECT ", "- ", "1", "", " FROM dual"),
    "sums": ("SELECT ", "1 + ", "1", "", " FROM dual"),
}


@pytest.mark.parametrize("parts", NESTED.values(), ids=NESTED)
def test_nesting_is_limited_before_pythons_stack_is(parts: tuple[str, str, str, str, str]) -> None:
    before, opening, middle, closing, after = parts
    answers = [
        answer_to(before + opening * depth + middle + closing * depth + after) for depth in (20, 400, 20_000)
    ]
    assert answers == ["ok", "3001", "3001"]


def test_flat_lists_have_no_such_limit() -> None:
    many = 5000
    assert answer_to("SELECT a FROM t WHERE " + " OR ".join(["a = 1"] * many)) == "ok"
    assert answer_to("SELECT " + " || ".join(["a"] * many) + " FROM t") == "ok"
    assert answer_to(" UNION ALL ".join(["SELECT a FROM t"] * 1000)) == "ok"


@pytest.mark.parametrize(
    ("before", "item", "limit", "after", "code"),
    [
        ("SELECT a FROM t WHERE a IN (", "1", 1000, ")", "1795"),
        ("SELECT a FROM t WHERE (a, b) IN (", "(1, 2)", 1000, ")", "1795"),
        ("SELECT ", "1", 1000, " FROM dual", "1792"),
    ],
)
def test_lists_are_limited_as_in_oracle(before: str, item: str, limit: int, after: str, code: str) -> None:
    assert answer_to(before + ", ".join([item] * limit) + after) == "ok"
    assert answer_to(before + ", ".join([item] * (limit + 1)) + after) == code


def test_a_table_has_1000_columns_and_an_index_32() -> None:
    columns = [f"c{i} NUMBER" for i in range(1001)]
    assert answer_to(f"CREATE TABLE t ({', '.join(columns[:1000])})") == "ok"
    assert answer_to(f"CREATE TABLE t ({', '.join(columns)})") == "1792"
    keys = [f"c{i}" for i in range(33)]
    assert answer_to(f"CREATE INDEX i ON t ({', '.join(keys[:32])})") == "ok"
    assert answer_to(f"CREATE INDEX i ON t ({', '.join(keys)})") == "1793"


def test_an_in_list_is_longer_in_23ai() -> None:
    text = "SELECT a FROM t WHERE a IN (" + ", ".join(["1"] * 2000) + ")"
    assert (answer_to(text), answer_to(text, "23ai")) == ("1795", "ok")


def test_an_insert_of_400_columns_is_parsed_in_milliseconds() -> None:
    columns = ", ".join(f'"COLUMN_{i}"' for i in range(400))
    binds = ", ".join(f":{i}" for i in range(1, 401))
    text = f"INSERT INTO s.t ({columns}) VALUES ({binds})"
    seconds = []
    for _ in range(5):
        before = time.process_time()
        parse(text)
        seconds.append(time.process_time() - before)
    assert min(seconds) < 0.05
