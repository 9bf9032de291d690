"""Users, privileges, quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb
import pytest

Fails = Callable[..., str]
MakeUser = Callable[..., str]


def test_a_wrong_password_and_an_unknown_user_look_alike(target: Any, user: str) -> None:
    for name in (user, "NOBODY_AT_ALL"):
        with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
            oracledb.connect(user=name, password="wrong", dsn=target.dsn)


def test_a_user_without_create_session_stays_outside(target: Any, make_user: MakeUser) -> None:
    user = make_user("CREATE TABLE")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01045"):
        target.connect(user)


def test_a_locked_user_stays_outside(target: Any, admin: oracledb.Cursor, user: str) -> None:
    admin.execute(f'ALTER USER "{user}" ACCOUNT LOCK')
    with pytest.raises(oracledb.DatabaseError, match="ORA-28000"):
        target.connect(user)


def test_a_schema_only_account_owns_tables_and_cannot_log_in(
    target: Any, make_user: MakeUser, admin: oracledb.Cursor
) -> None:
    owner = make_user("CREATE SESSION", password=False)
    admin.execute(f'CREATE TABLE "{owner}".t (id NUMBER)')
    admin.execute(f'INSERT INTO "{owner}".t VALUES (1)')
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        target.connect(owner)


def test_creating_needs_the_privilege(target: Any, make_user: MakeUser, fails: Fails) -> None:
    user = make_user("CREATE SESSION")
    with target.connect(user) as connection, connection.cursor() as cursor:
        for statement in (
            "CREATE TABLE t (a NUMBER)",
            "CREATE VIEW v AS SELECT 1 AS one FROM dual",
            "CREATE SEQUENCE s",
            "CREATE USER u IDENTIFIED BY p",
            "GRANT CREATE TABLE TO PUBLIC",
        ):
            assert fails(cursor, statement) == "ORA-01031"


def test_another_schema_needs_any_privileges(
    target: Any, make_user: MakeUser, user: str, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER)")
    stranger = make_user("CREATE SESSION", "CREATE TABLE")
    with target.connect(stranger) as connection, connection.cursor() as theirs:
        assert fails(theirs, f"CREATE TABLE {user}.u (a NUMBER)") == "ORA-01031"
        for statement in (
            f"SELECT * FROM {user}.t",
            f"INSERT INTO {user}.t VALUES (1)",
            f"DROP TABLE {user}.t",
        ):
            assert fails(theirs, statement) == "ORA-00942"
    powerful = make_user("CREATE SESSION", "CREATE ANY TABLE", "INSERT ANY TABLE", "SELECT ANY TABLE")
    with target.connect(powerful) as connection, connection.cursor() as theirs:
        theirs.execute(f"CREATE TABLE {user}.u (a NUMBER)")
        theirs.execute(f"INSERT INTO {user}.u VALUES (1)")
        assert theirs.execute(f"SELECT * FROM {user}.u").fetchall() == [(1,)]
        assert fails(theirs, f"DROP TABLE {user}.u") == "ORA-01031"
        assert fails(theirs, f"TRUNCATE TABLE {user}.u") == "ORA-01031"
        assert fails(theirs, f"DELETE FROM {user}.u") == "ORA-01031"


def test_object_privileges_are_given_and_taken(
    target: Any, make_user: MakeUser, user: str, cursor: oracledb.Cursor, fails: Fails
) -> None:
    reader = make_user("CREATE SESSION")
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute(f"GRANT SELECT ON t TO {reader}")
    with target.connect(reader) as connection, connection.cursor() as theirs:
        assert theirs.execute(f"SELECT COUNT(*) FROM {user}.t").fetchone() == (0,)
        assert fails(theirs, f"INSERT INTO {user}.t VALUES (1)") == "ORA-01031"
        theirs.execute("SELECT owner FROM all_tables WHERE table_name = 'T'")
        assert (user,) in theirs.fetchall()
        cursor.execute(f"REVOKE SELECT ON t FROM {reader}")
        assert fails(theirs, f"SELECT COUNT(*) FROM {user}.t") == "ORA-00942"
    assert fails(cursor, f"REVOKE SELECT ON t FROM {reader}") == "ORA-01927"


def test_a_role_carries_privileges(
    target: Any, make_user: MakeUser, admin: oracledb.Cursor, user: str, cursor: oracledb.Cursor
) -> None:
    reader = make_user("CREATE SESSION")
    admin.execute(f"CREATE ROLE role_of_{user}")
    cursor.execute("CREATE TABLE t (a NUMBER)")
    cursor.execute(f"GRANT SELECT ON t TO role_of_{user}")
    admin.execute(f"GRANT role_of_{user} TO {reader}")
    with target.connect(reader) as connection, connection.cursor() as theirs:
        assert theirs.execute(f"SELECT COUNT(*) FROM {user}.t").fetchone() == (0,)
    admin.execute(f"DROP ROLE role_of_{user}")


def test_a_table_without_a_quota_is_made_and_its_first_row_refused(
    target: Any, make_user: MakeUser, fails: Fails
) -> None:
    user = make_user("CREATE SESSION", "CREATE TABLE", quota=None)
    with target.connect(user) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a NUMBER)")
        assert fails(cursor, "INSERT INTO t VALUES (1)") == "ORA-01950"
        assert fails(cursor, "CREATE TABLE u AS SELECT 1 AS one FROM dual") == "ORA-01950"


def test_a_used_up_quota_refuses_more_rows(target: Any, make_user: MakeUser) -> None:
    user = make_user("CREATE SESSION", "CREATE TABLE", quota="1M")
    with target.connect(user) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (a VARCHAR2(4000))")
        rows = [("x" * 1000 + str(n),) for n in range(2000)]  # more than a megabyte
        cursor.executemany("INSERT INTO t VALUES (:1)", rows)
        with pytest.raises(oracledb.DatabaseError, match="ORA-01536"):
            cursor.executemany("INSERT INTO t VALUES (:1)", rows)


def test_the_tables_owner_needs_the_quota_not_the_inserter(
    make_user: MakeUser, admin: oracledb.Cursor, fails: Fails
) -> None:
    owner = make_user("CREATE SESSION", quota=None)
    admin.execute(f"CREATE TABLE {owner}.t (a NUMBER)")
    assert fails(admin, f"INSERT INTO {owner}.t VALUES (1)") == "ORA-01950"


def test_dba_and_v_views_exist_for_those_who_may(
    cursor: oracledb.Cursor, admin: oracledb.Cursor, target: Any, make_user: MakeUser, fails: Fails
) -> None:
    for view in ("dba_tables", "v$session", "v$parameter", "v$instance"):
        assert fails(cursor, f"SELECT COUNT(*) FROM {view}") == "ORA-00942"
        assert admin.execute(f"SELECT COUNT(*) FROM {view}").fetchone() is not None
    assert cursor.execute("SELECT COUNT(*) FROM v$version").fetchone() == (1,)
    catalog = make_user("CREATE SESSION", "SELECT_CATALOG_ROLE")
    with target.connect(catalog) as connection, connection.cursor() as theirs:
        assert theirs.execute("SELECT COUNT(*) FROM v$session").fetchone() is not None


def test_unknown_users_and_privileges_not_held_are_named(
    admin: oracledb.Cursor, fails: Fails, user: str
) -> None:
    assert fails(admin, "GRANT CREATE TABLE TO nobody_at_all") == "ORA-01917"
    assert fails(admin, "DROP USER nobody_at_all") == "ORA-01918"
    assert fails(admin, f"CREATE USER {user} IDENTIFIED BY x") == "ORA-01920"
    assert fails(admin, f"REVOKE CREATE VIEW FROM {user}") == "ORA-01952"
    assert fails(admin, "CREATE TABLE nobody_at_all.t (a NUMBER)") == "ORA-01918"


def test_a_user_with_tables_goes_with_cascade_only(
    admin: oracledb.Cursor, cursor: oracledb.Cursor, user: str, fails: Fails
) -> None:
    cursor.execute("CREATE TABLE t (a NUMBER)")
    assert fails(admin, f"DROP USER {user}") in {"ORA-01922", "ORA-01940"}


def test_a_user_changes_the_own_password(
    target: Any, user: str, cursor: oracledb.Cursor, fails: Fails
) -> None:
    cursor.execute(f'ALTER USER {user} IDENTIFIED BY "Another_1"')
    oracledb.connect(user=user, password="Another_1", dsn=target.dsn).close()
    assert fails(cursor, f"ALTER USER {user} QUOTA 1M ON users") == "ORA-01031"


def test_current_schema_moves_the_names_and_not_the_rights(
    cursor: oracledb.Cursor, make_user: MakeUser, admin: oracledb.Cursor, user: str, fails: Fails
) -> None:
    owner = make_user("CREATE SESSION")
    admin.execute(f"CREATE TABLE {owner}.t (a NUMBER)")
    cursor.execute(f"ALTER SESSION SET CURRENT_SCHEMA = {owner}")
    assert fails(cursor, "SELECT * FROM t") == "ORA-00942"
    admin.execute(f"GRANT SELECT ON {owner}.t TO {user}")
    assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (0,)
    assert fails(cursor, "ALTER SESSION SET CURRENT_SCHEMA = nobody_at_all") == "ORA-01435"
