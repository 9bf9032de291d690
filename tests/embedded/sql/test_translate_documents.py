"""JSON and VECTOR: stored, converted, compared by the functions that may, refused everywhere else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from embedded.sql.conftest import Bench


@pytest.fixture
def documents(db: Bench) -> Bench:
    """Two documents that differ in the order of their fields, one more, and NULL; a vector beside each."""
    db.version = "23ai"
    db.table("T", "ID NUMBER, J JSON, V VECTOR")
    for number, (document, vector) in enumerate(
        [('{"a":1,"b":[2]}', "[1,2.5]"), ('{"b":[2],"a":1}', "[1,2.5]"), ('"x"', "[3]"), (None, None)], 1
    ):
        assert db.run("INSERT INTO t VALUES (:1, :2, :3)", number, document, vector) == 1
    return db


def test_text_becomes_a_document_and_a_vector(documents: Bench) -> None:
    (row,) = documents.run("SELECT j, v FROM t WHERE id = 2")
    assert (json.loads(row[0]), row[1]) == ({"a": 1, "b": [2]}, [1, 2.5])


def test_documents_are_equal_whatever_the_order_of_their_fields(documents: Bench) -> None:
    sql = "SELECT x.id, y.id FROM t x JOIN t y ON JSON_EQUAL(x.j, y.j) AND x.id < y.id"
    assert documents.run(sql) == [("1", "2")]
    assert documents.column("SELECT id FROM t WHERE JSON_EQUAL(j, '\"x\"')") == ["3"]
    assert documents.column("SELECT id FROM t WHERE NOT JSON_EQUAL(j, '\"x\"') ORDER BY id") == ["1", "2"]


def test_json_functions_take_the_type_as_they_take_text(documents: Bench) -> None:
    assert documents.column("SELECT JSON_VALUE(j, '$.a') FROM t ORDER BY id") == ["1", "1", None, None]
    assert documents.column("SELECT id FROM t WHERE j IS JSON ORDER BY id") == ["1", "2", "3"]
    assert documents.column("SELECT id FROM t WHERE JSON_EXISTS(j, '$.b') ORDER BY id") == ["1", "2"]


@pytest.mark.parametrize(("version", "scalars"), [("19c", 0), ("21c", 1)])
def test_a_scalar_alone_is_json_from_21c_on(db: Bench, version: str, scalars: int) -> None:
    db.version = version
    for text in ("5", '"x"', "null"):
        assert db.value(f"CASE WHEN '{text}' IS JSON THEN 1 END") == ("1" if scalars else None)
        assert db.value(f"CASE WHEN '{text}' IS NOT JSON THEN 1 END") == (None if scalars else "1")
    assert db.value("CASE WHEN '[5]' IS JSON AND '{}' IS JSON AND 'x' IS NOT JSON THEN 1 END") == "1"
    assert db.value("CASE WHEN NULL IS JSON OR NULL IS NOT JSON THEN 1 END") is None


def test_a_document_is_written_as_text(documents: Bench) -> None:
    assert documents.column("SELECT JSON_SERIALIZE(j RETURNING CLOB) FROM t ORDER BY id") == [
        '{"a":1,"b":[2]}',
        '{"a":1,"b":[2]}',
        '"x"',
        None,
    ]
    assert documents.value('JSON_SERIALIZE(\'[1, {}, [], "é, \\""]\')') == '[1,{},[],"é, \\""]'
    assert documents.refused("SELECT JSON_SERIALIZE(j PRETTY) FROM t") == 3001


def test_a_vector_is_written_as_text(documents: Bench) -> None:
    assert documents.column("SELECT FROM_VECTOR(v) FROM t ORDER BY id") == ["[1,2.5]", "[1,2.5]", "[3]", None]
    sql = "SELECT DBMS_LOB.COMPARE(FROM_VECTOR(v RETURNING CLOB), VECTOR_SERIALIZE(v RETURNING CLOB)) FROM t"
    assert documents.column(sql) == ["0", "0", "0", None]
    assert documents.refused("SELECT FROM_VECTOR(j) FROM t") == 932
    assert documents.refused("INSERT INTO t (v) VALUES ('none')") == 51805


@pytest.mark.parametrize("column", ["j", "v"])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT {} FROM t",
        "SELECT COUNT(DISTINCT {}) FROM t",
        "SELECT COUNT(*) FROM t GROUP BY {}",
        "SELECT MAX({}) FROM t",
        "SELECT id FROM t ORDER BY {}",
        "SELECT ROW_NUMBER() OVER (PARTITION BY {} ORDER BY id) FROM t",
        "SELECT x.id FROM t x JOIN t y ON x.{0} = y.{0}",
        "SELECT {0} FROM t UNION SELECT {0} FROM t",
    ],
)
def test_documents_and_vectors_are_no_comparison_keys(documents: Bench, sql: str, column: str) -> None:
    assert documents.refused(sql.format(column)) == 22848


def test_documents_and_vectors_pass_through_set_operations_that_keep_all_rows(documents: Bench) -> None:
    assert len(documents.run("SELECT j, v FROM t UNION ALL SELECT j, v FROM t")) == 8
