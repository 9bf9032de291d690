"""The dictionary's tables and views, without a server in front of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.catalog.bootstrap import (
    RELEASES,
    DictionaryVersionError,
    bootstrap,
    describe_instance,
)
from dlt_oracle.embedded.engine.cluster import Cluster
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def cluster(make_directory: Callable[[], Path]) -> Iterator[Cluster]:
    started = Cluster(make_directory() / "pg")
    started.start()
    with psycopg.connect(started.conninfo, autocommit=True) as connection:
        assert bootstrap(connection, runtime.script())
        describe_instance(connection, "19c", "FREEPDB1", 4000)
    yield started
    started.stop()


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[Connection]:
    """A connection whose changes are rolled back."""
    with psycopg.connect(cluster.conninfo) as connection:
        connection.execute("SELECT set_config('ora.user', 'SYSTEM', false)")
        yield connection
        connection.rollback()


def _user(connection: Connection, name: str) -> None:
    connection.execute(
        "INSERT INTO dict.users (user_id, username) VALUES (nextval('dict.user_ids'), %s)", (name,)
    )


def _table(connection: Connection, owner: str, name: str) -> int:
    row = connection.execute(
        "INSERT INTO dict.objects (owner, name, type, namespace) VALUES (%s, %s, 'TABLE', 1)"
        " RETURNING object_id",
        (owner, name),
    ).fetchone()
    assert row is not None
    connection.execute("INSERT INTO dict.tables (object_id) VALUES (%s)", row)
    return int(row[0])


def _become(connection: Connection, name: str) -> None:
    connection.execute("SELECT set_config('ora.user', %s, false)", (name,))


def _tables(connection: Connection, view: str) -> list[str]:
    columns = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM dict.catalog_columns WHERE view_name = %s ORDER BY position", (view,)
        ).fetchall()
    ]
    number = columns.index("TABLE_NAME") + 1
    rows = connection.execute(f"SELECT c{number} FROM sys.{view.lower()}").fetchall()
    return sorted(name for (name,) in rows)


def test_a_dictionary_is_made_once(cluster: Cluster) -> None:
    with psycopg.connect(cluster.conninfo, autocommit=True) as connection:
        assert not bootstrap(connection, runtime.script())


def test_the_dictionary_of_another_release_is_refused(connection: Connection) -> None:
    connection.execute("UPDATE dict.meta SET value = '0' WHERE key = 'dictionary_version'")
    with pytest.raises(DictionaryVersionError, match="another release"):
        bootstrap(connection, runtime.script())


def test_every_view_can_be_read_and_every_column_has_an_oracle_type(connection: Connection) -> None:
    for (source,) in connection.execute("SELECT source FROM dict.catalog_views").fetchall():
        connection.execute(f"SELECT * FROM {source}").fetchall()
    domains = connection.execute("SELECT DISTINCT domain FROM dict.catalog_columns").fetchall()
    assert [
        d for (d,) in domains if d not in {"num", "dat", "lng", "clb", "raw8"} and not d[1:].isdigit()
    ] == []


def test_all_views_show_what_was_granted_and_user_views_what_is_owned(connection: Connection) -> None:
    _user(connection, "ME")
    _user(connection, "OTHER")
    _table(connection, "ME", "MINE")
    granted = _table(connection, "OTHER", "GRANTED")
    _table(connection, "OTHER", "SECRET")
    connection.execute("INSERT INTO dict.tab_privs VALUES ('ME', %s, 'SELECT', 'OTHER')", (granted,))
    _become(connection, "ME")
    assert _tables(connection, "ALL_TABLES") == ["GRANTED", "MINE"]
    assert _tables(connection, "USER_TABLES") == ["MINE"]
    assert _tables(connection, "DBA_TABLES") == ["GRANTED", "MINE", "SECRET"]


def test_any_privileges_and_roles_widen_all_views(connection: Connection) -> None:
    _user(connection, "ME")
    _user(connection, "OTHER")
    _table(connection, "OTHER", "T")
    connection.execute("INSERT INTO dict.roles VALUES ('READERS', 900)")
    connection.execute("INSERT INTO dict.sys_privs VALUES ('READERS', 'SELECT ANY TABLE')")
    _become(connection, "ME")
    assert _tables(connection, "ALL_TABLES") == []
    connection.execute("INSERT INTO dict.role_privs VALUES ('ME', 'READERS')")
    assert _tables(connection, "ALL_TABLES") == ["T"]


def test_a_stored_table_is_read_with_its_columns(connection: Connection) -> None:
    object_id = _table(connection, "SYSTEM", "T")
    connection.execute(
        "INSERT INTO dict.columns"
        " (object_id, internal_id, column_id, name, type_name, precision, scale, unused)"
        " VALUES (%s, 2, 1, 'A', 'NUMBER', 5, 2, false), (%s, 1, NULL, 'GONE', 'DATE', NULL, NULL, true)",
        (object_id, object_id),
    )
    found = store.find_object(connection, "SYSTEM", "T")
    assert found is not None
    table = store.load_table(connection, found)
    assert table.sql == f"data.t{object_id}"
    assert [(column.name, column.sql, column.type) for column in table.columns] == [
        ("A", "c2", OracleType(TypeName.NUMBER, precision=5, scale=2))
    ]


def test_releases_say_that_they_are_a_stand_in() -> None:
    assert all("Stand-in" in release.banner for release in RELEASES.values())
