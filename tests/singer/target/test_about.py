"""`--about`, `--version` and the page of the reference say the same."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from dlt_oracle.singer.target import about, command
from dlt_oracle.singer.target.settings import IGNORED, REFUSED, SETTINGS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "reference/target-oracle.md"


def test_the_reference_has_the_table_that_about_prints() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in about.table() if line not in page] == []


def test_the_reference_names_every_setting_of_other_targets() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in [*REFUSED, *IGNORED] if f"`{name}`" not in page] == []


def test_the_loader_of_the_how_to_has_the_capabilities_that_about_prints() -> None:
    page = (DOCS / "how-to/use-as-meltano-loader.md").read_text(encoding="utf-8")
    assert f"capabilities: [{', '.join(about.CAPABILITIES)}]" in page


def test_no_name_means_two_settings() -> None:
    names = [name for setting in SETTINGS for name in setting.names] + [*REFUSED, *IGNORED]
    assert sorted(set(names)) == sorted(names)


def test_about_as_json_is_the_sdks_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--about", "--format", "json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert {"name", "description", "version", "capabilities", "settings"} <= set(page)
    password = page["settings"]["properties"]["password"]
    assert (password["secret"], password["writeOnly"]) == (True, True)


@pytest.mark.parametrize("output_format", ["text", "markdown"])
def test_about_names_every_setting_and_alias(output_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--about", "--format", output_format]) == 0
    page = capsys.readouterr().out
    assert [name for setting in SETTINGS for name in setting.names if name not in page] == []


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        command.main(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out == f"target-oracle {metadata.version('dlt-oracle')}\n"
