"""The reference pages on settings and types say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dlt_oracle.destinations import oracle
from dlt_oracle.destinations.configuration import OracleClientConfiguration, OracleCredentials
from dlt_oracle.destinations.oracle_types import OracleType
from dlt_oracle.destinations.server_version import ServerVersion
from dlt_oracle.destinations.type_mapper import OracleTypeMapper

REFERENCE = Path(__file__).parents[2] / "docs/reference"
SETTINGS = REFERENCE.joinpath("configuration.md").read_text(encoding="utf-8")
TYPES = REFERENCE.joinpath("types.md").read_text(encoding="utf-8")

NONE = "\N{EN DASH}"
FILLED_BY_DLT = {
    *("destination_type", "destination_name", "environment", "credentials"),
    *("dataset_name", "default_schema_name"),  # arguments of a pipeline
    *("staging_config", "truncate_tables_on_staging_destination_before_load"),  # staging of files: none here
    *("drivername", "database", "query"),  # parts of a URL, which become others
}
RELEASES = {
    1: (ServerVersion(12, 2), ServerVersion(18), ServerVersion(19)),
    2: (ServerVersion(21),),
    3: (ServerVersion(23), ServerVersion(26)),
}


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    table = re.search(r"^\|.*?\n(?!\|)", page[page.index(heading) :], re.MULTILINE | re.DOTALL)
    assert table
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


@pytest.mark.parametrize(
    ("heading", "spec"),
    [("## The destination", OracleClientConfiguration), ("## Its credentials", OracleCredentials)],
)
def test_every_setting_is_there_with_its_default(heading: str, spec: Any) -> None:
    documented = {key.strip("`"): default.strip("`") for key, default, _ in rows(SETTINGS, heading)}
    fields = [name for name in spec.get_resolvable_fields() if name not in FILLED_BY_DLT]
    defaults = {name: getattr(spec, name) for name in fields}
    assert documented == {
        name: NONE if default is None else json.dumps(default) for name, default in defaults.items()
    }


def test_every_type_is_that_of_the_type_mapper() -> None:
    wrong, documented = [], set()
    for cells in rows(TYPES, "# Types"):
        data_type, *hints = re.findall(r"`([^`]+)`", cells[0])
        column: Any = {"name": "c", "data_type": data_type}
        column |= {key: json.loads(value) for key, _, value in (hint.partition("=") for hint in hints)}
        documented.add(data_type)
        for position, versions in RELEASES.items():
            said = (cells[1] if cells[position] == "same" else cells[position]).strip("`")
            for version in versions:
                mapper = OracleTypeMapper(oracle()._raw_capabilities(), lambda version=version: version)
                found = mapper.to_destination_type(column, {"name": "t", "columns": {"c": column}})
                if found != said:
                    wrong.append((cells[0], version, said, found))
    assert wrong == []
    assert documented == {
        *("text", "json", "bool", "bigint", "double", "decimal", "wei"),
        *("timestamp", "date", "time", "binary"),
    }


def test_the_types_that_can_be_asked_for_can_be_loaded() -> None:
    (listed,) = re.findall(r"Values can be loaded into ([^.]+)\.", TYPES)
    names = set(re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", listed))
    assert {OracleType.parse(name).name for name in names} == names
    with pytest.raises(ValueError, match="cannot be loaded") as refusal:
        OracleType.parse("BFILE")
    takes = set(re.findall(r"\b[A-Z][A-Z0-9_]{2,}\b", str(refusal.value).partition("Use one of")[2]))
    assert takes - names <= {"WITH", "TIME", "ZONE", "LOCAL", "BYTE"}
