"""What INSERT, UPDATE, DELETE and MERGE do to a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.compile import compile_dml, plain_insert
from dlt_oracle.embedded.sql.dictionary import Identity
from dlt_oracle.embedded.sql.parse import parse

if TYPE_CHECKING:
    from conftest import Bench


@pytest.fixture
def items(db: Bench) -> Bench:
    db.table(
        "ITEM",
        "ID NUMBER(9) NOT NULL, NAME VARCHAR2(10), QTY NUMBER(5,1),"
        " SEEN DATE DEFAULT ora.to_date('2020-01-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS')",
    )
    db.table("LOG", "ID NUMBER(9), TEXT VARCHAR2(20)")
    db.run(
        "INSERT INTO item (id, name, qty) SELECT 1, 'one', 10 FROM dual UNION ALL SELECT"
        " 2, 'two', NULL FROM dual"
    )
    return db


def _all(db: Bench, table: str = "item", columns: str = "id, name, qty") -> list[Any]:
    return db.run(f"SELECT {columns} FROM {table} ORDER BY 1, 2")


def test_an_insert_converts_each_value_to_its_column(items: Bench) -> None:
    items.run("INSERT INTO item (id, name, qty, seen) VALUES ('3', 4.50, '1.25', '2021-02-03 04:05:06')")
    assert items.run("SELECT * FROM item WHERE id = 3") == [("3", "4.5", "1.3", "2021-02-03 04:05:06")]


def test_a_missing_column_and_the_word_default_take_the_default(items: Bench) -> None:
    items.run("INSERT INTO item (id, seen) VALUES (3, DEFAULT)")
    items.run("INSERT INTO item (id) VALUES (4)")
    items.run("INSERT INTO item (id, seen) VALUES (5, NULL)")
    found = items.run("SELECT id, seen FROM item WHERE id > 2 ORDER BY id")
    assert found == [("3", "2020-01-01 00:00:00"), ("4", "2020-01-01 00:00:00"), ("5", None)]


def test_binds_go_in_by_their_declared_types(items: Bench) -> None:
    items.run(
        "INSERT INTO item VALUES (:1, :2, :3, :4)",
        "3",
        "three",
        "2.5",
        "2020-05-06 07:08:09",
        types=["NUMBER", "VARCHAR2(10)", "VARCHAR2(10)", "DATE"],
    )
    assert items.run("SELECT * FROM item WHERE id = 3") == [("3", "three", "2.5", "2020-05-06 07:08:09")]


def test_char_is_padded_and_a_time_zone_is_kept(db: Bench) -> None:
    db.table("T", "CH CHAR(4), TZ TIMESTAMP(3) WITH TIME ZONE, TS TIMESTAMP(2), F FLOAT(10)")
    db.run(
        "INSERT INTO t VALUES ('ä', TIMESTAMP '2020-01-01 00:00:00.12356 +01:00',"
        " TIMESTAMP '2020-01-01 00:00:00.126', 1/3)"
    )
    assert db.run("SELECT * FROM t") == [
        ("ä  ", ("2019-12-31 23:00:00.124", 60), "2020-01-01 00:00:00.13", "0.3333")
    ]


def test_insert_select_may_read_its_own_table(items: Bench) -> None:
    assert items.run("INSERT INTO item (id, name) SELECT id + 10, name || '!' FROM item") == 2
    assert _all(items, columns="id, name")[2:] == [("11", "one!"), ("12", "two!")]


def test_returning_gives_the_stored_values(items: Bench) -> None:
    sql = "INSERT INTO item (id, qty) VALUES (7, 1.25) RETURNING id + 1, qty, ROWID INTO :a, :b, :c"
    ((number, quantity, rowid),) = items.run(sql, None, None, None)
    assert (number, quantity) == ("8", "1.3")
    assert items.column("SELECT id FROM item WHERE ROWID = :r", rowid) == ["7"]


def test_update_changes_what_its_condition_finds(items: Bench) -> None:
    assert (
        items.run("UPDATE item i SET i.qty = NVL(qty, 0) + 1, name = UPPER(name) WHERE i.id IN (1, 2)") == 2
    )
    assert _all(items) == [("1", "ONE", "11.0"), ("2", "TWO", "1.0")]


def test_update_takes_a_correlated_subquery_and_a_group_of_columns(items: Bench) -> None:
    items.run("INSERT INTO log VALUES (1, 'logged')")
    items.run("UPDATE item SET name = (SELECT text FROM log WHERE log.id = item.id)")
    assert _all(items, columns="id, name") == [("1", "logged"), ("2", None)]
    items.run("UPDATE item SET (name, qty) = (SELECT 'x', 5 FROM dual) WHERE id = 1")
    assert _all(items)[0] == ("1", "x", "5.0")


def test_update_returning_gives_a_row_for_each_changed_row(items: Bench) -> None:
    rows = items.run("UPDATE item SET qty = 3 RETURNING id, qty INTO :a, :b", None, None)
    assert sorted(rows) == [("1", "3.0"), ("2", "3.0")]


def test_rownum_limits_what_update_and_delete_touch(items: Bench) -> None:
    assert items.run("UPDATE item SET name = 'x' WHERE ROWNUM <= 1") == 1
    assert items.run("DELETE FROM item WHERE id > 0 AND ROWNUM = 1") == 1
    assert len(_all(items)) == 1


def test_delete_takes_a_subquery_over_its_own_table(items: Bench) -> None:
    assert items.run("DELETE FROM item WHERE ROWID NOT IN (SELECT MIN(ROWID) FROM item)") == 1
    assert _all(items, columns="id, name") == [("1", "one")]


_SOURCE = "(SELECT 1 AS id, 'new' AS name FROM dual UNION ALL SELECT 3, 'three' FROM dual) s"


def test_merge_updates_the_matched_and_inserts_the_rest(items: Bench) -> None:
    sql = (
        f"MERGE INTO item t USING {_SOURCE} ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET t.name = s.name"
        " WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"
    )
    assert items.run(sql) == 2
    assert _all(items, columns="id, name") == [("1", "new"), ("2", "two"), ("3", "three")]


def test_merge_may_only_update_or_only_insert(items: Bench) -> None:
    head = f"MERGE INTO item t USING {_SOURCE} ON (t.id = s.id)"
    assert items.run(f"{head} WHEN MATCHED THEN UPDATE SET name = s.name") == 1
    assert items.run(f"{head} WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id) WHERE s.id > 5") == 0
    assert _all(items, columns="id, name") == [("1", "new"), ("2", "two")]


def test_merge_deletes_by_the_new_values_of_rows_it_updated(items: Bench) -> None:
    sql = (
        "MERGE INTO item t USING (SELECT id, qty FROM item) s ON (t.id = s.id)"
        " WHEN MATCHED THEN UPDATE SET t.qty = NVL(s.qty, 0) + 1 WHERE t.id < 9 DELETE WHERE t.qty > 5"
    )
    assert items.run(sql) == 2
    assert _all(items) == [("2", "two", "1.0")]


def test_merge_leaves_a_row_that_its_update_did_not_touch(items: Bench) -> None:
    sql = (
        "MERGE INTO item t USING dual ON (t.id = 1)"
        " WHEN MATCHED THEN UPDATE SET t.name = 'x' WHERE t.qty > 50 DELETE WHERE 1 = 1"
    )
    assert items.run(sql) == 0
    assert len(_all(items)) == 2


def test_merge_refuses_to_change_a_row_twice(items: Bench) -> None:
    sql = (
        "MERGE INTO item t USING (SELECT 1 AS id FROM dual UNION ALL SELECT 1 FROM dual) s ON (t.id = s.id)"
        " WHEN MATCHED THEN UPDATE SET name = 'twice'"
    )
    assert items.refused(sql) == 1427  # SQLSTATE 21000: the engine, which knows it was a MERGE, says 30926
    assert _all(items)[0] == ("1", "one", "10.0")


def test_insert_all_fills_several_tables_from_one_row(items: Bench) -> None:
    sql = (
        "INSERT ALL INTO item (id) VALUES (5) INTO log VALUES (5, 'five') INTO log (id)"
        " VALUES (6) SELECT * FROM dual"
    )
    assert items.run(sql) == 3
    assert _all(items, "log", "id, text") == [("5", "five"), ("6", None)]


def test_insert_all_tries_every_when_and_else_takes_the_rest(items: Bench) -> None:
    sql = (
        "INSERT ALL WHEN n > 1 THEN INTO log VALUES (n, 'big') WHEN n > 2 THEN INTO log VALUES (n, 'bigger')"
        " ELSE INTO log VALUES (n, 'small')"
        " SELECT 1 AS n FROM dual UNION ALL SELECT 2 FROM dual UNION ALL SELECT 3 FROM dual"
    )
    assert items.run(sql) == 4
    assert _all(items, "log", "id, text") == [("1", "small"), ("2", "big"), ("3", "big"), ("3", "bigger")]


def test_insert_first_stops_at_the_first_true_when(items: Bench) -> None:
    sql = (
        "INSERT FIRST WHEN n > 1 THEN INTO log VALUES (n, 'big') WHEN n > 0 THEN INTO log VALUES (n, 'any')"
        " SELECT 1 AS n FROM dual UNION ALL SELECT 3 FROM dual"
    )
    assert items.run(sql) == 2
    assert _all(items, "log", "id, text") == [("1", "any"), ("3", "big")]


def test_nextval_is_taken_once_for_each_row(items: Bench) -> None:
    items.make_sequence("SQ")
    items.run("INSERT INTO log VALUES (sq.NEXTVAL, 'n' || sq.NEXTVAL)")
    items.run(
        "INSERT ALL INTO log VALUES (sq.NEXTVAL, 'a') INTO log VALUES (sq.NEXTVAL, 'b') SELECT 1 FROM dual"
    )
    items.run("INSERT INTO log SELECT sq.NEXTVAL, name FROM item WHERE id = 1")
    assert _all(items, "log", "id, text") == [("1", "n1"), ("2", "a"), ("2", "b"), ("3", "one")]
    assert items.value("sq.CURRVAL") == "3"


def test_currval_before_nextval_is_refused(items: Bench) -> None:
    items.make_sequence("SQ")
    assert items.refused("SELECT sq.CURRVAL FROM dual") == 8002


def _with_column(db: Bench, name: str, **changes: Any) -> None:
    """Change what the dictionary says of the first column of a table."""
    relation = db.relations[name]
    first = replace(relation.columns[0], **changes)
    db.relations[name] = replace(relation, columns=(first, *relation.columns[1:]))


def test_an_always_identity_takes_no_value(items: Bench) -> None:
    _with_column(items, "LOG", identity=Identity.ALWAYS)
    assert items.refused("INSERT INTO log VALUES (1, 'x')") == 32795
    assert items.refused("UPDATE log SET id = 2") == 32796
    assert items.run("INSERT INTO log VALUES (DEFAULT, 'x')") == 1


def test_default_on_null_replaces_a_null(items: Bench) -> None:
    _with_column(items, "LOG", default="42::numeric", default_on_null=True)
    items.run("INSERT INTO log VALUES (NULL, 'a')")
    items.run("INSERT INTO log SELECT NULL, 'b' FROM dual")
    items.run("INSERT INTO log VALUES (:n, 'c')", None)
    assert _all(items, "log", "id, text") == [("42", "a"), ("42", "b"), ("42", "c")]


def test_a_virtual_column_takes_no_value(items: Bench) -> None:
    _with_column(items, "LOG", virtual=True)
    assert items.refused("INSERT INTO log VALUES (1, 'x')") == 54013
    assert items.refused("UPDATE log SET id = 1") == 54017


def test_an_invisible_column_is_filled_only_by_name(items: Bench) -> None:
    _with_column(items, "LOG", hidden=True)
    assert items.run("INSERT INTO log VALUES ('x')") == 1
    assert items.run("INSERT INTO log (id, text) VALUES (1, 'y')") == 1
    assert items.run("SELECT * FROM log ORDER BY text") == [("x",), ("y",)]
    assert items.column("SELECT id FROM log ORDER BY text") == [None, "1"]


def test_a_percent_sign_is_no_placeholder(items: Bench) -> None:
    items.run("INSERT INTO log VALUES (1, '100%s')")
    assert items.column("SELECT text FROM log WHERE text LIKE '%s' AND id = :n", "1") == ["100%s"]


# --- inserts that COPY can do -----------------------------------------------------------------------

_V = OracleType(TypeName.VARCHAR2, 10)
_N = OracleType(TypeName.NUMBER)


def _plain(db: Bench, sql: str, *types: OracleType) -> Any:
    statement = parse(sql)
    assert isinstance(statement, ast.Insert)
    found = plain_insert(statement, db, types)
    return None if found is None else [(name, source) for name, _, source in found.columns]


def test_a_row_of_binds_and_constants_is_plain(items: Bench) -> None:
    found = _plain(items, "INSERT INTO item (id, qty, name) VALUES (:b, 15, 'a\tb')", _N)
    assert found == [("c1", 0), ("c3", "15"), ("c2", "a\\tb")]
    assert _plain(items, "INSERT INTO item VALUES (:1, :2, NULL, DEFAULT)", _N, _V) == [
        ("c1", 0),
        ("c2", 1),
        ("c3", "\\N"),
    ]


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("INSERT INTO item (id) VALUES (:1 + 1)", [_N]),
        ("INSERT INTO item (id) VALUES (:1)", [_V]),
        ("INSERT INTO item (name) VALUES (:1)", [_N]),
        ("INSERT INTO item (seen) VALUES (:1)", [_V]),
        ("INSERT INTO item (id) VALUES (:1) RETURNING id INTO :2", [_N, _N]),
        ("INSERT INTO item (id) SELECT :1 FROM dual", [_N]),
        ("INSERT INTO item (nope) VALUES (:1)", [_N]),
    ],
)
def test_what_needs_a_conversion_is_not_plain(items: Bench, sql: str, types: list[OracleType]) -> None:
    assert _plain(items, sql, *types) is None


def test_an_identity_or_default_on_null_is_not_plain(items: Bench) -> None:
    _with_column(items, "LOG", default="42::numeric", default_on_null=True)
    assert _plain(items, "INSERT INTO log VALUES (:1, :2)", _N, _V) is None
    assert _plain(items, "INSERT INTO log (text) VALUES (:1)", _V) == [("c2", 0)]


def test_a_dml_knows_what_it_reads_and_changes(items: Bench) -> None:
    compiled = compile_dml(parse("INSERT INTO log (id) SELECT id FROM item"), items, ())
    assert (compiled.target.name, [each.name for each in compiled.reads]) == ("LOG", ["ITEM"])


# --- expressions of the dictionary ---------------------------------------------------------------------


def test_a_check_or_virtual_column_is_written_over_bare_columns(items: Bench) -> None:
    text = items.compile_expression("UPPER(name) || id", "ITEM", "VARCHAR2(20)")
    assert items.connection.execute(f"SELECT {text} FROM data.t1 ORDER BY c1").fetchall() == [
        ("ONE1",),
        ("TWO2",),
    ]


def test_a_default_is_converted_to_its_column(items: Bench) -> None:
    text = items.compile_expression("SYSDATE", None, "TIMESTAMP(6) WITH TIME ZONE")
    assert items.connection.execute(f"SELECT ({text}).tz").fetchall() == [(0,)]


def test_a_default_may_take_no_binds_and_no_columns(items: Bench) -> None:
    from dlt_oracle.embedded.errors import OracleError

    with pytest.raises(OracleError, match="ORA-01027"):
        items.compile_expression(":x", None)
    with pytest.raises(OracleError, match="ORA-00904"):
        items.compile_expression("id", None)
