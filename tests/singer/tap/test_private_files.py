"""A tap's files are readable by their owner alone, and go."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dlt_oracle.singer.tap.private_files import PrivateFiles


@pytest.fixture(autouse=True)
def _own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_nobody_else_can_read_them() -> None:
    files = PrivateFiles()
    path = files.write("config.json", b"{}")
    modes = (files.directory.stat().st_mode & 0o777, path.stat().st_mode & 0o777)
    files.remove()
    assert modes == (0o700, 0o600)


def test_they_go_and_may_go_twice(tmp_path: Path) -> None:
    files = PrivateFiles()
    files.write("config.json", b"{}")
    files.remove()
    files.remove()
    assert list(tmp_path.iterdir()) == []


def test_they_go_with_whoever_forgets_them(tmp_path: Path) -> None:
    PrivateFiles().write("config.json", b"{}")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_at_the_next_start(tmp_path: Path) -> None:
    script = "import os; from dlt_oracle.singer.tap.private_files import PrivateFiles; "
    script += (
        "files = PrivateFiles(); files.write('config.json', b'{}'); print(files.directory, flush=True); "
    )
    script += "os.kill(os.getpid(), 9)"
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    killed = subprocess.run(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, check=False
    )
    left = Path(killed.stdout.decode().strip())
    in_use = PrivateFiles()
    for directory in (left, in_use.directory):
        os.utime(directory, (0, 0))
    new = PrivateFiles()
    assert sorted(tmp_path.iterdir()) == sorted([in_use.directory, new.directory])
    assert killed.returncode == -9
    assert left.name.startswith("dlt-oracle-singer-")
