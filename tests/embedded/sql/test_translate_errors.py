"""What Oracle refuses to compile, with its code; and what fails when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql.compile import compile_query
from dlt_oracle.embedded.sql.parse import parse

if TYPE_CHECKING:
    from conftest import Bench


@pytest.fixture
def table(db: Bench) -> Bench:
    db.table("T", "ID NUMBER(9) NOT NULL, NAME VARCHAR2(5), D DATE, C CLOB, B BLOB, NC NVARCHAR2(5)")
    db.table("U", "ID NUMBER(9), X NUMBER(3)")
    db.run("INSERT INTO t (id, name) SELECT 1, 'a' FROM dual UNION ALL SELECT 2, 'b' FROM dual")
    return db


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT nope FROM t", 904),
        ("SELECT t.nope FROM t", 904),
        ("SELECT x.id FROM t", 904),
        ("SELECT t.id FROM t a", 904),
        ("SELECT NOFUNC(id) FROM t", 904),
        ("SELECT id FROM nope", 942),
        ("SELECT id FROM t, u", 918),
        ("SELECT id FROM (SELECT id, id FROM t)", 918),
        ("SELECT name, COUNT(*) FROM t", 937),
        ("SELECT id, name FROM t GROUP BY id", 979),
        ("SELECT id + 1 FROM t GROUP BY id + 2", 979),
        ("SELECT COUNT(*) FROM t GROUP BY id ORDER BY name", 979),
        ("SELECT id FROM t HAVING COUNT(*) > 1", 979),
        ("SELECT id FROM t WHERE COUNT(*) > 1", 934),
        ("SELECT id FROM t GROUP BY COUNT(*)", 934),
        ("SELECT id FROM t WHERE ROW_NUMBER() OVER (ORDER BY id) = 1", 30483),
        ("SELECT ROW_NUMBER() FROM t", 30484),
        ("SELECT ROW_NUMBER() OVER () FROM t", 30485),
        ("SELECT c FROM t GROUP BY c", 932),
        ("SELECT DISTINCT c FROM t", 932),
        ("SELECT id FROM t ORDER BY c", 932),
        ("SELECT id FROM t WHERE c = 'x'", 932),
        ("SELECT id FROM t WHERE c IN ('x')", 932),
        ("SELECT MAX(c) FROM t", 932),
        ("SELECT c FROM t UNION SELECT c FROM t", 932),
        ("SELECT c FROM t MINUS SELECT c FROM t", 932),
        ("SELECT COUNT(DISTINCT b) FROM t", 932),
        ("SELECT a.id FROM t a JOIN t b ON a.c = b.c", 932),
        ("SELECT ROW_NUMBER() OVER (PARTITION BY c ORDER BY id) FROM t", 932),
        ("SELECT id FROM t WHERE d = 5", 932),
        ("SELECT d + d FROM t", 932),
        ("SELECT SUM(d) FROM t", 932),
        ("SELECT CASE WHEN id = 1 THEN 'a' ELSE 2 END FROM t", 932),
        ("SELECT COALESCE(id, 'a') FROM t", 932),
        ("SELECT CASE WHEN id = 1 THEN name ELSE nc END FROM t", 12704),
        ("SELECT id FROM t UNION ALL SELECT name FROM t", 1790),
        ("SELECT id FROM t UNION ALL SELECT id, name FROM t", 1789),
        ("SELECT name FROM t UNION ALL SELECT nc FROM t", 12704),
        ("SELECT DISTINCT name FROM t ORDER BY id", 1791),
        ("SELECT id FROM t ORDER BY 2", 1785),
        ("SELECT id AS x, name AS x FROM t ORDER BY x", 960),
        ("SELECT (SELECT id, name FROM t) FROM dual", 913),
        ("SELECT id FROM t WHERE id IN (SELECT id, name FROM t)", 913),
        ("WITH w (a, b) AS (SELECT id FROM t) SELECT a FROM w", 32038),
        ("SELECT EXTRACT(HOUR FROM d) FROM t", 30076),
        ("SELECT sq.NEXTVAL FROM dual", 2289),
        ("SELECT id FROM t WHERE id = 'x'", 1722),
        ("SELECT 1/0 FROM dual", 1476),
        ("SELECT (SELECT id FROM t) FROM dual", 1427),
        ("SELECT POWER(10, 126) FROM dual", 1426),
        ("SELECT TO_CHAR(TO_CLOB(RPAD('x', 4000, 'x')) || 'y') FROM dual", 22835),
        ("SELECT HEXTORAW('xy') FROM dual", 1465),
        ("SELECT RPAD('x', 3000, 'x') || RPAD('x', 3000, 'x') FROM dual", 1489),
    ],
)
def test_a_wrong_query_has_oracles_code(table: Bench, sql: str, code: int) -> None:
    assert table.refused(sql) == code


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c FROM t UNION ALL SELECT c FROM t",
        "SELECT id FROM t WHERE c IS NULL",
        "SELECT id FROM t WHERE c LIKE '%x%'",
        "SELECT NVL(c, 'x') FROM t",
        "SELECT MAX(id) FROM t GROUP BY name",
        "SELECT UPPER(name), COUNT(*) FROM t GROUP BY UPPER(name) ORDER BY UPPER(name)",
        "SELECT UPPER(name) || 'x' FROM t GROUP BY UPPER(name)",
        "SELECT id FROM t x WHERE EXISTS (SELECT 1 FROM u WHERE u.id = x.id)",
        "SELECT TO_CHAR(d) + 1 FROM t WHERE 1 = 0",
    ],
)
def test_what_oracle_allows_is_allowed(table: Bench, sql: str) -> None:
    table.run(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SOUNDEX(name) FROM t",
        "SELECT SUM(COUNT(*)) FROM t GROUP BY id",
        "SELECT id FROM t WHERE ROWNUM = id",
        "SELECT NTH_VALUE(id, 2) FROM LAST OVER (ORDER BY id) FROM t",
    ],
)
def test_what_only_oracle_can_do_is_refused_loudly(table: Bench, sql: str) -> None:
    assert table.refused(sql) == 3001


def test_the_message_quotes_the_name_as_oracle_does(table: Bench) -> None:
    with pytest.raises(OracleError, match=r'^ORA-00904: "T"."NOPE": invalid identifier$'):
        table.run("SELECT t.nope FROM t")


def test_an_error_knows_its_place_in_the_statement(table: Bench) -> None:
    sql = "SELECT id, nope FROM t"
    with pytest.raises(OracleError) as caught:
        compile_query(parse(sql), table, ())
    assert caught.value.position == sql.index("nope")


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("INSERT INTO t (nope) VALUES (1)", 904),
        ("INSERT INTO t (id, id) VALUES (1, 2)", 957),
        ("INSERT INTO t (id, name) VALUES (1)", 947),
        ("INSERT INTO t (id) VALUES (1, 2)", 913),
        ("INSERT INTO t (id) SELECT id, name FROM t", 913),
        ("INSERT INTO t (id, d) VALUES (1, 5)", 932),
        ("INSERT INTO t (name) VALUES ('x')", 1400),
        ("INSERT INTO t (id) VALUES ('')", 1400),
        ("INSERT INTO t (id) VALUES (1234567890)", 1438),
        ("INSERT INTO t (id) VALUES ('abc')", 1722),
        ("INSERT INTO t (id, name) VALUES (3, 'toolong')", 12899),
        ("INSERT INTO t (id, name) SELECT 3, name || name || 'xxxx' FROM t", 12899),
        ("INSERT INTO dual VALUES ('X')", 1031),
        ("UPDATE t SET nope = 1", 904),
        ("UPDATE t SET id = 1, id = 2", 957),
        ("UPDATE t SET name = (SELECT name FROM t)", 1427),
        ("UPDATE t SET (id, name) = (SELECT 1 FROM dual)", 947),
        ("UPDATE t SET id = COUNT(*)", 934),
        ("DELETE FROM nope", 942),
        ("MERGE INTO t USING u ON (t.id = u.id) WHEN MATCHED THEN UPDATE SET t.id = 1", 38104),
    ],
)
def test_a_wrong_dml_has_oracles_code(table: Bench, sql: str, code: int) -> None:
    assert table.refused(sql) == code


def test_a_value_too_long_names_column_and_lengths(table: Bench) -> None:
    with pytest.raises(OracleError, match=r"actual: 7, maximum: 5"):
        table.run("UPDATE t SET name = 'toolong' WHERE id = 1")
