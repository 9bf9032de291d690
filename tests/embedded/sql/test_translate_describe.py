"""What a query says of its columns before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dlt_oracle.embedded.model import OracleType, TypeName

if TYPE_CHECKING:
    from conftest import Bench


@pytest.fixture
def table(db: Bench) -> Bench:
    db.table(
        "T",
        "ID NUMBER(9) NOT NULL, NAME VARCHAR2(10 CHAR), CODE CHAR(3), D DATE, TS TIMESTAMP(3), C CLOB,"
        ' "low" NUMBER,'
        " AMT NUMBER(10,2), R RAW(16), NV NVARCHAR2(7)",
    )
    return db


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("id", "NUMBER(9)"),
        ("id + 1", "NUMBER"),
        ("-id", "NUMBER"),
        ("name", "VARCHAR2(10 CHAR)"),
        ("UPPER(name)", "VARCHAR2(10 CHAR)"),
        ("code", "CHAR(3)"),
        ("TRIM(code)", "VARCHAR2(3)"),
        ("name || 'x'", "VARCHAR2(41)"),
        ("code || 'x'", "CHAR(4)"),
        ("nv || 'x'", "NVARCHAR2(7)"),
        ("SUBSTR(name, 1, 2)", "VARCHAR2(2 CHAR)"),
        ("'abc'", "CHAR(3)"),
        ("NULL", "VARCHAR2(0)"),
        ("1", "NUMBER"),
        ("1.5f", "BINARY_FLOAT"),
        ("1d", "BINARY_DOUBLE"),
        ("id + 1d", "BINARY_DOUBLE"),
        ("SYSDATE", "DATE"),
        ("SYSTIMESTAMP", "TIMESTAMP(6) WITH TIME ZONE"),
        ("ts", "TIMESTAMP(3)"),
        ("ts + 1", "DATE"),
        ("d - d", "NUMBER"),
        ("TO_TIMESTAMP('x', 'YYYY')", "TIMESTAMP(9)"),
        ("COUNT(*)", "NUMBER"),
        ("MAX(name)", "VARCHAR2(10 CHAR)"),
        ("MAX(id)", "NUMBER"),
        ("SUM(amt)", "NUMBER"),
        ("CAST(id AS NUMBER(5,2))", "NUMBER(5,2)"),
        ("CAST(id AS VARCHAR2(5))", "VARCHAR2(5)"),
        ("TO_CHAR(d, 'YYYY-MM-DD')", "VARCHAR2(10)"),
        ("TO_CHAR(id)", "VARCHAR2(40)"),
        ("RAWTOHEX(r)", "VARCHAR2(32)"),
        ("SYS_GUID()", "RAW(16)"),
        ("CASE WHEN id = 1 THEN 'Y' ELSE 'N' END", "CHAR(1)"),
        ("CASE WHEN id = 1 THEN 'Yes' ELSE 'No' END", "VARCHAR2(3)"),
        ("NVL(code, 'abc')", "VARCHAR2(3)"),
        ("COALESCE(id, 0)", "NUMBER"),
        ("c", "CLOB"),
        ("SUBSTR(c, 1, 5)", "CLOB"),
        ("ROWID", "ROWID"),
        ("LENGTH(name)", "NUMBER"),
    ],
)
def test_every_expression_has_oracles_type(table: Bench, expression: str, expected: str) -> None:
    ((_, found, _),) = table.describe(f"SELECT {expression} FROM t")
    wanted = OracleType(TypeName.VARCHAR2, 0) if expected == "VARCHAR2(0)" else table.type(expected)
    if wanted.name is TypeName.NVARCHAR2:
        assert found.name is wanted.name
    else:
        assert (found.name, found.length, found.char_semantics, found.precision) == (
            wanted.name,
            wanted.length,
            wanted.char_semantics,
            wanted.precision,
        )


def test_a_column_is_named_by_alias_name_or_text(table: Bench) -> None:
    found = table.describe('SELECT id, t.name, id AS x, id "y", id + 1, COUNT( * ) over (), "low" FROM t')
    assert [name for name, _, _ in found] == [
        "ID",
        "NAME",
        "X",
        "y",
        "ID+1",
        "COUNT(*)OVER()",
        "low",
    ]


def test_only_a_column_can_be_not_null(table: Bench) -> None:
    found = table.describe("SELECT id, id AS x, id + 1, 1, COUNT(*) FROM t GROUP BY id")
    assert [nullable for _, _, nullable in found] == [False, False, True, True, True]


def test_a_column_of_the_optional_side_of_a_join_may_be_null(table: Bench) -> None:
    found = table.describe("SELECT a.id, b.id FROM t a LEFT JOIN t b ON a.id = b.id")
    assert [nullable for _, _, nullable in found] == [False, True]
    found = table.describe("SELECT a.id, b.id FROM t a, t b WHERE a.id = b.id(+)")
    assert [nullable for _, _, nullable in found] == [False, True]


def test_not_null_passes_through_a_derived_table_and_a_common_table(table: Bench) -> None:
    found = table.describe("WITH w AS (SELECT id FROM t) SELECT w.id, q.id FROM w, (SELECT id FROM t) q")
    assert [nullable for _, _, nullable in found] == [False, False]


def test_a_set_takes_the_longest_type_and_the_first_names(table: Bench) -> None:
    found = table.describe("SELECT code AS a, id AS b FROM t UNION ALL SELECT 'abcde', 1.5 FROM dual")
    assert found == [
        ("A", OracleType(TypeName.VARCHAR2, 5), True),
        ("B", OracleType(TypeName.NUMBER), True),
    ]


def test_star_describes_every_column_as_the_table_has_it(table: Bench) -> None:
    found = table.describe("SELECT * FROM t")
    assert [(name, kind) for name, kind, _ in found] == [
        (column.name, column.column.type) for column in table.relations["T"].columns
    ]


def test_a_bind_has_the_type_it_is_bound_with(table: Bench) -> None:
    ((_, found, _),) = table.describe("SELECT :x FROM dual", types=["NUMBER"])
    assert found.name is TypeName.NUMBER
