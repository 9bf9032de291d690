"""What a 23ai has that a 19c has not: BOOLEAN, JSON and VECTOR, over the wire into the database."""

from __future__ import annotations

import array
from collections.abc import Callable  # noqa: TC003 - read by pytest's fixtures
from typing import TYPE_CHECKING

import oracledb
import pyarrow as pa
import pytest

if TYPE_CHECKING:
    from target import Target


@pytest.fixture
def target(newest: Target) -> Target:
    return newest


@pytest.fixture
def table(cursor: oracledb.Cursor) -> oracledb.Cursor:
    """A table with a column of each type."""
    cursor.execute("CREATE TABLE t (id NUMBER, flag BOOLEAN, doc JSON, a VECTOR(2, FLOAT32), b VECTOR)")
    return cursor


def test_the_dictionary_names_the_types(table: oracledb.Cursor) -> None:
    table.execute("SELECT data_type FROM user_tab_columns WHERE table_name = 'T' ORDER BY column_id")
    assert [name for (name,) in table] == ["NUMBER", "BOOLEAN", "JSON", "VECTOR", "VECTOR"]
    table.execute("SELECT column_name, format, data_type FROM user_json_columns")
    assert table.fetchall() == [("DOC", "OSON", "JSON")]


def test_values_come_back_as_they_were(table: oracledb.Cursor) -> None:
    document = {"a": [1, None, {"b": "x" * 40_000}]}
    vectors = array.array("d", [1.5, -2.0]), array.array("d", [0.1])
    table.setinputsizes(None, None, oracledb.DB_TYPE_JSON)
    table.executemany(
        "INSERT INTO t VALUES (:1, :2, :3, :4, :5)",
        [(1, True, document, *vectors), (2, None, None, None, None), (3, False, "text", *vectors)],
    )
    table.execute("CREATE TABLE u AS SELECT * FROM t")
    found = table.execute("SELECT flag, doc, a, b FROM u ORDER BY id").fetchall()
    read = array.array("f", [1.5, -2.0]), vectors[1]
    assert found == [(True, document, *read), (None, None, None, None), (False, "text", *read)]


def test_text_and_arrow_become_documents_and_vectors(table: oracledb.Cursor) -> None:
    texts = pa.array(['{"a": 1}', '["' + "x" * 50_000 + '"]'], pa.large_string())
    vectors = pa.array([[1.0, 2.0], None], pa.list_(pa.float64()))
    table.executemany("INSERT INTO t (doc, a) VALUES (:1, :2)", pa.table({"doc": texts, "a": vectors}))
    assert table.execute("SELECT doc, a FROM t ORDER BY LENGTH(JSON_SERIALIZE(doc))").fetchall() == [
        ({"a": 1}, array.array("f", [1, 2])),
        (["x" * 50_000], None),
    ]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("INSERT INTO t (doc) VALUES ('no json')", "ORA-40441"),
        ("INSERT INTO t (a) VALUES ('[1]')", "ORA-51803"),
        ("SELECT DISTINCT doc FROM t", "ORA-22848"),
        ("SELECT COUNT(*) FROM t GROUP BY a", "ORA-22848"),
        ("CREATE INDEX i ON t (doc)", "ORA-02327"),
        ("ALTER TABLE t ADD PRIMARY KEY (b)", "ORA-02329"),
        ("ALTER TABLE t MODIFY (doc VARCHAR2(10))", "ORA-22858"),
    ],
)
def test_what_documents_and_vectors_cannot_do_has_its_code(
    table: oracledb.Cursor, fails: Callable[..., str], statement: str, code: str
) -> None:
    assert fails(table, statement) == code
