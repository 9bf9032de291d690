"""Tables: made, changed, dropped, and refused as Oracle refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Fails = Callable[..., str]


def _columns(cursor: oracledb.Cursor, table: str = "T") -> list[str]:
    cursor.execute(
        "SELECT column_name FROM user_tab_columns WHERE table_name = :1 ORDER BY column_id", [table]
    )
    return [name for (name,) in cursor]


def test_unquoted_names_are_upper_case_and_quoted_ones_are_kept(
    cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute('CREATE TABLE qa (a NUMBER, "b" NUMBER)')
    cursor.execute('INSERT INTO "QA" ("A", "b") VALUES (1, 2)')
    assert cursor.execute('SELECT a, "b" FROM Qa').fetchall() == [(1, 2)]
    assert [column[0] for column in cursor.description] == ["A", "b"]
    assert fails(cursor, "SELECT b FROM qa") == "ORA-00904"
    assert fails(cursor, 'SELECT 1 FROM "qa"') == "ORA-00942"


def test_names_have_128_bytes_and_differ_in_the_last(cursor: oracledb.Cursor, fails: Fails) -> None:
    names = ["A" * 127 + last for last in "XY"]
    for name in names:
        cursor.execute(f"CREATE TABLE {name} (id NUMBER)")
    cursor.execute(f"INSERT INTO {names[0]} VALUES (1)")
    assert cursor.execute(f"SELECT COUNT(*) FROM {names[1]}").fetchone() == (0,)
    assert fails(cursor, f"CREATE TABLE {'A' * 129} (id NUMBER)") == "ORA-00972"
    assert fails(cursor, f'CREATE TABLE "{"é" * 65}" (id NUMBER)') == "ORA-00972"


def test_tables_views_and_sequences_share_their_names_and_indexes_do_not(
    target: Any, make_user: Callable[..., str], fails: Fails
) -> None:
    user = make_user("CREATE SESSION", "CREATE TABLE", "CREATE VIEW", "CREATE SEQUENCE")
    with target.connect(user) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id NUMBER)")
        assert fails(cursor, "CREATE VIEW t AS SELECT 1 AS one FROM dual") == "ORA-00955"
        assert fails(cursor, "CREATE SEQUENCE t") == "ORA-00955"
        cursor.execute("CREATE INDEX t ON t (id)")
        assert fails(cursor, "CREATE INDEX t ON t (id, 1)") == "ORA-00955"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("ALTER TABLE p MODIFY (k VARCHAR2(20))", "ORA-14060"),
        ("ALTER TABLE p SET UNUSED (k)", "ORA-12984"),
        ("ALTER TABLE p MODIFY (a VARCHAR2(20))", "ORA-54033"),
        ("ALTER TABLE p RENAME COLUMN a TO b", "ORA-54032"),
        ("ALTER TABLE p SET UNUSED (a)", "ORA-54031"),
    ],
)
def test_what_a_table_is_partitioned_by_or_computes_with_stays_as_it_is(
    cursor: oracledb.Cursor, fails: Fails, statement: str, code: str
) -> None:
    cursor.execute(
        "CREATE TABLE p (a VARCHAR2(10), k VARCHAR2(10), v VARCHAR2(10) AS (UPPER(a)))"
        " PARTITION BY LIST (k) (PARTITION rest VALUES (DEFAULT))"
    )
    assert fails(cursor, statement) == code
    cursor.execute("ALTER TABLE p RENAME COLUMN k TO j")
    assert _columns(cursor, "P") == ["A", "J", "V"]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("CREATE TABLE t (a NUMBER)", "ORA-00955"),
        ("CREATE TABLE u (a NUMBER, A NUMBER)", "ORA-00957"),
        ("ALTER TABLE t ADD (id NUMBER)", "ORA-01430"),
        ("ALTER TABLE t ADD (x NUMBER NOT NULL)", "ORA-01758"),
        ("ALTER TABLE t DROP COLUMN nope", "ORA-00904"),
        ("ALTER TABLE t RENAME COLUMN nope TO x", "ORA-00904"),
        ("ALTER TABLE t RENAME COLUMN name TO id", "ORA-00957"),
        ("ALTER TABLE t MODIFY (id NOT NULL)", "ORA-01442"),
        ("ALTER TABLE t MODIFY (name NULL)", "ORA-01451"),
        ("ALTER TABLE t MODIFY (name VARCHAR2(1))", "ORA-01441"),
        ("ALTER TABLE t MODIFY (name NUMBER)", "ORA-01439"),
        ("ALTER TABLE t MODIFY (id NUMBER(3))", "ORA-01440"),
        ("ALTER TABLE t MODIFY (name CLOB)", "ORA-22858"),
        ("ALTER TABLE t ADD CONSTRAINT t_pk CHECK (id > 0)", "ORA-02264"),
        ("ALTER TABLE t ADD PRIMARY KEY (name)", "ORA-02260"),
        ("ALTER TABLE t ADD UNIQUE (id)", "ORA-02261"),
        ("ALTER TABLE t DROP CONSTRAINT nope", "ORA-02443"),
        ("CREATE INDEX i ON t (id)", "ORA-01408"),
        ("DROP INDEX nope", "ORA-01418"),
        ("DROP INDEX t_pk", "ORA-02429"),
        ("DROP TABLE nope", "ORA-00942"),
        ("TRUNCATE TABLE nope", "ORA-00942"),
        ("DROP TABLE t", "ORA-02449"),
        ("TRUNCATE TABLE t", "ORA-02266"),
        ("COMMENT ON COLUMN t.nope IS 'x'", "ORA-00904"),
        ("CREATE TABLE u (d DATE, c CLOB PRIMARY KEY)", "ORA-02329"),
        ("CREATE TABLE u (z TIMESTAMP WITH TIME ZONE UNIQUE)", "ORA-02329"),
        ("CREATE TABLE u (id NUMBER REFERENCES t (name))", "ORA-02270"),
        ("CREATE TABLE u (id VARCHAR2(5) REFERENCES t)", "ORA-02267"),
        ("CREATE TABLE u (id NUMBER) TABLESPACE nowhere", "ORA-00959"),
        ("RENAME nope TO other", "ORA-04043"),
    ],
)
def test_impossible_ddl_is_refused_with_oracles_code(
    cursor: oracledb.Cursor, fails: Fails, statement: str, code: str
) -> None:
    cursor.execute("CREATE TABLE t (id NUMBER(5) CONSTRAINT t_pk PRIMARY KEY NOT NULL, name VARCHAR2(10))")
    cursor.execute("CREATE TABLE child (id NUMBER(5) REFERENCES t)")
    cursor.execute("INSERT INTO t VALUES (1, 'abc')")
    cursor.connection.commit()
    assert fails(cursor, statement) == code


def test_columns_are_added_renamed_and_dropped(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER, b NUMBER)")
    cursor.execute("INSERT INTO t VALUES (1, 2)")
    cursor.execute("ALTER TABLE t ADD (c VARCHAR2(5) DEFAULT 'x' NOT NULL, d DATE)")
    assert cursor.execute("SELECT * FROM t").fetchall() == [(1, 2, "x", None)]
    cursor.execute("ALTER TABLE t RENAME COLUMN b TO e")
    cursor.execute("ALTER TABLE t DROP COLUMN a")
    assert _columns(cursor) == ["E", "C", "D"]
    cursor.execute("ALTER TABLE t ADD a NUMBER")
    cursor.execute("ALTER TABLE t SET UNUSED (c)")
    assert _columns(cursor) == ["E", "D", "A"]
    assert cursor.execute("SELECT * FROM t").fetchall() == [(2, None, None)]


def test_columns_grow_with_their_rows(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (n NUMBER(3), v VARCHAR2(3), d TIMESTAMP(3))")
    cursor.execute("INSERT INTO t VALUES (123, 'abc', TIMESTAMP '2024-01-02 03:04:05.678')")
    cursor.execute("ALTER TABLE t MODIFY (n NUMBER(10,2), v VARCHAR2(10 CHAR), d TIMESTAMP(9))")
    cursor.execute("UPDATE t SET n = 12345678.91, v = 'éééééééééé'")
    assert cursor.execute("SELECT n, v FROM t").fetchall() == [(12345678.91, "é" * 10)]
    assert fails(cursor, "UPDATE t SET v = 'ééééééééééé'") == "ORA-12899"


def test_not_null_is_switched_on_and_off(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute("INSERT INTO t VALUES (NULL)")
    assert fails(cursor, "ALTER TABLE t MODIFY (a NOT NULL)") == "ORA-02296"
    cursor.execute("DELETE FROM t")
    cursor.execute("ALTER TABLE t MODIFY (a NOT NULL)")
    assert fails(cursor, "INSERT INTO t VALUES (NULL)") == "ORA-01400"
    cursor.execute("ALTER TABLE t MODIFY (a NULL)")
    cursor.execute("INSERT INTO t VALUES (NULL)")


def test_a_renamed_table_keeps_its_rows_keys_and_comments(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (id NUMBER CONSTRAINT t_pk PRIMARY KEY)")
    cursor.execute("COMMENT ON TABLE t IS 'kept'")
    cursor.execute("INSERT INTO t VALUES (1)")
    cursor.execute("RENAME t TO u")
    cursor.execute("ALTER TABLE u RENAME TO v")
    assert fails(cursor, "INSERT INTO v VALUES (1)") == "ORA-00001"
    assert fails(cursor, "SELECT 1 FROM t") == "ORA-00942"
    cursor.execute("SELECT comments FROM user_tab_comments WHERE table_name = 'V'")
    assert cursor.fetchall() == [("kept",)]


def test_foreign_keys_hold_both_ways(cursor: oracledb.Cursor, user: str) -> None:
    cursor.execute("CREATE TABLE p (id NUMBER PRIMARY KEY)")
    cursor.execute("CREATE TABLE c (id NUMBER CONSTRAINT c_fk REFERENCES p ON DELETE CASCADE)")
    cursor.execute("CREATE TABLE d (id NUMBER CONSTRAINT d_fk REFERENCES p)")
    with pytest.raises(oracledb.IntegrityError, match=rf"ORA-02291: integrity constraint \({user}.C_FK\)"):
        cursor.execute("INSERT INTO c VALUES (1)")
    cursor.execute("INSERT INTO p VALUES (1)")
    cursor.execute("INSERT INTO c VALUES (1)")
    cursor.execute("DELETE FROM p WHERE id = 1")
    assert cursor.execute("SELECT COUNT(*) FROM c").fetchone() == (0,)
    cursor.execute("INSERT INTO p VALUES (2)")
    cursor.execute("INSERT INTO d VALUES (2)")
    with pytest.raises(oracledb.IntegrityError, match=r"ORA-02292.*D_FK"):
        cursor.execute("DELETE FROM p")
    cursor.connection.commit()
    cursor.execute("DROP TABLE p CASCADE CONSTRAINTS PURGE")
    cursor.execute("INSERT INTO d VALUES (3)")


def test_a_constraint_is_disabled_and_enabled(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER CONSTRAINT positive CHECK (a > 0))")
    assert fails(cursor, "INSERT INTO t VALUES (0)") == "ORA-02290"
    cursor.execute("ALTER TABLE t DISABLE CONSTRAINT positive")
    cursor.execute("INSERT INTO t VALUES (0)")
    cursor.connection.commit()
    assert fails(cursor, "ALTER TABLE t ENABLE CONSTRAINT positive") == "ORA-02293"
    cursor.execute("DELETE FROM t")
    cursor.execute("ALTER TABLE t ENABLE CONSTRAINT positive")
    assert fails(cursor, "INSERT INTO t VALUES (0)") == "ORA-02290"


def test_a_unique_key_of_two_columns_compares_the_one_that_is_null(
    cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER, b NUMBER, UNIQUE (a, b))")
    cursor.execute("INSERT INTO t VALUES (1, NULL)")
    assert fails(cursor, "INSERT INTO t VALUES (1, NULL)") == "ORA-00001"
    cursor.execute("INSERT INTO t VALUES (NULL, NULL)")
    cursor.execute("INSERT INTO t VALUES (NULL, NULL)")


def test_create_table_as_select_copies_rows_types_and_not_null(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute(
        "CREATE TABLE t (a NUMBER(5,2) NOT NULL, b VARCHAR2(7 CHAR), c TIMESTAMP(3) WITH TIME ZONE)"
    )
    cursor.execute("INSERT INTO t VALUES (1.5, 'x', NULL)")
    cursor.execute("CREATE TABLE u NOLOGGING AS SELECT a, b AS bb, c FROM t")
    assert cursor.execute("SELECT a, bb FROM u").fetchall() == [(1.5, "x")]
    assert fails(cursor, "INSERT INTO u (bb) VALUES ('y')") == "ORA-01400"
    cursor.execute(
        "SELECT data_type, data_precision, char_length, nullable FROM user_tab_columns"
        " WHERE table_name = 'U' ORDER BY column_id"
    )
    assert cursor.fetchall() == [
        ("NUMBER", 5, 0, "N"),
        ("VARCHAR2", None, 7, "Y"),
        ("TIMESTAMP(3) WITH TIME ZONE", None, 0, "Y"),
    ]


def test_truncate_empties_at_once(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute("INSERT INTO t VALUES (1)")
    cursor.execute("TRUNCATE TABLE t DROP STORAGE")
    connection.rollback()
    assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (0,)


def test_physical_properties_are_kept_in_the_dictionary(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "CREATE TABLE t (a NUMBER) NOLOGGING COMPRESS FOR QUERY HIGH PARALLEL 4 PCTFREE 0 TABLESPACE users"
    )
    cursor.execute(
        "SELECT logging, compression, compress_for, TRIM(degree), pct_free, tablespace_name FROM user_tables"
    )
    assert cursor.fetchall() == [("NO", "ENABLED", "QUERY HIGH", "4", 0, "USERS")]


def test_identity_columns_number_rows(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER GENERATED ALWAYS AS IDENTITY, c NUMBER)")
    cursor.executemany("INSERT INTO t (c) VALUES (:1)", [(n,) for n in range(3)])
    assert cursor.execute("SELECT a, c FROM t ORDER BY a").fetchall() == [(1, 0), (2, 1), (3, 2)]
    assert fails(cursor, "INSERT INTO t (a, c) VALUES (7, 7)") == "ORA-32795"


def test_an_identity_by_default_on_null_fills_nulls(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "CREATE TABLE t (a NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 10), c NUMBER)"
    )
    cursor.executemany("INSERT INTO t (a, c) VALUES (:1, :2)", [(None, 1), (5, 2), (None, 3)])
    assert cursor.execute("SELECT a FROM t ORDER BY c").fetchall() == [(10,), (5,), (11,)]


def test_partitions_hold_rows_and_are_exchanged(cursor: oracledb.Cursor, fails: Fails) -> None:
    cursor.execute(
        "CREATE TABLE t (d DATE, n NUMBER) PARTITION BY RANGE (d) ("
        "PARTITION p1 VALUES LESS THAN (DATE '2024-01-01'),"
        " PARTITION p2 VALUES LESS THAN (DATE '2025-01-01'))"
    )
    cursor.execute("INSERT INTO t VALUES (DATE '2023-06-01', 1)")
    cursor.execute("INSERT INTO t VALUES (DATE '2024-06-01', 2)")
    assert fails(cursor, "INSERT INTO t VALUES (DATE '2026-06-01', 3)") == "ORA-14400"
    cursor.execute("CREATE TABLE s (d DATE, n NUMBER)")
    cursor.execute("INSERT INTO s VALUES (DATE '2024-07-01', 20)")
    cursor.execute("ALTER TABLE t EXCHANGE PARTITION p2 WITH TABLE s WITHOUT VALIDATION")
    assert cursor.execute("SELECT n FROM t ORDER BY n").fetchall() == [(1,), (20,)]
    assert cursor.execute("SELECT n FROM s").fetchall() == [(2,)]
    cursor.execute("ALTER TABLE t TRUNCATE PARTITION p1")
    assert cursor.execute("SELECT n FROM t").fetchall() == [(20,)]
    assert fails(cursor, "ALTER TABLE t DROP PARTITION nope") == "ORA-02149"
    cursor.execute("SELECT partition_name FROM user_tab_partitions ORDER BY partition_position")
    assert cursor.fetchall() == [("P1",), ("P2",)]


def test_global_temporary_tables_are_shared_by_definition_and_private_by_rows(
    cursor: oracledb.Cursor, target: Any, user: str, fails: Fails
) -> None:
    cursor.execute("CREATE GLOBAL TEMPORARY TABLE g (id NUMBER PRIMARY KEY) ON COMMIT PRESERVE ROWS")
    cursor.execute("INSERT INTO g VALUES (1)")
    cursor.connection.commit()
    with target.connect(user) as other, other.cursor() as theirs:
        assert theirs.execute("SELECT COUNT(*) FROM g").fetchone() == (0,)
        theirs.execute("INSERT INTO g VALUES (1)")
        with pytest.raises(oracledb.IntegrityError, match="ORA-00001"):
            theirs.execute("INSERT INTO g VALUES (1)")
        assert fails(theirs, "DROP TABLE g") == "ORA-14452"
    assert cursor.execute("SELECT COUNT(*) FROM g").fetchone() == (1,)
    cursor.execute("TRUNCATE TABLE g")
    cursor.execute("DROP TABLE g")


def test_a_transactions_temporary_table_is_empty_after_commit(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE GLOBAL TEMPORARY TABLE g (id NUMBER)")
    cursor.execute("INSERT INTO g VALUES (1)")
    assert cursor.execute("SELECT COUNT(*) FROM g").fetchone() == (1,)
    cursor.connection.commit()
    assert cursor.execute("SELECT COUNT(*) FROM g").fetchone() == (0,)
    cursor.execute("INSERT INTO g VALUES (1)")
    cursor.connection.rollback()
    assert cursor.execute("SELECT COUNT(*) FROM g").fetchone() == (0,)
