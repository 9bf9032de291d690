"""The command as a process, loading into the database under test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

COMMAND = Path(__file__).with_name("command.py")
SECONDS = 100


class Running:
    """A running target."""

    def __init__(self, arguments: list[str], directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, COMMAND, *arguments],
            env=os.environ | {"TMPDIR": str(directory)},  # where a killed one leaves its packages
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, lines: Iterable[bytes]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(lines))
        self.process.stdin.flush()

    def end(self) -> tuple[int, list[Any], str]:
        """Close stdin and wait; return the exit code, the STATEs not read yet, and stderr."""
        out, log = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], log.decode()

    def state(self) -> Any:
        """Wait for the next STATE."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read().decode()
        return json.loads(line)


@pytest.fixture
def user(target: Any) -> Iterator[Any]:
    """A fresh user who owns nothing yet."""
    with target.new_user() as fresh:
        yield fresh


@pytest.fixture
def rows(user: Any) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Ask a query through the plain driver."""
    with oracledb.connect(user=user.name, password=user.password, dsn=user.dsn) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            with connection.cursor() as cursor:
                return cursor.execute(query, fetch_lobs=False).fetchall()

        yield ask


@pytest.fixture
def start(user: Any, tmp_path: Path, recorder: Any) -> Iterator[Callable[..., Running]]:
    """Start the command with the user's connection and other settings; whatever runs at the end is killed.

    ``kill_at``: the statement, from 1, at which it is killed.
    """
    started: list[Running] = []
    statements = tmp_path / "statements.jsonl"

    def start_target(*arguments: str, kill_at: int = 0, **settings: Any) -> Running:
        config = tmp_path / f"config{len(started)}.json"
        content = user.credentials | {"default_target_schema": "raw"} | settings
        config.write_text(json.dumps(content), encoding="utf-8")
        started.append(
            Running([str(statements), str(kill_at), "--config", str(config), *arguments], tmp_path)
        )
        return started[-1]

    yield start_target
    for running in started:
        running.process.kill()
        running.process.communicate()
    if statements.exists():
        for line in statements.read_text(encoding="utf-8").splitlines():
            recorder.client(json.loads(line))
