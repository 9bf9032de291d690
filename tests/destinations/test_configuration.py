from pathlib import Path
from typing import Any

import pytest
from dlt.common.configuration import resolve_configuration
from dlt.common.configuration.exceptions import ConfigurationValueError
from dlt.common.schema import Schema

from dlt_oracle.destinations import oracle
from dlt_oracle.destinations.configuration import OracleClientConfiguration, OracleCredentials

SECTIONS = ("destination", "oracle")


def resolve(credentials: OracleCredentials) -> OracleCredentials:
    return resolve_configuration(credentials, sections=(*SECTIONS, "credentials"))


def test_a_url_gives_every_part() -> None:
    credentials = resolve(OracleCredentials("oracle://loader:p%40ss@db.example.com:1522/ORCLPDB1"))
    assert (credentials.username, credentials.password) == ("loader", "p@ss")
    assert credentials.address == "db.example.com:1522/ORCLPDB1"


def test_every_key_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "host": "h",
        "port": "1600",
        "sid": "ORCL",
        "username": "u",
        "password": "p",
        "connect_timeout": "3",
    }
    for key, value in values.items():
        monkeypatch.setenv(f"DESTINATION__ORACLE__CREDENTIALS__{key.upper()}", value)
    credentials = oracle().configuration(OracleClientConfiguration()._bind_dataset_name("raw")).credentials
    assert credentials.address == "h:1600/ORCL"
    assert (credentials.username, credentials.password, credentials.connect_timeout) == ("u", "p", 3.0)


def test_all_that_is_missing_is_said_at_once_with_the_key_to_set() -> None:
    with pytest.raises(ConfigurationValueError) as failure:
        resolve(OracleCredentials({"service_name": "x", "sid": "y"}))
    text = str(failure.value)
    for part in (
        "only one of service_name and sid",
        "host is missing",
        "username is missing",
        "password is missing",
    ):
        assert part in text
    assert "DESTINATION__ORACLE__CREDENTIALS__<KEY>" in text


@pytest.mark.parametrize(
    ("native", "directory"),
    [
        ("embedded", Path(".oracle").absolute()),
        ("oracle+embedded:///data/here", Path("data/here").absolute()),
        ("oracle+embedded:////data/here", Path("/data/here")),
    ],
)
def test_the_embedded_server_is_named_by_its_directory(native: str, directory: Path) -> None:
    credentials = resolve(OracleCredentials(native))
    assert credentials.embedded == str(directory)
    assert credentials.username == "LOADER"


@pytest.mark.parametrize(
    "credentials",
    [
        {"host": "h", "port": 1600, "sid": "ORCL"},
        {"dsn": "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=h)(PORT=2484)))", "call_timeout": 600.0},
        {"dsn": "orders", "config_dir": "/etc/tns", "expire_time": 0},
        {"host": "h", "service_name": "x", "connect_timeout": 5.0},
    ],
)
def test_credentials_travel_as_a_url(credentials: dict[str, Any]) -> None:
    given = resolve(OracleCredentials({"username": "u", "password": "p@/?", **credentials}))
    assert dict(resolve(OracleCredentials(given.to_native_representation()))) == dict(given)


def test_an_option_that_no_url_has_is_named() -> None:
    with pytest.raises(ConfigurationValueError, match=r"'walet'.* sid, dsn"):
        OracleCredentials("oracle://u:p@h/x?walet=w")


def test_a_dsn_with_a_password_is_refused_and_not_shown() -> None:
    credentials = OracleCredentials({"dsn": "scott/tiger@db:1521/x", "username": "u", "password": "p"})
    assert "tiger" not in f"{credentials} {credentials!r} {credentials.data_location()}"
    with pytest.raises(ConfigurationValueError, match="dsn holds a user and password") as refusal:
        resolve(credentials)
    assert "tiger" not in str(refusal.value)


def test_a_password_shows_in_no_text() -> None:
    credentials = resolve(OracleCredentials("oracle://loader:hunter2@h:1521/x"))
    config = OracleClientConfiguration(credentials=credentials)
    for text in (str(credentials), repr(credentials), str(config), repr(config), credentials.data_location()):
        assert "hunter2" not in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"dsn": "d", "host": "h", "service_name": "x"}, "leave out host and service_name"),
        ({"host": "h", "service_name": "x", "port": 70000}, "port is 70000"),
        ({"host": "h", "service_name": "x", "port": "abc"}, "'port' .* is 'abc', which is no number"),
        ("oracle://u:p@h/x?expire_time=soon", "'expire_time' .* is 'soon'"),
    ],
)
def test_what_cannot_be_is_said_with_its_key(given: Any, said: str) -> None:
    with pytest.raises(ConfigurationValueError, match=said) as refusal:
        resolve(OracleCredentials(given))
    assert "not complete" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["oracle+oracledb", "oracle+cx_oracle"])
def test_a_url_of_sqlalchemy_is_understood(scheme: str) -> None:
    credentials = resolve(OracleCredentials(f"{scheme}://u:p@h:1600/?service_name=X"))
    assert credentials.address == "h:1600/X"
    assert credentials.to_native_representation() == "oracle://u:p@h:1600/X"


@pytest.mark.parametrize(
    "text",
    ["postgresql://u:hunter2@h/x", "embeded", "u/hunter2@h:1521/x", "oracle://u:hunter2@h:port/x"],
)
def test_a_text_that_is_no_credentials_is_told_what_is_and_is_not_kept(text: str) -> None:
    with pytest.raises(ConfigurationValueError) as refusal:
        OracleCredentials(text)
    said = str(refusal.value)
    assert all(part in said for part in ("service_name", "embedded", "dsn"))
    kept: BaseException | None = refusal.value
    while kept is not None:
        assert "hunter2" not in f"{kept} {vars(kept)}"
        kept = kept.__cause__ or (None if kept.__suppress_context__ else kept.__context__)


def test_a_port_that_is_left_out_is_oracles_own() -> None:
    credentials = {"dsn": "h/x", "username": "u", "password": "p", "port": None}
    assert resolve(OracleCredentials(credentials)).port == 1521


@pytest.mark.parametrize(
    ("username", "owner"), [("loader", "LOADER"), ("proxy[client]", "CLIENT"), ('"Mixed"', "Mixed")]
)
def test_the_owner_is_the_user_as_the_dictionary_stores_it(username: str, owner: str) -> None:
    credentials = OracleCredentials({"username": username})
    assert OracleClientConfiguration(credentials=credentials).owner == owner


def test_an_owner_that_nobody_named_is_asked_for() -> None:
    with pytest.raises(ConfigurationValueError, match="set `schema`"):
        _ = OracleClientConfiguration(credentials=OracleCredentials()).owner


def test_a_table_is_named_by_owner_and_dataset_without_a_connection() -> None:
    config = OracleClientConfiguration(credentials=OracleCredentials("oracle://loader:p@h/x"))
    client = oracle().client(Schema("s"), config._bind_dataset_name("raw"))
    assert client.sql_client.make_qualified_table_name("items") == '"LOADER"."RAW___ITEMS"'
    assert client.sql_client.make_qualified_table_name_path(None, quote=False) == ["LOADER"]
    with client.with_staging_dataset():
        assert client.sql_client.make_qualified_table_name("items") == '"LOADER"."RAW_STAGING$ITEMS"'


@pytest.mark.parametrize(("version", "has_boolean"), [("19c", False), ("23ai", True)])
def test_capabilities_follow_the_declared_version_and_need_no_credentials(
    version: str,
    has_boolean: bool,  # noqa: FBT001 - a case's expectation
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESTINATION__ORACLE__SERVER_VERSION", version)
    assert oracle().capabilities().supports_native_boolean == has_boolean


def test_a_version_that_is_none_is_named_before_anything_runs() -> None:
    with pytest.raises(ConfigurationValueError, match=r"server_version.*12th"):
        oracle(server_version="12th").capabilities()
