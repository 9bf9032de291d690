"""Connecting: where to, as whom, and what the client learns."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "Tiger#19"  # of SCOTT, in conftest


def test_the_driver_learns_version_and_limits(connection: oracledb.Connection) -> None:
    assert connection.version.startswith("19.")
    assert connection.max_identifier_length == 128
    assert connection.service_name == "FREEPDB1"
    assert connection.max_open_cursors == 300


def test_a_descriptor_with_a_sid_connects(
    server: Server, connect: Callable[..., oracledb.Connection]
) -> None:
    dsn = (
        f"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT={server.port}))(CONNECT_DATA=(SID=orcl)))"
    )
    connect(dsn=dsn).ping()


def test_a_descriptor_too_long_for_the_connect_packet_connects(
    server: Server, connect: Callable[..., oracledb.Connection]
) -> None:
    dsn = (
        f"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT={server.port}))"
        f"(CONNECT_DATA=(SERVICE_NAME=FREEPDB1)(CONNECTION_ID_PREFIX={'x' * 60})"
        f"(POOL_BOUNDARY=STATEMENT)(MODULE={'m' * 300})))"
    )
    connect(dsn=dsn).ping()


def test_an_unknown_service_is_refused(server: Server) -> None:
    with pytest.raises(oracledb.OperationalError, match="DPY-6001") as caught:
        oracledb.connect(user="scott", password=PASSWORD, dsn=f"127.0.0.1:{server.port}/NOWHERE")
    assert "ORA-12514" in str(caught.value)


def test_an_unknown_sid_is_refused(server: Server) -> None:
    params = oracledb.ConnectParams(host="127.0.0.1", port=server.port, sid="NOWHERE")
    with pytest.raises(oracledb.OperationalError, match="DPY-6003") as caught:
        oracledb.connect(user="scott", password=PASSWORD, params=params)
    assert "ORA-12505" in str(caught.value)


def test_a_pooled_server_is_refused_because_there_is_none(server: Server) -> None:
    with pytest.raises(oracledb.OperationalError, match="12520"):
        oracledb.connect(user="scott", password=PASSWORD, dsn=f"127.0.0.1:{server.port}/FREEPDB1:pooled")


@pytest.mark.parametrize(("user", "password"), [("scott", "wrong"), ("nobody", PASSWORD), ("nobody", "x")])
def test_a_wrong_password_and_an_unknown_user_look_alike(
    connect: Callable[..., oracledb.Connection], user: str, password: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as caught:
        connect(user=user, password=password)
    assert caught.value.args[0].code == 1017
    assert caught.value.args[0].message.startswith("ORA-01017: invalid username/password; logon denied")


@pytest.mark.parametrize("password", ["", "ü" * 30, "p" * 1000])
def test_passwords_of_any_kind_are_checked(
    connect: Callable[..., oracledb.Connection], password: str
) -> None:
    with pytest.raises(oracledb.DatabaseError):
        connect(password=password)


def test_a_quoted_user_name_keeps_its_case(connect: Callable[..., oracledb.Connection]) -> None:
    connect(user='"SCOTT"')
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(user='"scott"')


def test_a_user_without_create_session_is_told_so(connect: Callable[..., oracledb.Connection]) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01045: user LOCKEDOUT lacks"):
        connect(user="lockedout")


def test_administrative_modes_are_refused(connect: Callable[..., oracledb.Connection]) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-01031"):
        connect(mode=oracledb.AUTH_MODE_SYSDBA)


def test_a_new_password_and_a_proxy_user_are_refused_by_name(
    connect: Callable[..., oracledb.Connection],
) -> None:
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*changing a password"):
        connect(newpassword="another")
    with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*proxy users"):
        connect(user="scott[hr]")


@pytest.mark.usefixtures("connection")
def test_the_client_s_time_zone_reaches_the_session(database: Any) -> None:
    assert database.prepared[0].startswith("ALTER SESSION SET TIME_ZONE=")
    assert "\0" not in database.prepared[0]


def test_a_login_whose_alter_session_fails_is_refused_and_closes_its_session(
    database: Any, connect: Callable[..., oracledb.Connection]
) -> None:
    database.refused["TIME_ZONE"] = OracleError(1882)
    with pytest.raises(oracledb.DatabaseError, match="ORA-01882"):
        connect()
    assert database.sessions[0].closed.wait(5)


def test_23ai_logs_in_by_fast_authentication(
    database: Any, connect: Callable[..., oracledb.Connection]
) -> None:
    database.version = "23ai"
    assert connect().version.startswith("23.")
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        connect(password="wrong")


def test_what_is_no_oracle_client_is_hung_up_on(
    server: Server, connect: Callable[..., oracledb.Connection], caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stranger.recv(100) == b""
    assert "does not speak Oracle Net" in caplog.text
    connect().ping()


def test_random_bytes_never_take_the_server_down(
    server: Server, connect: Callable[..., oracledb.Connection]
) -> None:
    for size in (1, 7, 8, 60, 300):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as stranger:
            stranger.sendall(os.urandom(size))
    connect().ping()


def test_neither_passwords_nor_keys_are_logged(
    connect: Callable[..., oracledb.Connection], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    connect().ping()
    with pytest.raises(oracledb.DatabaseError):
        connect(password="Wrong#Secret")
    assert PASSWORD not in caplog.text
    assert "Wrong#Secret" not in caplog.text


def test_a_server_can_be_started_again_on_its_port(database: Any) -> None:
    with Server(database) as first:
        port = first.port
    with Server(database, port=port) as second:
        assert second.port == port
        oracledb.connect(user="scott", password=PASSWORD, dsn=f"127.0.0.1:{port}/ORCL").close()
