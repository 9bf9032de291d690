"""The main job as a new user runs it, and the commands that it prints to go on."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import oracledb
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=100
    )
    return done.stdout


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quickstart") / "oracle"


@pytest.fixture(scope="module")
def output(directory: Path) -> str:
    return run("pipelines/quickstart.py", "--directory", str(directory))


def table(output: str, title: str) -> list[list[str]]:
    """Return the rows that stand under a title."""
    lines = output.partition(f"== {title}")[2].partition("\n\n")[0].splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in lines[3:]]


def test_both_runs_load_everything_once(output: str) -> None:
    assert table(output, "Rows") == [
        ["cities", "1183"],
        ["their names", "42326"],
        ["earthquakes", "1707"],
        ["reporting networks", "1803"],
    ]
    assert table(output, "Each earthquake is there once") == [["1707", "1707"]]


def test_the_second_run_brought_the_new_columns(output: str) -> None:
    reported = [int(row[-1]) for row in table(output, "Earthquakes a day")]
    assert sum(reported[:3]) == 0
    assert sum(reported[3:]) > 0


@pytest.mark.stress
def test_running_it_again_doubles_nothing(directory: Path, output: str) -> None:
    again = run("pipelines/quickstart.py", "--directory", str(directory))
    assert table(again, "Rows") == table(output, "Rows")


def command(output: str, part: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if part in line and line.startswith("    ")]
    return shlex.split(line)


def test_the_query_command_that_it_prints_works(output: str) -> None:
    arguments = command(output, "query.py")
    done = subprocess.run(arguments, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=60)
    assert int(done.stdout) > 20_000_000


@pytest.mark.parametrize(
    ("directory_and_query", "said"),
    [
        ((".", "SELECT nix FROM quickstart___cities"), 'ORA-00904: "NIX"'),
        (("slip", "SELECT 1"), "slip has no data"),
    ],
)
def test_a_query_that_is_wrong_is_one_sentence_and_makes_nothing(
    output: str, directory: Path, directory_and_query: tuple[str, str], said: str
) -> None:
    slip, query = directory_and_query
    arguments = [*command(output, "query.py")[:2], str(directory / slip), query]
    done = subprocess.run(arguments, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (directory / "slip").exists()


@pytest.fixture
def served(output: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(output, "serve"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:
        yield process
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_serve_command_that_it_prints_lets_any_client_in(
    served: subprocess.Popen[str], directory: Path
) -> None:
    assert served.stdout is not None
    said = ""
    while "FREEPDB1" not in said:
        said += served.stdout.readline()
    address = re.search(r"127\.0\.0\.1:\d+/FREEPDB1", said)
    assert address
    from dlt_oracle.embedded import launcher

    endpoint = launcher.attach(directory)
    assert endpoint.dsn == address[0]
    with (
        oracledb.connect(user=endpoint.username, password=endpoint.password, dsn=endpoint.dsn) as connection,
        connection.cursor() as cursor,
    ):
        assert cursor.execute("SELECT COUNT(*) FROM quickstart___cities").fetchall() == [(1183,)]
    launcher.detach(directory)


def test_the_dashboard_command_that_it_prints_serves_a_page(output: str, unused_port: int) -> None:
    arguments = [*command(output, "dashboard.py"), str(unused_port)]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            assert status(f"http://127.0.0.1:{unused_port}") == 200
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def status(url: str) -> int:
    """Return the HTTP status of a page, once somebody answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
        time.sleep(0.3)
    return 0
