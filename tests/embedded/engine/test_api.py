from __future__ import annotations

import re
from typing import TYPE_CHECKING

import oracledb
import pytest

from dlt_oracle.embedded import EmbeddedOracle
from dlt_oracle.embedded.engine.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dlt_oracle.embedded.model import SessionAttributes


@pytest.fixture
def elsewhere(directory: Path) -> Iterator[Cluster]:
    """A PostgreSQL of somebody else's."""
    cluster = Cluster(directory / "pg")
    cluster.start()
    yield cluster
    cluster.stop()


def test_a_running_postgresql_can_be_given_and_its_data_stay(elsewhere: Cluster, tmp_path: Path) -> None:
    for expected in (0, 1):
        with (
            EmbeddedOracle(tmp_path / "oracle", conninfo=elsewhere.conninfo) as server,
            oracledb.connect(user="LOADER", password=server.password("LOADER"), dsn=server.dsn) as connection,
        ):
            cursor = connection.cursor()
            if not expected:
                cursor.execute("CREATE TABLE t (a NUMBER)")
            assert cursor.execute("SELECT COUNT(*) FROM t").fetchone() == (expected,)
            cursor.execute("INSERT INTO t VALUES (1)")
            connection.commit()


def test_version_and_string_size_are_what_was_asked_for() -> None:
    heard: list[str] = []

    def listen(_attributes: SessionAttributes, statement: str) -> None:
        heard.append(statement)

    with EmbeddedOracle(
        version="21c", max_string_size="EXTENDED", service_name="sales", on_statement=listen
    ) as server:
        assert server.dsn.endswith("/SALES")
        dsn = server.dsn
        password = server.password("SYSTEM")
        with oracledb.connect(user="SYSTEM", password=password, dsn=dsn) as connection:
            cursor = connection.cursor()
            assert connection.version.startswith("21.")
            cursor.execute("SELECT value FROM v$parameter WHERE name = 'max_string_size'")
            assert cursor.fetchone() == ("EXTENDED",)
            cursor.execute("CREATE TABLE t (a VARCHAR2(32767), b JSON)")
            with pytest.raises(oracledb.DatabaseError, match="ORA-00902"):
                cursor.execute("CREATE TABLE u (a BOOLEAN)")
    assert "CREATE TABLE u (a BOOLEAN)" in heard
    with pytest.raises(oracledb.DatabaseError):
        oracledb.connect(user="SYSTEM", password=password, dsn=dsn)


def test_a_demo_user_owns_no_more_than_most_users_do() -> None:
    with EmbeddedOracle() as server:
        with oracledb.connect(
            user="LOADER", password=server.password("LOADER"), dsn=server.dsn
        ) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT privilege FROM session_privs ORDER BY privilege")
            assert cursor.fetchall() == [("CREATE SESSION",), ("CREATE TABLE",)]
        password = server.create_user("GUEST", privileges=("CREATE SESSION",), quota=None)
        oracledb.connect(user="GUEST", password=password, dsn=server.dsn).close()
        assert not re.search(re.escape(password), repr(server))


@pytest.mark.parametrize("wrong", [{"version": "11g"}, {"max_string_size": "HUGE"}])
def test_what_cannot_be_presented_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        EmbeddedOracle(**wrong).start()
