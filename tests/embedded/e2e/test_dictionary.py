"""What the dictionary's views say."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - read by pytest's fixtures
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import oracledb

COLUMNS = [
    # column, type, DATA_TYPE, DATA_LENGTH, DATA_PRECISION, DATA_SCALE, CHAR_LENGTH, CHAR_USED
    ("A", "NUMBER", "NUMBER", 22, None, None, 0, None),
    ("B", "NUMBER(10,2)", "NUMBER", 22, 10, 2, 0, None),
    ("C", "NUMBER(5)", "NUMBER", 22, 5, 0, 0, None),
    ("D", "INTEGER", "NUMBER", 22, None, 0, 0, None),
    ("E", "FLOAT", "FLOAT", 22, 126, None, 0, None),
    ("F", "VARCHAR2(20)", "VARCHAR2", 20, None, None, 20, "B"),
    ("G", "VARCHAR2(20 CHAR)", "VARCHAR2", 80, None, None, 20, "C"),
    ("H", "VARCHAR2(2000 CHAR)", "VARCHAR2", 4000, None, None, 2000, "C"),
    ("I", "CHAR(3)", "CHAR", 3, None, None, 3, "B"),
    ("J", "NVARCHAR2(10)", "NVARCHAR2", 20, None, None, 10, "C"),
    ("K", "DATE", "DATE", 7, None, None, 0, None),
    ("L", "TIMESTAMP", "TIMESTAMP(6)", 11, None, 6, 0, None),
    ("M", "TIMESTAMP(9)", "TIMESTAMP(9)", 11, None, 9, 0, None),
    ("N", "TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMP(3) WITH TIME ZONE", 13, None, 3, 0, None),
    ("O", "TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP(6) WITH LOCAL TIME ZONE", 11, None, 6, 0, None),
    ("P", "BINARY_DOUBLE", "BINARY_DOUBLE", 8, None, None, 0, None),
    ("Q", "BINARY_FLOAT", "BINARY_FLOAT", 4, None, None, 0, None),
    ("R", "RAW(16)", "RAW", 16, None, None, 0, None),
    ("S", "CLOB", "CLOB", 4000, None, None, 0, None),
    ("T", "BLOB", "BLOB", 4000, None, None, 0, None),
]


def test_columns_are_described_as_oracle_describes_them(cursor: oracledb.Cursor) -> None:
    cursor.execute(f"CREATE TABLE t ({', '.join(f'{name} {written}' for name, written, *_ in COLUMNS)})")
    cursor.execute(
        "SELECT column_name, data_type, data_length, data_precision, data_scale, char_length, char_used"
        " FROM user_tab_columns WHERE table_name = 'T' ORDER BY column_id"
    )
    assert cursor.fetchall() == [(name, *facts) for name, _, *facts in COLUMNS]


def test_defaults_and_nullability_are_shown(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER DEFAULT 5 NOT NULL, b VARCHAR2(9) DEFAULT 'it''s')")
    cursor.execute("SELECT column_name, nullable, data_default FROM user_tab_columns ORDER BY column_id")
    assert cursor.fetchall() == [("A", "N", "5"), ("B", "Y", "'it''s'")]


def test_constraints_are_listed_with_columns_and_system_names(cursor: oracledb.Cursor, user: str) -> None:
    cursor.execute("CREATE TABLE p (id NUMBER CONSTRAINT p_pk PRIMARY KEY, n NUMBER NOT NULL, CHECK (n > 0))")
    cursor.execute("CREATE TABLE c (pid NUMBER CONSTRAINT c_fk REFERENCES p ON DELETE CASCADE)")
    cursor.execute(
        "SELECT constraint_type, search_condition, r_constraint_name, delete_rule, generated, index_name"
        " FROM user_constraints ORDER BY table_name, constraint_type, constraint_name"
    )
    assert cursor.fetchall() == [
        ("R", None, "P_PK", "CASCADE", "USER NAME", None),
        ("C", '"N" IS NOT NULL', None, None, "GENERATED NAME", None),
        ("C", "n > 0", None, None, "GENERATED NAME", None),
        ("P", None, None, None, "USER NAME", "P_PK"),
    ]
    cursor.execute(
        "SELECT owner, table_name, column_name, position FROM user_cons_columns WHERE position = 1 ORDER BY 2"
    )
    assert cursor.fetchall() == [(user, "C", "PID", 1), (user, "P", "ID", 1)]


def test_indexes_are_listed_with_columns(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER PRIMARY KEY, b NUMBER, c VARCHAR2(10))")
    cursor.execute("CREATE INDEX i ON t (b, UPPER(c))")
    cursor.execute("SELECT uniqueness, index_type FROM user_indexes ORDER BY uniqueness")
    assert cursor.fetchall() == [("NONUNIQUE", "FUNCTION-BASED NORMAL"), ("UNIQUE", "NORMAL")]
    cursor.execute(
        "SELECT column_position, descend FROM user_ind_columns"
        " WHERE index_name = 'I' ORDER BY column_position"
    )
    assert cursor.fetchall() == [(1, "ASC"), (2, "ASC")]
    cursor.execute("SELECT column_expression FROM user_ind_expressions WHERE index_name = 'I'")
    assert cursor.fetchone() == ("UPPER(c)",) or cursor.rowcount == 1


def test_comments_come_and_go(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute("COMMENT ON TABLE t IS 'a table'")
    cursor.execute("COMMENT ON COLUMN t.a IS 'a column'")
    assert cursor.execute("SELECT comments FROM user_tab_comments").fetchall() == [("a table",)]
    assert cursor.execute("SELECT comments FROM user_col_comments").fetchall() == [("a column",)]
    cursor.execute("COMMENT ON TABLE t IS ''")
    assert cursor.execute("SELECT comments FROM user_tab_comments").fetchall() == [(None,)]


def test_objects_of_every_kind_are_listed(target: Any, make_user: Callable[..., str]) -> None:
    user = make_user("CREATE SESSION", "CREATE TABLE", "CREATE VIEW", "CREATE SEQUENCE", "CREATE SYNONYM")
    with target.connect(user) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a NUMBER)")
        cursor.execute("CREATE INDEX i ON t (a)")
        cursor.execute("CREATE VIEW v AS SELECT a FROM t")
        cursor.execute("CREATE SEQUENCE s")
        cursor.execute("CREATE SYNONYM y FOR t")
        cursor.execute("SELECT object_name, object_type, status FROM user_objects ORDER BY object_type")
        assert cursor.fetchall() == [
            ("I", "INDEX", "VALID"),
            ("S", "SEQUENCE", "VALID"),
            ("Y", "SYNONYM", "VALID"),
            ("T", "TABLE", "VALID"),
            ("V", "VIEW", "VALID"),
        ]
        cursor.execute("INSERT INTO y VALUES (1)")
        assert cursor.execute("SELECT a FROM v").fetchall() == [(1,)]


def test_the_session_knows_who_it_is(cursor: oracledb.Cursor, user: str) -> None:
    cursor.execute(
        "SELECT USER, SYS_CONTEXT('USERENV', 'SESSION_USER'), SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"
        " FROM dual"
    )
    assert cursor.fetchone() == (user, user, user)


def test_v_session_shows_what_the_client_says_of_itself(
    connection: oracledb.Connection, admin: oracledb.Cursor, user: str
) -> None:
    connection.module, connection.action, connection.client_identifier = "dlt:demo", "orders", "load 1"
    connection.ping()
    admin.execute("SELECT module, action, client_identifier FROM v$session WHERE username = :1", [user])
    assert admin.fetchall() == [("dlt:demo", "orders", "load 1")]


def test_nls_settings_are_those_of_the_session(cursor: oracledb.Cursor) -> None:
    cursor.execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD' NLS_NUMERIC_CHARACTERS = ',.'")
    cursor.execute(
        "SELECT parameter, value FROM nls_session_parameters"
        " WHERE parameter IN ('NLS_DATE_FORMAT', 'NLS_NUMERIC_CHARACTERS') ORDER BY parameter"
    )
    assert cursor.fetchall() == [("NLS_DATE_FORMAT", "YYYY-MM-DD"), ("NLS_NUMERIC_CHARACTERS", ",.")]
    cursor.execute("SELECT value FROM nls_database_parameters WHERE parameter = 'NLS_CHARACTERSET'")
    assert cursor.fetchone() == ("AL32UTF8",)


@pytest.mark.parametrize(
    "view",
    [
        "all_tables",
        "all_tab_columns",
        "all_constraints",
        "all_objects",
        "all_views",
        "all_mviews",
        "all_db_links",
        "all_subpart_key_columns",
        "all_mview_logs",
        "all_policies",
        "all_encrypted_columns",
    ],
)
def test_views_can_be_read_by_the_poorest_user(cursor: oracledb.Cursor, view: str) -> None:
    assert cursor.execute(f"SELECT COUNT(*) FROM {view}").fetchone() is not None


def test_every_published_view_can_be_read(target: Any, admin: oracledb.Cursor) -> None:
    if target.server is None:
        pytest.skip("looks inside the embedded server")
    for name in target.server.database.cache.catalog_names():
        admin.execute(f'SELECT * FROM "{name}" WHERE ROWNUM <= 2').fetchall()
