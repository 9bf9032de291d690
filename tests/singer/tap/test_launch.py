"""A tap gets files that nobody else can read, and nothing secret as an argument."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.tap.config_file import TapConfig
from dlt_oracle.singer.tap.launch import Tap

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.singer.tap.run import TapRun

HOSTILE = Path(__file__).parents[1] / "hostile_tap.py"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private files are made."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


def read(run: TapRun) -> list[Any]:
    return [json.loads(line) for line in b"".join(run.chunks()).splitlines()]


def test_secrets_go_as_private_files_that_are_gone_afterwards(
    tap: Callable[..., Tap], temporary: Path
) -> None:
    run = tap("tells_how_it_was_started", password="hunter22").run(files={"--state": b'{"token": "t0k3n"}'})
    told = json.loads(read(run)[1]["record"]["name"])
    run.finish()
    assert "hunter22" not in str(told["argv"]) + str(told["environment"])
    assert {name: (file["mode"], json.loads(file["text"])) for name, file in told["files"].items()} == {
        "--config": ("0o600", {"does": "tells_how_it_was_started", "password": "hunter22"}),
        "--state": ("0o600", {"token": "t0k3n"}),
    }
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("does", ["fails", "never_ends"])
def test_files_are_gone_however_it_ends(tap: Callable[..., Tap], temporary: Path, does: str) -> None:
    run = tap(does).run()
    next(run.chunks())
    run.stop()
    assert list(temporary.iterdir()) == []


def test_files_of_a_run_that_never_started_are_gone(tap: Callable[..., Tap], temporary: Path) -> None:
    tap().run().stop()
    assert list(temporary.iterdir()) == []


def test_a_container_can_mount_the_files(tap: Callable[..., Tap]) -> None:
    """Here the container is a shell that says what it was asked to mount, and runs what comes after."""
    shell = ("/bin/sh", "-c", 'echo "{\\"mounted\\": \\"$0\\"}"; shift; exec "$@"', "{files}:{files}", "-")
    run = tap("tells_how_it_was_started", argv=(*shell, sys.executable, str(HOSTILE))).run()
    mounted, _, record = read(run)
    run.finish()
    told = json.loads(record["record"]["name"])
    directory = str(Path(told["argv"][2]).parent)
    assert mounted["mounted"] == f"{directory}:{directory}"


def test_rotated_tokens_are_kept_even_when_the_tap_fails_and_not_shown(
    tap: Callable[..., Tap], tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"does": "changes_its_configuration_and_fails", "edited": true}', encoding="utf-8")
    hostile = tap()
    run = Tap(hostile.command, TapConfig.of(path, hostile.command)).run()
    read(run)
    with pytest.raises(TapFailed, match=r"ERROR refused: \*\*\*"):
        run.finish()
    assert json.loads(path.read_bytes()) == {
        "does": "changes_its_configuration_and_fails",
        "edited": True,
        "refresh_token": "new-token-1",
        "expires": 3600,
    }


def test_a_tap_shows_no_secret(tap: Callable[..., Tap]) -> None:
    assert "hunter22" not in repr(tap(password="hunter22"))
