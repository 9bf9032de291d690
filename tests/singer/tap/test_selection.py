"""Selection as Meltano does it, and replication methods.

``meltano_selection.json`` holds a catalog, selections, and what Meltano 4.4.1 made of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.selection import replicate, select

RECORDED = json.loads(Path(__file__).with_name("meltano_selection.json").read_text(encoding="utf-8"))


def chosen(catalog: Catalog) -> dict[str, list[str]]:
    return {
        stream.id: sorted(
            ".".join(breadcrumb[1::2])
            for breadcrumb in stream.breadcrumbs()
            if breadcrumb and stream.metadata(breadcrumb)["selected"]
        )
        for stream in catalog.selected
    }


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(RECORDED["catalog"])


@pytest.mark.parametrize(
    "case",
    [case for case in RECORDED["cases"] if case["selected"]],
    ids=lambda case: " ".join(case["select"]),
)
def test_a_selection_means_what_it_means_to_meltano(catalog: Catalog, case: Any) -> None:
    select(catalog, case["select"])
    assert chosen(catalog) == case["selected"]


@pytest.mark.parametrize(
    "case",
    [case for case in RECORDED["cases"] if not case["selected"]],
    ids=lambda case: " ".join(case["select"]),
)
def test_a_selection_of_nothing_is_an_error(catalog: Catalog, case: Any) -> None:
    with pytest.raises(SingerConfigurationError, match="none of the tap's streams: users, user_groups"):
        select(catalog, case["select"])


def test_a_dot_of_a_property_can_be_written() -> None:
    properties = {"a.b": {"type": "string"}, "a": {"type": "string"}}
    catalog = Catalog({"streams": [{"tap_stream_id": "s", "schema": {"properties": properties}}]})
    select(catalog, [r"s.a\.b"])
    assert chosen(catalog) == {"s": ["a.b"]}


@pytest.mark.parametrize(
    ("pattern", "warning"),
    [
        ("user.*", "'user.*' fits no stream; similar: users"),
        ("nothing.like.it", "fits no stream; there are: users, user_groups, shop.orders"),
        ("users.e-mail", "'users.e-mail' fits no property of users; similar: email"),
        ("!users.emial", "'!users.emial' fits no property of users; similar: email"),
    ],
)
def test_a_pattern_that_fits_nothing_is_a_warning_with_what_looks_like_it(
    catalog: Catalog, caplog: pytest.LogCaptureFixture, pattern: str, warning: str
) -> None:
    select(catalog, ["*.*", pattern])
    assert warning in caplog.text


@pytest.mark.parametrize("pattern", ["", "!", ".id", "users."])
def test_a_pattern_without_a_name_is_an_error(catalog: Catalog, pattern: str) -> None:
    with pytest.raises(SingerConfigurationError, match="selects nothing"):
        select(catalog, [pattern])


def test_a_method_is_set_for_the_exact_name_before_a_pattern(catalog: Catalog) -> None:
    replicate(catalog, {"*": "FULL_TABLE", "users": ("INCREMENTAL", "id"), "user*": "LOG_BASED"})
    assert {stream.id: (stream.method, stream.replication_key) for stream in catalog.streams} == {
        "users": ("INCREMENTAL", "id"),
        "user_groups": ("FULL_TABLE", None),
        "shop.orders": ("FULL_TABLE", None),
    }


def test_a_method_is_written_where_old_taps_look_too(catalog: Catalog) -> None:
    replicate(catalog, {"users": ("INCREMENTAL", "id")})
    entry = catalog.streams[0].entry
    assert (entry["replication_method"], entry["replication_key"]) == ("INCREMENTAL", "id")


@pytest.mark.parametrize(
    ("replication", "message"),
    [
        ({"users": "incremental"}, "the method 'incremental' is none of FULL_TABLE, INCREMENTAL, LOG_BASED"),
        ({"users": ("INCREMENTAL", "updated")}, "has no property 'updated': .* with one of id, email"),
        ({"users": "INCREMENTAL"}, "needs a property that tells what is new"),
    ],
)
def test_a_method_that_cannot_work_is_an_error(catalog: Catalog, replication: Any, message: str) -> None:
    with pytest.raises(SingerConfigurationError, match=message):
        replicate(catalog, replication)


def test_what_the_tap_insists_on_and_what_is_not_there_are_warnings(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    catalog.streams[0].set_metadata((), "forced-replication-method", "FULL_TABLE")
    replicate(catalog, {"users": "LOG_BASED", "user_group": "LOG_BASED"})
    assert "stream 'users': the tap insists on FULL_TABLE" in caplog.text
    assert "no stream is called 'user_group'; similar: user_groups" in caplog.text
