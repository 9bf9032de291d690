"""What a run of a tap is given, and what its streams are."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from singer_lines import lines_in

from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.tap.discovery import discover
from dlt_oracle.singer.tap.rules import CatalogRules
from dlt_oracle.singer.tap.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.tap.launch import Tap


@pytest.fixture
def sync(tap: Callable[..., Tap]) -> Callable[..., Sync]:
    """Make a sync of the hostile tap."""

    def make(does: str = "nothing", rules: CatalogRules | None = None, **config: Any) -> Sync:
        hostile = tap(does, **config)
        catalog = (rules or CatalogRules()).apply(discover(hostile))
        return Sync(hostile, catalog, needs_catalog=rules is not None)

    return make


def records(feed: Feed) -> list[tuple[str, int]]:
    messages = [json.loads(line) for line in lines_in(feed)]
    feed.finish()
    return [
        (message["stream"], message["record"]["id"]) for message in messages if message["type"] == "RECORD"
    ]


def test_its_streams_are_those_that_are_selected_with_their_methods(sync: Callable[..., Sync]) -> None:
    one = sync(rules=CatalogRules(["users"], {"*": ("INCREMENTAL", "id")}))
    assert (one.streams, one.methods) == (["users"], {"users": "INCREMENTAL"})


def test_the_tap_gets_the_selection_and_the_state(sync: Callable[..., Sync]) -> None:
    assert records(sync().open('{"seen": 1}', {"orders"})) == [("orders", 1), ("orders", 2)]


def test_where_nothing_is_wanted_the_tap_is_not_started(sync: Callable[..., Sync]) -> None:
    assert records(sync("fails").open(None, set())) == []


def test_without_a_catalog_the_tap_gets_none(tap: Callable[..., Tap]) -> None:
    one = Sync(tap())
    assert (one.streams, one.methods, records(one.open(None, set()))) == (
        [],
        {},
        [("users", 1), ("orders", 1)],
    )


def test_a_run_that_fails_forgets_the_catalog(sync: Callable[..., Sync], memory: Path) -> None:
    feed = sync("fails").open(None, {"users"})
    list(feed)
    with pytest.raises(TapFailed):
        feed.finish()
    assert [file for file in memory.iterdir() if "catalog" in file.name] == []


def test_a_tap_that_chokes_on_its_own_catalog_runs_without_it_and_that_is_remembered(
    sync: Callable[..., Sync], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        assert len(records(sync("chokes_on_its_catalog").open(None, {"users", "orders"}))) == 2
    assert caplog.text.count("now runs without one. Nothing was selected, so nothing is missing") == 1
    assert [one.levelname for one in caplog.records if one.name.startswith("singer")] == []


def test_errors_before_its_first_line_are_logged_as_such_when_it_comes(
    sync: Callable[..., Sync], caplog: pytest.LogCaptureFixture
) -> None:
    feed = sync("tells_secrets_that_nobody_gave_it").open(None, {"users", "orders"})
    list(feed)
    feed.stop()
    assert ("singer.tap-hostile", logging.ERROR, "ERROR password=*** for x") in caplog.record_tuples


@pytest.mark.parametrize(("rules", "wanted"), [(CatalogRules(["users"]), "users"), (None, "orders")])
def test_where_something_was_chosen_the_catalog_is_never_left_away(
    sync: Callable[..., Sync], rules: CatalogRules | None, wanted: str
) -> None:
    with pytest.raises(TapFailed, match=r"has no setter\n.*give catalog=False.*left_out"):
        records(sync("chokes_on_its_catalog", rules).open(None, {wanted}))


def test_a_tap_that_is_down_for_a_while_is_no_tap_without_a_catalog(
    sync: Callable[..., Sync], tmp_path: Path
) -> None:
    (tmp_path / "down").touch()
    one = sync("is_down_for_a_while", down=str(tmp_path / "down"))
    with pytest.raises(TapFailed, match="connection refused"):
        records(one.open(None, {"users", "orders"}))
    assert len(records(one.open(None, {"users", "orders"}))) == 2
