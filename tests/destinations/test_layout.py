"""Where the tables of datasets are, in both layouts. No connection is needed to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from dlt.common.configuration.exceptions import ConfigurationValueError
from dlt.common.schema import Schema

from dlt_oracle.destinations import oracle
from dlt_oracle.destinations.configuration import OracleClientConfiguration
from dlt_oracle.destinations.layout import DatasetNameError, Layout

if TYPE_CHECKING:
    from dlt_oracle.destinations.job_client import OracleClient

URL = "oracle://loader:p@h/x"


def client(dataset: str = "raw", **settings: Any) -> OracleClient:
    config = OracleClientConfiguration()._bind_dataset_name(dataset)
    return cast("OracleClient", oracle(URL, **settings).client(Schema("s"), config))


def path(found: OracleClient, **options: Any) -> list[str]:
    return found.oracle.make_qualified_table_name_path("items", quote=False, **options)


def staging_path(found: OracleClient) -> list[str]:
    with found.with_staging_dataset():
        return path(found)


@pytest.mark.parametrize(
    ("settings", "table", "staging_table"),
    [
        ({}, ["LOADER", "RAW___ITEMS"], ["LOADER", "RAW_STAGING$ITEMS"]),
        ({"schema": "dwh"}, ["DWH", "RAW___ITEMS"], ["DWH", "RAW_STAGING$ITEMS"]),
        ({"schema": '"Dwh"'}, ["Dwh", "RAW___ITEMS"], ["Dwh", "RAW_STAGING$ITEMS"]),
        ({"staging_schema": "stg"}, ["LOADER", "RAW___ITEMS"], ["STG", "RAW_STAGING$ITEMS"]),
        ({"dataset_layout": "schema"}, ["RAW", "ITEMS"], ["RAW", "RAW_STAGING$ITEMS"]),
        (
            {"dataset_layout": "schema", "staging_schema": "stg"},
            ["RAW", "ITEMS"],
            ["STG", "RAW_STAGING$ITEMS"],
        ),
        (
            {"dataset_layout": "schema", "staging_dataset_name_layout": "s"},
            ["RAW", "ITEMS"],
            ["RAW", "S$ITEMS"],
        ),
    ],
)
def test_a_table_is_named_by_its_owner_and_one_more_part(
    settings: dict[str, Any], table: list[str], staging_table: list[str]
) -> None:
    found = client(**settings)
    assert path(found) == table
    assert staging_path(found) == staging_table
    assert found.oracle.make_qualified_table_name_path(None, quote=False) == table[:1]


@pytest.mark.parametrize(
    ("layout", "expected"), [("prefix", ["LOADER", "OTHER___ITEMS"]), ("schema", ["OTHER", "ITEMS"])]
)
def test_another_dataset_is_where_its_own_pipeline_has_it(layout: str, expected: list[str]) -> None:
    assert path(client(dataset_layout=layout), dataset_name="other") == expected


@pytest.mark.parametrize(("layout", "expected"), [("prefix", '"LOADER"."RAW"'), ("schema", '"RAW"')])
def test_messages_name_the_dataset(layout: str, expected: str) -> None:
    found = client(dataset_layout=layout).oracle
    assert found.fully_qualified_dataset_name() == expected
    assert found.fully_qualified_dataset_name(staging=True) == f'{expected.partition(".")[0]}."RAW_STAGING"'


def test_a_dataset_whose_name_would_be_cut_is_refused_before_anything_connects() -> None:
    """Two of them could not be told apart by the names of their tables."""
    longest = "d" * 114
    assert path(client(longest))[1].startswith(longest.upper() + "___")
    with pytest.raises(ConfigurationValueError, match=r"dataset name 'd+'.*114 bytes.*`dataset_name`"):
        client(longest + "d")
    assert path(client("d" * 120, dataset_layout="schema")) == ["D" * 120, "ITEMS"]


@pytest.mark.parametrize("dataset", ["w___b", "w_", "w$b", "___"])
def test_a_dataset_is_refused_whose_tables_could_be_those_of_another(dataset: str) -> None:
    """The table C of W___B would be the table B___C of W."""
    found = Layout(str.upper, lambda _: "LOADER", True, "w", "w_staging")
    with pytest.raises(DatasetNameError, match="another dataset"):
        found.place(dataset)
    assert found.place("_w__b").prefix == "_w__b___"


def test_a_schema_may_have_any_name() -> None:
    found = Layout(str.upper, str.upper, False, "ops$w_", "ops$w_staging")
    assert found.place("ops$w_").owner == "OPS$W_"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dataset_layout": "flat"}, "it is one of prefix, schema"),
        ({"ddl": "never"}, "it is one of apply, verify"),
        ({"bind_mode": "columns"}, "it is one of arrow, rows"),
        ({"dataset_layout": "schema", "schema": "dwh"}, "the name of the dataset is the schema's"),
    ],
)
def test_settings_that_cannot_be_are_said(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationValueError, match=message):
        client(**settings)
