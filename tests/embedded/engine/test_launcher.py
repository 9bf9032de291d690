from __future__ import annotations

import importlib.util
import io
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import oracledb
import pytest

from dlt_oracle.embedded import launcher
from dlt_oracle.embedded.__main__ import main
from dlt_oracle.embedded.engine.directory import DataDirectory
from dlt_oracle.embedded.launcher import LaunchError, attach, detach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CLIENT = """
import sys, time
from dlt_oracle.embedded.launcher import attach
print(attach(sys.argv[1]).port, flush=True)
time.sleep(60)
"""


@pytest.fixture
def data_dir(directory: Path) -> Iterator[Path]:
    path = directory / "oracle"
    yield path
    detach(path)
    used = DataDirectory(path)
    record = used.read_endpoint()
    if record is not None and used.is_owned():
        os.kill(record.pid, signal.SIGTERM)
    assert used.wait_until_free(30)


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dlt_oracle.embedded", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_first_client_starts_a_server_and_the_next_attaches(data_dir: Path) -> None:
    progress = io.StringIO()
    first = attach(data_dir, progress=progress)
    assert progress.getvalue().startswith("starting the embedded Oracle stand-in for the first time in ")
    second = attach(data_dir, progress=progress)
    assert first == second
    assert progress.getvalue().count("\n") == 1
    with oracledb.connect(user=first.username, password=first.password, dsn=first.dsn) as connection:
        assert connection.version.startswith("19.")


def test_data_and_passwords_stay_from_run_to_run(data_dir: Path) -> None:
    first = attach(data_dir, progress=io.StringIO())
    with oracledb.connect(user=first.username, password=first.password, dsn=first.dsn) as connection:
        connection.cursor().execute("CREATE TABLE kept (a NUMBER)")
    detach(data_dir)
    assert DataDirectory(data_dir).wait_until_free(30)
    again = attach(data_dir, progress=io.StringIO())
    assert again.password == first.password
    with oracledb.connect(user=again.username, password=again.password, dsn=again.dsn) as connection:
        assert connection.cursor().execute("SELECT COUNT(*) FROM kept").fetchone() == (0,)


def test_the_server_outlives_one_of_two_clients_and_not_both(data_dir: Path) -> None:
    client = subprocess.Popen(
        [sys.executable, "-c", _CLIENT, str(data_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert client.stdout is not None
    port = int(client.stdout.readline())
    assert attach(data_dir).port == port
    client.kill()
    client.wait(10)
    client.stdout.close()
    time.sleep(2.5)
    assert DataDirectory(data_dir).is_owned()
    detach(data_dir)
    assert DataDirectory(data_dir).wait_until_free(30)


def test_a_killed_server_is_started_anew(data_dir: Path) -> None:
    first = attach(data_dir, progress=io.StringIO())
    record = DataDirectory(data_dir).read_endpoint()
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    assert DataDirectory(data_dir).wait_until_free(10)
    again = attach(data_dir, progress=io.StringIO())
    assert again.password == first.password
    oracledb.connect(user=again.username, password=again.password, dsn=again.dsn).close()


def test_people_ask_for_the_status_and_stop_it(data_dir: Path) -> None:
    assert _command("status", str(data_dir)).returncode == 1
    endpoint = attach(data_dir, progress=io.StringIO())
    status = _command("status", str(data_dir))
    assert endpoint.dsn in status.stdout
    assert endpoint.password not in status.stdout
    assert _command("stop", str(data_dir)).stdout == "stopped\n"
    assert not DataDirectory(data_dir).is_owned()


def test_people_serve_a_directory_until_they_interrupt_it(data_dir: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "dlt_oracle.embedded", "serve", str(data_dir), "--version", "23ai"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    assert "23ai" in server.stdout.readline()
    endpoint = attach(data_dir)
    with oracledb.connect(user=endpoint.username, password=endpoint.password, dsn=endpoint.dsn) as connection:
        assert connection.version.startswith("23.")
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0
    server.stdout.close()


def test_a_second_server_for_a_directory_is_refused(data_dir: Path) -> None:
    attach(data_dir, progress=io.StringIO())
    refused = _command("serve", str(data_dir))
    assert refused.returncode == 1
    assert "is running" in refused.stderr


def test_a_directory_without_a_server_is_not_made_by_a_slip(tmp_path: Path) -> None:
    for command in ("status", "stop"):
        asked = _command(command, str(tmp_path / "orcale"))
        assert (asked.returncode, asked.stderr) == (
            1,
            f"error: {tmp_path / 'orcale'} is no directory of an embedded server\n",
        )
    assert list(tmp_path.iterdir()) == []


def test_git_ignores_the_data(tmp_path: Path) -> None:
    DataDirectory(tmp_path)
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_serving_without_the_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "psycopg" else name)
    assert main(["serve", str(tmp_path)]) == 1
    assert "needs psycopg: pip install 'dlt-oracle[embedded]'" in capsys.readouterr().err


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(LaunchError, match=r"pip install 'dlt-oracle\[embedded\]'"):
        attach(tmp_path)


def test_a_path_that_cannot_be_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LaunchError, match="file"):
        attach(tmp_path / "file")


def test_an_unknown_user_is_named(data_dir: Path) -> None:
    with pytest.raises(LaunchError, match="NOBODY"):
        attach(data_dir, username="NOBODY", progress=io.StringIO())


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    DataDirectory(data_dir)
    (data_dir / "pg").write_text("in the way")
    with pytest.raises(LaunchError, match="did not start"):
        attach(data_dir, progress=io.StringIO())


def test_the_launcher_is_light() -> None:
    code = (
        "import sys, dlt_oracle.embedded.launcher;"
        " print([name for name in ('psycopg', 'oracledb') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
    assert launcher.DEMO_USER == "LOADER"
