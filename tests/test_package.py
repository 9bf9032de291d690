"""The wheel as people get it: built, installed into an environment of its own, asked in a cold interpreter.

That environment sees the dependencies of this one through a .pth file, behind its own packages: what is
tested is the wheel, not the download of what it depends on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DESTINATION_TYPE = "dlt_oracle.destinations.oracle"
_SECONDS = 100


@dataclass(frozen=True)
class Installed:
    """The built archives, and an interpreter that has the wheel installed."""

    wheel: Path
    sdist: Path
    python: Path
    folder: Path

    def run(self, *lines: str) -> str:
        """Run lines of Python in a fresh interpreter, outside of the checkout; give what it prints."""
        return subprocess.run(
            [self.python, "-c", "\n".join(lines)],
            cwd=self.folder,
            env={"PATH": "", "HOME": str(self.folder), "RUNTIME__DLTHUB_TELEMETRY": "false"},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        ).stdout.strip()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("package")
    built = folder / "dist"
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", built, ROOT],
        capture_output=True,
        timeout=_SECONDS,
        check=True,
    )
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    (site_packages,) = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:  # all there is to installing a wheel of plain Python
        archive.extractall(site_packages)
    # `site` reads no .pth files in a folder that a .pth file adds: the editable install here stays unseen.
    dependencies = [path for path in sys.path if path.endswith("site-packages")]
    (site_packages / "dependencies.pth").write_text("\n".join(dependencies))
    return Installed(wheel, sdist, python, folder)


def test_the_installed_package_is_the_wheels(installed: Installed) -> None:
    where = Path(installed.run("import dlt_oracle", "print(dlt_oracle.__file__)"))
    assert where.is_relative_to(installed.folder)


def test_the_wheel_holds_the_package_and_says_that_it_is_typed(installed: Installed) -> None:
    names = set(zipfile.ZipFile(installed.wheel).namelist())
    assert "dlt_oracle/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"dlt_oracle", "dlt_oracle-0.1.0.dist-info"}


def test_the_wheel_holds_every_file_of_the_package(installed: Installed) -> None:
    here = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "dlt_oracle").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - set(zipfile.ZipFile(installed.wheel).namelist()) == set()


def test_the_wheel_declares_the_plugin_and_carries_the_licence(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        infos = [name for name in archive.namelist() if ".dist-info/" in name]
        read = {Path(name).name: archive.read(name).decode() for name in infos}
    assert "[dlt]\ndlt_oracle = dlt_oracle" in read["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in read["METADATA"]
    assert "Apache License" in read["LICENSE"]


def test_the_source_archive_holds_what_it_is_built_from(installed: Installed) -> None:
    with tarfile.open(installed.sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"pyproject.toml", "README.md", "LICENSE", "dlt_oracle/py.typed", "tests/test_package.py"} <= names
    assert [name for name in names if "node_modules" in name or name.endswith("secrets.toml")] == []


def test_importing_the_package_brings_in_no_driver_and_no_server(installed: Installed) -> None:
    loaded = json.loads(
        installed.run("import sys, json", "import dlt_oracle", "print(json.dumps(sorted(sys.modules)))")
    )
    heavy = ("oracledb", "pyarrow", "sqlglot", "psycopg", "dlt", "dlt_oracle.embedded")
    assert [name for name in heavy if name in loaded] == []


def test_importing_dlt_with_its_plugins_brings_in_no_driver(installed: Installed) -> None:
    """The entry point is imported in every dlt process of an environment."""
    loaded = json.loads(
        installed.run(
            "import sys, json, dlt",
            "from dlt.common.configuration import plugins",
            "from dlt.common.configuration.container import Container",
            "Container()[plugins.PluginContext]",
            "print(json.dumps(sorted(sys.modules)))",
        )
    )
    assert "dlt_oracle" in loaded
    assert [name for name in ("oracledb", "psycopg", "dlt_oracle.embedded") if name in loaded] == []


@pytest.mark.parametrize("reference", ["oracle", DESTINATION_TYPE])
def test_the_destination_is_found_by_name_and_stored_type(reference: str, installed: Installed) -> None:
    found = installed.run(
        "from dlt.common.destination import Destination",
        f"found = Destination.from_reference({reference!r})",
        "print(found.destination_type, found.destination_name)",
    )
    assert found == f"{DESTINATION_TYPE} oracle"


def test_a_pipeline_takes_the_destination_by_name_alone(installed: Installed) -> None:
    found = installed.run(
        "import dlt",
        "pipeline = dlt.pipeline('orders', destination='oracle', pipelines_dir='pipelines')",
        "print(pipeline.destination.destination_type)",
    )
    assert found == DESTINATION_TYPE


def test_the_class_is_importable_and_knows_its_path(installed: Installed) -> None:
    found = installed.run(
        "from dlt_oracle import oracle",
        "from dlt_oracle.destinations import oracle as same",
        "print(same is oracle, f'{oracle.__module__}.{oracle.__qualname__}')",
    )
    assert found == f"True {DESTINATION_TYPE}"
