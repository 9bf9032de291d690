"""A tap that fails with its own catalog is tried without one; nothing else is ever tried twice."""

from __future__ import annotations

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


def test_a_tap_that_fails_before_its_first_line_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    noted: list[bool] = []
    feed = SecondTryFeed(Failing([]), lambda: LinesFeed([b"a", b"b"]), lambda: noted.append(True))
    assert list(feed) == [b"a", b"b"]
    feed.finish()
    assert ("runs without one" in caplog.text, noted) == (True, [True])


@pytest.mark.parametrize("first", [Failing([b"a"]), LinesFeed([b"a"]), LinesFeed([])])
def test_whoever_has_sent_something_or_ended_well_is_not_tried_again(first: LinesFeed) -> None:
    list(SecondTryFeed(first, never, nothing))


def test_a_failure_after_the_first_line_stays_one() -> None:
    feed = SecondTryFeed(Failing([b"a"]), never, nothing)
    list(feed)
    with pytest.raises(TapFailed):
        feed.finish()


@pytest.mark.parametrize("second", [LinesFeed([]), Failing([])])
def test_a_second_try_that_sends_nothing_is_the_first_failure(second: LinesFeed) -> None:
    feed = SecondTryFeed(Failing([]), lambda: second, nothing)
    assert list(feed) == []
    with pytest.raises(TapFailed, match="the first failure"):
        feed.finish()


def test_a_second_try_that_fails_says_how() -> None:
    feed = SecondTryFeed(Failing([]), lambda: Failing([b"a"]), nothing)
    assert list(feed) == [b"a"]
    with pytest.raises(TapFailed):
        feed.finish()
