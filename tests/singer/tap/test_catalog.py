"""Catalogs of three generations of taps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.selection import select

if TYPE_CHECKING:
    from pathlib import Path


def one(**entry: Any) -> Catalog:
    return Catalog({"streams": [entry]})


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"tap_stream_id": "orders"}, "orders"),
        ({"tap_stream_id": "src-orders", "stream": "orders"}, "orders"),
        ({"stream": "orders"}, "orders"),
        ({"tap_stream_id": "db-orders", "stream": "orders", "stream_alias": "all_orders"}, "all_orders"),
        (
            {
                "tap_stream_id": "db-shop-orders",
                "stream": "orders",
                "metadata": [{"breadcrumb": [], "metadata": {"schema-name": "shop"}}],
            },
            "shop-orders",
        ),
        (
            {
                "tap_stream_id": "shop-orders",
                "stream": "orders",
                "metadata": [{"breadcrumb": [], "metadata": {"schema-name": "shop"}}],
            },
            "shop-orders",
        ),
        (
            {
                "tap_stream_id": "shop-orders",
                "stream": "shop-orders",
                "metadata": [{"breadcrumb": [], "metadata": {"schema-name": "shop"}}],
            },
            "shop-orders",
        ),
    ],
    ids=["id alone", "id and stream", "stream alone", "alias", "pipelinewise", "the same", "singer-sdk"],
)
def test_a_stream_is_called_as_its_messages_call_it(entry: Any, name: str) -> None:
    assert one(**entry).streams[0].name == name


@pytest.mark.parametrize(
    ("metadata", "entry", "method"),
    [
        ({"replication-method": "INCREMENTAL"}, {"replication_method": "FULL_TABLE"}, "INCREMENTAL"),
        ({"replication-method": "INCREMENTAL", "forced-replication-method": "FULL_TABLE"}, {}, "FULL_TABLE"),
        ({"forced-replication-method": {"replication-method": "full_table"}}, {}, "FULL_TABLE"),
        ({}, {"replication_method": "LOG_BASED"}, "LOG_BASED"),
        ({}, {}, None),
    ],
)
def test_a_method_is_found_wherever_it_stands(metadata: Any, entry: Any, method: str | None) -> None:
    catalog = one(tap_stream_id="s", metadata=[{"breadcrumb": [], "metadata": metadata}], **entry)
    assert catalog.streams[0].method == method


def test_a_catalog_without_metadata_is_selected_in_its_schema_too() -> None:
    """The first taps read ``selected`` there."""
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "inclusion": "automatic"},
            "name": {"type": "string", "inclusion": "available"},
            "secret": {"type": "string", "inclusion": "unsupported"},
        },
    }
    catalog = one(tap_stream_id="users", schema=schema)
    select(catalog, ["users.secret"])
    written = catalog.streams[0].schema
    assert {name: inner["selected"] for name, inner in written["properties"].items()} == {
        "id": True,
        "name": False,
        "secret": False,
    }
    assert (written["selected"], catalog.streams[0].entry["selected"]) == (True, True)


def test_deselecting_is_seen_by_every_generation() -> None:
    catalog = one(tap_stream_id="users", schema={"properties": {"id": {}}})
    select(catalog, ["users"])
    catalog.streams[0].deselect()
    entry = catalog.document["streams"][0]
    assert (catalog.selected, entry["selected"], entry["schema"]["selected"]) == ([], False, False)


def test_what_is_not_understood_is_kept_and_the_original_stays(tmp_path: Path) -> None:
    document = {"streams": [{"tap_stream_id": "users", "vendor": [1]}], "version": 7}
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    catalog = Catalog.of(path)
    copied = Catalog.of(catalog)
    select(copied, ["users"])
    assert (copied.document["version"], copied.document["streams"][0]["vendor"]) == (7, [1])
    assert catalog.document == document


@pytest.mark.parametrize("document", [[], {}, {"streams": {}}, {"streams": [{"name": "users"}]}])
def test_what_is_no_catalog_says_so(document: Any, tmp_path: Path) -> None:
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SingerConfigurationError, match=r"catalog\.json cannot be used: this is no catalog"):
        Catalog.of(path)


def test_a_catalog_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SingerConfigurationError, match=r"none\.json cannot be used"):
        Catalog.of(tmp_path / "none.json")
