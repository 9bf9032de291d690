"""Where a tap's configuration comes from, and where its changes go."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import dlt
import pytest

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.tap.command import SingerCommand
from dlt_oracle.singer.tap.config_file import TapConfig

if TYPE_CHECKING:
    from pathlib import Path

TAP = SingerCommand(("tap-shop",), "tap-shop")


def rewritten(tmp_path: Path, **values: Any) -> Path:
    path = tmp_path / "rewritten.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


@pytest.mark.parametrize("section", ["tap_shop", "tap-shop"])
def test_without_one_it_comes_from_dlt(section: str) -> None:
    dlt.secrets[f"sources.singer.{section}.config"] = {"token": "t"}
    try:
        assert TapConfig.of(None, TAP).values == {"token": "t"}
    finally:
        dlt.secrets[f"sources.singer.{section}.config"] = None


def test_it_can_come_from_one_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__SINGER__TAP_SHOP__CONFIG", '{"port": 5432}')
    assert TapConfig.of(None, TAP).values == {"port": 5432}


def test_dates_of_toml_are_written_as_taps_read_them() -> None:
    start = datetime(2024, 1, 1, tzinfo=timezone.utc)
    assert TapConfig({"start_date": start}).as_json() == b'{"start_date": "2024-01-01T00:00:00+00:00"}'


def test_a_tap_may_have_none() -> None:
    assert TapConfig.of(None, TAP).values == {}


def test_a_path_is_a_json_file(tmp_path: Path) -> None:
    assert TapConfig.of(rewritten(tmp_path, a=1), TAP).values == {"a": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), ('{"password": "hunter22"', "is no JSON$"), ("[]", "is no JSON object")],
)
def test_a_file_that_cannot_be_used_says_so_without_its_content(
    tmp_path: Path, content: str | None, message: str
) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SingerConfigurationError, match=message) as caught:
        TapConfig.of(path, TAP)
    assert "hunter22" not in str(caught.value)


def test_its_values_are_not_in_its_repr() -> None:
    assert repr(TapConfig({"password": "hunter22", "host": "db"})) == "TapConfig(host, password)"


def test_changes_go_back_into_the_file_and_leave_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"refresh_token": "old", "edited": 1}', encoding="utf-8")
    path.chmod(0o640)
    config = TapConfig.of(path, TAP)
    path.write_text('{"refresh_token": "old", "edited": 2}', encoding="utf-8")  # by somebody, meanwhile
    assert config.take_back(rewritten(tmp_path, refresh_token="new", edited=1)) == {"refresh_token": "new"}
    assert json.loads(path.read_bytes()) == {"refresh_token": "new", "edited": 2}
    assert len(list(tmp_path.iterdir())) == 2
    assert path.stat().st_mode & 0o777 == 0o640


def test_changes_of_values_go_to_whoever_asked_for_them(tmp_path: Path) -> None:
    changes: list[Any] = []
    config = TapConfig({"token": "old", "host": "db"}, on_change=changes.append)
    config.take_back(rewritten(tmp_path, token="new", host="db"))
    assert (changes, config.values) == ([{"token": "new"}], {"token": "new", "host": "db"})


def test_changes_that_nobody_keeps_are_a_warning_that_names_the_keys(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    TapConfig({"token": "old"}).take_back(rewritten(tmp_path, token="new-secret"))
    assert "(token) and the new values are lost" in caplog.text
    assert "new-secret" not in caplog.text


def test_a_file_that_cannot_be_updated_is_a_warning_that_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"token": "old"}', encoding="utf-8")
    config = TapConfig.of(path, TAP)
    path.unlink()
    config.take_back(rewritten(tmp_path, token="new-secret"))
    assert "(token) and the new values are lost" in caplog.text
    assert "No such file" in caplog.text


def test_an_unchanged_file_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert TapConfig({"a": 1, "b": 2}).take_back(rewritten(tmp_path, b=2)) == {}
    assert caplog.text == ""


def test_a_file_that_was_cut_while_it_was_written_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rewritten.json"
    path.write_text('{"tok', encoding="utf-8")
    assert TapConfig({"a": 1}).take_back(path) == {}
    assert "cannot be read" in caplog.text
