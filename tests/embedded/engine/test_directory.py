from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from dlt_oracle.embedded.engine.directory import DataDirectory, DirectoryError, EndpointRecord

if TYPE_CHECKING:
    from pathlib import Path

RECORD = EndpointRecord("127.0.0.1", 1521, "FREEPDB1", "19c", 42, {"LOADER": "very secret"})


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "oracle")


def test_one_server_owns_a_directory(directory: DataDirectory) -> None:
    descriptor = directory.own()
    assert directory.is_owned()
    with pytest.raises(DirectoryError, match="running"):
        directory.own()
    os.close(descriptor)
    assert not directory.is_owned()


def test_a_server_is_unused_when_the_last_client_has_let_go(directory: DataDirectory) -> None:
    clients = [directory.use(), directory.use()]
    os.close(clients.pop())
    assert directory.close_to_clients() is None
    os.close(clients.pop())
    descriptor = directory.close_to_clients()
    assert descriptor is not None
    os.close(descriptor)


def test_the_endpoint_file_is_for_its_owner_only(directory: DataDirectory) -> None:
    directory.write_endpoint(RECORD)
    assert (directory.path / "endpoint.json").stat().st_mode & 0o777 == 0o600
    assert directory.read_endpoint() == RECORD


def test_a_directory_without_a_server_has_no_endpoint(directory: DataDirectory) -> None:
    assert directory.read_endpoint() is None


def test_passwords_are_in_no_repr() -> None:
    assert "very secret" not in repr(RECORD)
    assert "very secret" not in repr(RECORD.endpoint("LOADER"))


def test_an_endpoint_is_an_easy_connect_string() -> None:
    assert RECORD.endpoint("LOADER").dsn == "127.0.0.1:1521/FREEPDB1"


def test_a_damaged_endpoint_file_is_said_to_be_one(directory: DataDirectory) -> None:
    (directory.path / "endpoint.json").write_text("{")
    with pytest.raises(DirectoryError, match=r"endpoint\.json"):
        directory.read_endpoint()


def test_a_path_that_is_a_file_is_no_data_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DirectoryError, match="cannot be used"):
        DataDirectory(tmp_path / "file")
