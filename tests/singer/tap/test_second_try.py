"""A tap that fails with its own catalog is tried without one; nothing else is ever tried twice."""

from __future__ import annotations

import contextlib

import pytest
from singer_lines import BlocksFeed, FailingFeed, lines_in

from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.tap.second_try import SecondTryFeed


def never() -> BlocksFeed:
    raise AssertionError("tried twice")


def nothing() -> None:
    pass


STATE = b'{"type": "STATE", "value": {}}'
SCHEMA = b'{"type": "SCHEMA", "stream": "s", "schema": {}, "key_properties": []}'


def test_a_tap_that_fails_before_its_first_line_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    sent = [b"noise", STATE, SCHEMA, STATE]
    feed = SecondTryFeed(FailingFeed([]), lambda: BlocksFeed(sent), nothing)
    assert lines_in(feed) == sent
    feed.finish()
    assert "runs without one" in caplog.text


@pytest.mark.parametrize(("second", "noted"), [(BlocksFeed([SCHEMA]), [True]), (FailingFeed([SCHEMA]), [])])
def test_that_it_runs_without_is_remembered_only_once_it_has_ended_well(
    second: BlocksFeed, noted: list[bool]
) -> None:
    successes: list[bool] = []
    feed = SecondTryFeed(FailingFeed([]), lambda: second, lambda: successes.append(True))
    list(feed)
    before = list(successes)
    with contextlib.suppress(TapFailed):
        feed.finish()
    assert (before, successes) == ([], noted)


@pytest.mark.parametrize("first", [FailingFeed([b"a"]), BlocksFeed([b"a"]), BlocksFeed([])])
def test_whoever_has_sent_something_or_ended_well_is_not_tried_again(first: BlocksFeed) -> None:
    list(SecondTryFeed(first, never, nothing))


def test_a_failure_after_the_first_line_stays_one() -> None:
    feed = SecondTryFeed(FailingFeed([b"a"]), never, nothing)
    list(feed)
    with pytest.raises(TapFailed):
        feed.finish()


@pytest.mark.parametrize("second", [BlocksFeed([]), FailingFeed([]), BlocksFeed([b"noise", STATE])])
def test_a_second_try_without_data_is_the_first_failure(second: BlocksFeed) -> None:
    feed = SecondTryFeed(FailingFeed([]), lambda: second, nothing)
    assert lines_in(feed) == []
    with pytest.raises(TapFailed, match="exited with 1"):
        feed.finish()


def test_a_second_try_that_fails_says_how() -> None:
    feed = SecondTryFeed(FailingFeed([]), lambda: FailingFeed([SCHEMA]), nothing)
    assert lines_in(feed) == [SCHEMA]
    with pytest.raises(TapFailed):
        feed.finish()
