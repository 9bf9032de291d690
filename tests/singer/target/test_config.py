"""Settings by any of their names, from files and the environment; all problems in one message."""

from __future__ import annotations

import importlib.util
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.singer.target import command, config
from dlt_oracle.singer.target.config import ConfigurationError, PackageLimits, TargetConfig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "hush-123"
CONNECTION = {"host": "db", "service_name": "PDB1", "username": "loader", "password": SECRET}
CREDENTIALS = CONNECTION | {"port": 1521, "connect_timeout": 20.0}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., TargetConfig]:
    """Read settings as files, and others as the environment."""

    def read_settings(*files: dict[str, Any], **environ: str) -> TargetConfig:
        paths = []
        for number, content in enumerate(files):
            path = tmp_path / f"{number}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            paths.append(str(path))
        return config.read([*paths, *(["ENV"] if environ else [])], environ)

    return read_settings


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"pip install 'dlt-oracle\[singer\]'"):
        # Not by main, which takes stdout away from the whole process.
        command._require_extra()


def test_a_connection_is_all_that_is_needed(read: Callable[..., TargetConfig]) -> None:
    found = read(CONNECTION)
    assert found.destination["credentials"] == CREDENTIALS
    assert found.destination["dataset_layout"] == "prefix"
    assert (found.dataset_name, found.pipeline_name) == ("singer", "target_oracle")
    assert found.limits == PackageLimits(rows=250_000, bytes=128 << 20, seconds=60.0)
    assert found.options.open_ended
    assert found.options.write_disposition == "auto"


@pytest.mark.parametrize(
    "names",
    [
        {"oracle_host": "db", "oracle_service": "PDB1", "oracle_user": "loader", "oracle_password": SECRET},
        {"host": "db", "service": "PDB1", "user": "loader", "password": SECRET, "port": "1521"},
        {"sqlalchemy_url": f"oracle+cx_oracle://loader:{SECRET}@db:1521/?service_name=PDB1"},
        {"sqlalchemy_url": "oracle://loader:other@db/ORCL", "service": "PDB1", "password": SECRET},
    ],
    ids=["the seed's", "short", "url", "a single setting wins over the url"],
)
def test_other_targets_names_mean_the_same(names: dict[str, Any], read: Callable[..., TargetConfig]) -> None:
    assert read(names).destination["credentials"] == CREDENTIALS


def test_database_is_a_sid_as_in_sqlalchemy(read: Callable[..., TargetConfig]) -> None:
    parts = {"host": "db", "username": "loader", "password": SECRET}
    by_url = read({"sqlalchemy_url": f"oracle+oracledb://loader:{SECRET}@db:1521/ORCL"})
    assert read(parts | {"database": "ORCL"}).destination == by_url.destination
    assert by_url.destination["credentials"]["sid"] == "ORCL"


def test_a_url_without_port_and_path_is_an_alias(read: Callable[..., TargetConfig]) -> None:
    found = read({"sqlalchemy_url": f"oracle://loader:{SECRET}@sales", "tns_admin": "net"})
    credentials = found.destination["credentials"]
    assert (credentials["dsn"], credentials["config_dir"]) == ("sales", "net")


def test_a_proxy_user_connects_for_the_user(read: Callable[..., TargetConfig]) -> None:
    found = read(CONNECTION | {"proxy_user": "gate"})
    assert found.destination["credentials"]["username"] == "gate[loader]"


def test_the_password_may_be_in_a_file(read: Callable[..., TargetConfig], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    found = read(CONNECTION | {"password": None, "password_file": str(tmp_path / "secret")})
    assert found.destination["credentials"]["password"] == SECRET


def test_later_files_win_and_the_environment_wins_over_files(read: Callable[..., TargetConfig]) -> None:
    found = read(
        CONNECTION | {"default_target_schema": "one", "batch_size": 1},
        {"target_schema": "two", "batch_size_rows": 2},
        TARGET_ORACLE_BATCH_SIZE_ROWS="3",
        TARGET_ORACLE_HARD_DELETE="true",
    )
    assert (found.dataset_name, found.limits.rows, found.options.hard_delete) == ("two", 3, True)


def test_the_environment_is_not_read_unasked(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONNECTION), encoding="utf-8")
    found = config.read([str(tmp_path / "config.json")], {"TARGET_ORACLE_HOST": "other"})
    assert found.destination["credentials"]["host"] == "db"


@pytest.mark.parametrize(
    ("method", "disposition"),
    [
        ("upsert", "auto"),
        ("append-only", "append"),
        ("overwrite", "replace"),
        ("INSERT", "append"),
        ("MERGE", "auto"),
        ("BULK_INSERT", "append"),
        ("BULK_MERGE", "auto"),
    ],
)
def test_load_methods_of_the_sdk_and_the_seed(
    method: str, disposition: str, read: Callable[..., TargetConfig]
) -> None:
    assert read(CONNECTION | {"load_method": method}).options.write_disposition == disposition


@pytest.mark.parametrize(
    ("settings", "versions"),
    [
        ({}, "mark"),
        ({"hard_delete": True}, "delete"),
        ({"process_activate_version_messages": False, "hard_delete": True}, "ignore"),
    ],
)
def test_what_becomes_of_earlier_versions(
    settings: dict[str, Any], versions: str, read: Callable[..., TargetConfig]
) -> None:
    assert read(CONNECTION | settings).options.versions == versions


def test_all_problems_are_one_message_without_the_secret(read: Callable[..., TargetConfig]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(
            {
                "password": SECRET,
                "sqlalchemy_url": f"mysql://u:{SECRET}@db",
                "port": "many",
                "batch_size_rows": 0,
                "connect_timeout": "nan",
                "load_method": "magic",
                "hard_delete": "perhaps",
                "stream_maps": {"users": {"id": "1"}},
                "flattening_enabled": True,
                "service": "A",
                "oracle_service": "B",
                "server_version": "11g",
                "pipeline_name": "a b/c",
            }
        )
    text = str(raised.value)
    for part in (
        "11 problems",
        "service and oracle_service in ",
        "stream_maps is not supported: put a mapper",
        "flattening_enabled is not supported",
        "port (TARGET_ORACLE_PORT) is 'many', which is no integer",
        "connect_timeout (TARGET_ORACLE_CONNECT_TIMEOUT) is 'nan', which is no number",
        "batch_size_rows (TARGET_ORACLE_BATCH_SIZE_ROWS) is 0: the least is 1",
        "load_method (TARGET_ORACLE_LOAD_METHOD) is 'magic': it is one of upsert, append-only, overwrite",
        "hard_delete (TARGET_ORACLE_HARD_DELETE) is 'perhaps', which is no boolean",
        "sqlalchemy_url does not begin with oracle://",
        "server_version (TARGET_ORACLE_SERVER_VERSION) is no release that can be loaded: write 12.2, 18c",
        "pipeline_name (TARGET_ORACLE_PIPELINE_NAME) is no name of a pipeline",
    ):
        assert part in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"sqlalchemy_url": "mysql://u@db"}, "sqlalchemy_url does not begin with oracle://"),
        ({"embedded": True}, "embedded (TARGET_ORACLE_EMBEDDED) is True, which is no string"),
        (CONNECTION | {"password": [SECRET]}, "password (TARGET_ORACLE_PASSWORD) is set, which is no string"),
        (CONNECTION | {"password": None, "password_file": "/none"}, "password_file /none cannot be read"),
        (CONNECTION | {"host": None}, "host is missing (TARGET_ORACLE_HOST in the environment)"),
        (CONNECTION | {"service": None, "service_name": None}, "one of service_name, sid or dsn is missing"),
        (CONNECTION | {"port": 65536}, "port (TARGET_ORACLE_PORT) is 65536: the most is 65535"),
        (CONNECTION | {"sid": "ORCL"}, "only one of service_name and sid can be used"),
        (CONNECTION | {"service_name": None, "dsn": "db/x"}, "dsn says all of where the database is"),
        ({"username": "l", "password": SECRET, "dsn": f"l/{SECRET}@db"}, "holds a user and password"),
        (CONNECTION | {"embedded": "."}, "only one of embedded and host and service_name can be used"),
        ({"sqlalchemy_url": "oracle://sales", "embedded": "."}, "only one of embedded and sqlalchemy_url"),
        ({}, "nothing says where the database is"),
    ],
)
def test_one_thing_that_is_wrong_with_the_connection_is_one_problem(
    settings: dict[str, Any], problem: str, read: Callable[..., TargetConfig]
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(settings)
    assert len(raised.value.problems) == 1
    assert problem in raised.value.problems[0]
    assert SECRET not in str(raised.value)


def test_whoever_configures_nothing_is_told_how(read: Callable[..., TargetConfig]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read()
    text = str(raised.value)
    assert [word for word in ("--config FILE", "--config ENV", "embedded") if word not in text] == []


@pytest.mark.parametrize("version", ["12.2", "18c", "19C", "19.3.0.0.0", "23ai", "26ai"])
def test_a_release_is_written_as_oracle_does(version: str, read: Callable[..., TargetConfig]) -> None:
    assert read(CONNECTION | {"server_version": version}).destination["server_version"] == version


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "is no JSON (line 1)"),
        (b"[]", "holds no JSON object"),
        (b'{"password": "\xff"}', "is no JSON"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_no_configuration_is_named(
    content: bytes | None, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        config.read([str(path)], {})
    assert len(raised.value.problems) == 1
    assert f"--config {path} {problem}" in raised.value.problems[0]


def test_foreign_settings_that_ask_for_nothing_are_accepted(read: Callable[..., TargetConfig]) -> None:
    read(
        CONNECTION
        | {"stream_maps": {}, "flattening_enabled": False, "table_prefix": "", "validate_records": True}
        | {"driver_name": "oracle+oracledb", "flattening_max_depth": 3, "batch_config": None}
    )


def test_an_unknown_setting_is_warned_about_with_the_nearest_name(
    read: Callable[..., TargetConfig], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="target_oracle"):
        read(CONNECTION | {"batch_sise_rows": 5})
    assert caplog.messages == ["The setting batch_sise_rows is unknown: is batch_size_rows meant?"]


def test_an_unknown_variable_is_warned_about_by_its_name_alone(
    read: Callable[..., TargetConfig], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="target_oracle"):
        read(CONNECTION, TARGET_ORACLE_PASWORD=SECRET, TARGET_ORACLE_QQQ="1", TARGET_ORACLE__DIALECT="x")
    assert caplog.messages == [
        "The variable TARGET_ORACLE_PASWORD is unknown: is TARGET_ORACLE_PASSWORD meant?",
        "The variable TARGET_ORACLE_QQQ is unknown.",
    ]


def test_the_configuration_shows_no_password(read: Callable[..., TargetConfig]) -> None:
    assert SECRET not in repr(read(CONNECTION))
