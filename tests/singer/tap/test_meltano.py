"""Extractors of a Meltano project.

``meltano/configs.json`` is what Meltano 4.4.1 makes of the project beside it
(``meltano invoke --dump=config``).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from singer.hostile_tap import CATALOG

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.meltano import read_extractor

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = Path(__file__).with_name("meltano")
CONFIGS = json.loads((PROJECT / "configs.json").read_text(encoding="utf-8"))
DOTENV = """
# a comment
export SHOP_KEY="k3y from dotenv"
TAP_SHOP_TABLES=["a", "b"]  # kind: array
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a project whose tap is a program that is there."""
    root = tmp_path / "project"
    shutil.copytree(PROJECT, root)
    (root / ".env").write_text(DOTENV, encoding="utf-8")
    program(root / "tap-shop")
    monkeypatch.delenv("MELTANO_ENVIRONMENT", raising=False)
    return root / "meltano.yml"


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("case", CONFIGS)
def test_the_configuration_is_the_one_that_meltano_makes(project: Path, case: str) -> None:
    environment, name = case.split()
    assert read_extractor(project, name, environment).config == CONFIGS[case]


def test_the_environment_is_the_named_one_then_that_of_the_variable_then_the_default(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def port() -> Any:
        return read_extractor(project, "tap-shop").config["port"]

    default = port()
    monkeypatch.setenv("MELTANO_ENVIRONMENT", "prod")
    assert (default, port(), read_extractor(project, "tap-shop", "dev").config["port"]) == (5432, 1, 5432)


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("TAP_SHOP_PORT", "99", "port", 99),
        ("TAP_SHOP_HOST", "0123", "host", "0123"),
        ("TAP_SHOP_DRY", "true", "dry", True),
        ("TAP_SHOP__ORDERS_PORT", "7", "port", 7),
    ],
)
def test_a_variable_of_the_environment_comes_before_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, key: str, value: Any
) -> None:
    monkeypatch.setenv(variable, text)
    assert read_extractor(project, "tap-shop--orders").config[key] == value


def test_a_variable_that_is_not_set_is_a_warning(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    read_extractor(project, "tap-shop")
    assert "meltano.yml: the variable NOT_THERE is not set" in caplog.text


def test_a_lock_file_tells_settings_and_program(project: Path) -> None:
    edit(project, "      executable: ./tap-shop\n", "")
    installed = program(project.parent / ".meltano/extractors/tap-shop/venv/bin/tap-of-acme")
    lock = project.parent / "plugins/extractors/tap-shop--acme.lock"
    lock.parent.mkdir(parents=True)
    settings = [{"name": "page_size", "value": 100}, {"name": "port", "value": 3}]
    lock.write_text(json.dumps({"executable": "tap-of-acme", "settings": settings}), encoding="utf-8")
    extractor = read_extractor(project, "tap-shop--orders")
    assert (extractor.command.argv, extractor.command.name) == ((str(installed),), "tap-shop--orders")
    assert (extractor.config["page_size"], extractor.config["port"]) == (100, 5432)


def test_a_project_can_be_named_by_its_folder(project: Path) -> None:
    assert read_extractor(project.parent, "tap-shop").config == read_extractor(project, "tap-shop").config


def test_a_tap_that_is_not_installed_says_how_to(project: Path) -> None:
    edit(project, "      executable: ./tap-shop\n", "")
    with pytest.raises(
        SingerConfigurationError, match=r"no program 'tap-shop' below .*: run `meltano install`"
    ):
        read_extractor(project, "tap-shop")


def test_the_rules_of_the_project_are_those_of_its_catalog(project: Path) -> None:
    """As `meltano invoke --dump=catalog` has it, but for automatic properties, which are selected here."""
    catalog = read_extractor(project, "tap-shop").rules.apply(Catalog(CATALOG))
    users, orders = catalog.streams
    assert (users.is_selected, orders.is_selected) == (True, False)
    assert (users.method, users.replication_key, orders.method) == ("INCREMENTAL", "id", None)
    assert users.metadata(("properties", "name")) == {
        "inclusion": "available",
        "selected": True,
        "is-sortable": True,
    }
    assert users.schema["properties"]["name"] == {"type": ["null", "string"], "maxLength": 10}
    assert "maxLength" not in orders.schema["properties"]["name"]


@pytest.mark.parametrize(("filtered", "selected"), [("[orders]", ["orders"]), ('["!orders"]', ["users"])])
def test_a_filter_leaves_streams_of_the_selected_ones(
    project: Path, filtered: str, selected: list[str]
) -> None:
    edit(
        project,
        "      select:\n        - users.*\n",
        f"      select_filter: {filtered}\n      select:\n        - '*'\n",
    )
    catalog = read_extractor(project, "tap-shop").rules.apply(Catalog(CATALOG))
    assert [stream.id for stream in catalog.selected] == selected


def test_a_catalog_and_a_state_of_the_project_are_taken_as_they_are(project: Path) -> None:
    edit(
        project,
        "      env:\n        SHOP",
        "      catalog: catalog.json\n      state: state.json\n      env:\n        SHOP",
    )
    (project.parent / "state.json").write_text('{"bookmarks": {}}', encoding="utf-8")
    extractor = read_extractor(project, "tap-shop")
    assert (extractor.catalog, extractor.state, extractor.rules.selection) == (
        project.parent / "catalog.json",
        '{"bookmarks": {}}',
        None,
    )


def test_the_environment_of_the_tap_is_the_projects(project: Path) -> None:
    extractor = read_extractor(project, "tap-shop", "prod")
    assert (extractor.env, extractor.cwd) == ({"REGION": "us", "SHOP_TRACE": "on-eu"}, project.parent)


@pytest.mark.parametrize("in_project", [True, False])
def test_meltano_itself_can_be_asked(
    project: Path, monkeypatch: pytest.MonkeyPatch, *, in_project: bool
) -> None:
    """Meltano is a program here that says with what it was called."""
    directory = project.parent / ".venv/bin" if in_project else project.parent / "bin"
    program(directory / "meltano", '#!/bin/sh\necho "{\\"streams\\": [], \\"asked\\": \\"$*\\"}"\n')
    monkeypatch.setenv("PATH", f"{project.parent / 'bin'}:/usr/bin:/bin")
    extractor = read_extractor(project, "tap-shop", "prod", ask_meltano=True)
    assert isinstance(extractor.catalog, dict)
    assert [extractor.config["asked"], extractor.catalog["asked"], extractor.rules.selection] == [
        "--environment prod invoke --dump=config tap-shop",
        "--environment prod invoke --dump=catalog tap-shop",
        None,
    ]


def test_meltano_that_fails_is_quoted_without_what_it_printed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(
        project.parent / ".venv/bin/meltano", '#!/bin/sh\necho "hunter22"\necho "no tap-shop" >&2\nexit 1\n'
    )
    with pytest.raises(SingerConfigurationError, match=r"failed \(1\):\nno tap-shop$"):
        read_extractor(project, "tap-shop", ask_meltano=True)
    shutil.rmtree(project.parent / ".venv")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(SingerConfigurationError, match="no meltano on PATH"):
        read_extractor(project, "tap-shop", ask_meltano=True)


@pytest.mark.parametrize(
    ("name", "environment", "message"),
    [
        ("tap-none", None, "has no extractor 'tap-none'; there are: tap-shop, tap-shop--orders"),
        ("tap-shop", "test", "has no environment 'test'; there are: dev, prod"),
    ],
)
def test_what_is_not_in_the_project_says_what_is(
    project: Path, name: str, environment: str | None, message: str
) -> None:
    with pytest.raises(SingerConfigurationError, match=message):
        read_extractor(project, name, environment)


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (Path.unlink, "cannot be read"),
        (
            lambda file: file.write_text("a: hunter22\nb: [", encoding="utf-8"),
            r"yml, line 2: this cannot be parsed$",
        ),
        (lambda file: file.write_text("- a", encoding="utf-8"), "is no Meltano project"),
        (lambda file: (file.parent / "tap-shop").unlink(), "there is no program"),
    ],
)
def test_a_project_that_cannot_be_used_says_so(
    project: Path, break_it: Callable[[Path], Any], message: str
) -> None:
    break_it(project)
    with pytest.raises(SingerConfigurationError, match=message):
        read_extractor(project, "tap-shop")
