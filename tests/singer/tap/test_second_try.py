"""A tap that fails with its own catalog is tried without one; nothing else is ever tried twice."""

from __future__ import annotations

import contextlib

import pytest

from dlt_oracle.singer.errors import TapFailed
from dlt_oracle.singer.feed import LinesFeed
from dlt_oracle.singer.tap.second_try import SecondTryFeed


class Failing(LinesFeed):
    """A feed whose tap fails after its lines."""

    def finish(self) -> None:
        raise TapFailed("the first failure", 1)


def never() -> LinesFeed:
    raise AssertionError("tried twice")


def nothing() -> None:
    pass


STATE = b'{"type": "STATE", "value": {}}'
SCHEMA = b'{"type": "SCHEMA", "stream": "s", "schema": {}, "key_properties": []}'


def test_a_tap_that_fails_before_its_first_line_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    sent = [b"noise", STATE, SCHEMA, STATE]
    feed = SecondTryFeed(Failing([]), lambda: LinesFeed(sent), nothing)
    assert list(feed) == sent
    feed.finish()
    assert "runs without one" in caplog.text


@pytest.mark.parametrize(("second", "noted"), [(LinesFeed([SCHEMA]), [True]), (Failing([SCHEMA]), [])])
def test_that_it_runs_without_is_remembered_only_once_it_has_ended_well(
    second: LinesFeed, noted: list[bool]
) -> None:
    successes: list[bool] = []
    feed = SecondTryFeed(Failing([]), lambda: second, lambda: successes.append(True))
    list(feed)
    before = list(successes)
    with contextlib.suppress(TapFailed):
        feed.finish()
    assert (before, successes) == ([], noted)


@pytest.mark.parametrize("first", [Failing([b"a"]), LinesFeed([b"a"]), LinesFeed([])])
def test_whoever_has_sent_something_or_ended_well_is_not_tried_again(first: LinesFeed) -> None:
    list(SecondTryFeed(first, never, nothing))


def test_a_failure_after_the_first_line_stays_one() -> None:
    feed = SecondTryFeed(Failing([b"a"]), never, nothing)
    list(feed)
    with pytest.raises(TapFailed):
        feed.finish()


@pytest.mark.parametrize("second", [LinesFeed([]), Failing([]), LinesFeed([b"noise", STATE])])
def test_a_second_try_without_data_is_the_first_failure(second: LinesFeed) -> None:
    feed = SecondTryFeed(Failing([]), lambda: second, nothing)
    assert list(feed) == []
    with pytest.raises(TapFailed, match="the first failure"):
        feed.finish()


def test_a_second_try_that_fails_says_how() -> None:
    feed = SecondTryFeed(Failing([]), lambda: Failing([SCHEMA]), nothing)
    assert list(feed) == [SCHEMA]
    with pytest.raises(TapFailed):
        feed.finish()
