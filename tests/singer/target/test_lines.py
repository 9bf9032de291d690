"""Lines of a pipe, read ahead and cut into packages."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest
from singer_lines import lines_in

from dlt_oracle.singer.blocks import Block, is_whole
from dlt_oracle.singer.errors import MalformedLine, TruncatedLine
from dlt_oracle.singer.feed import FileFeed
from dlt_oracle.singer.target.config import PackageLimits
from dlt_oracle.singer.target.lines import LineReader
from dlt_oracle.singer.target.packages import PackageFeed, covered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Pipe:
    """A pipe and its reader."""

    def __init__(self, ahead_bytes: int = 1 << 20, line_limit: int = 1 << 20) -> None:
        self.out, self.into = os.pipe()
        self.reader = LineReader(self.out, ahead_bytes, line_limit)
        self._open = True
        self._packages: list[PackageFeed] = []

    def package(self, rows: int = 1000, size: int = 1 << 20, seconds: float = 3600) -> PackageFeed:
        self._packages.append(PackageFeed(self.reader, PackageLimits(rows, size, seconds)))
        return self._packages[-1]

    def write(self, data: bytes) -> None:
        os.write(self.into, data)

    def end(self) -> None:
        if self._open:
            os.close(self.into)
        self._open = False

    def lines(self) -> list[bytes]:
        """Read to the end."""
        return lines_in(iter(lambda: self.reader.take(2, 1 << 20), None))

    def rest(self) -> list[bytes]:
        """Close the writing end, and read to the end."""
        self.end()
        return self.lines()

    def close(self) -> None:
        self.end()
        for package in self._packages:
            package.close()
        self.reader.close()
        os.close(self.out)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


def test_lines_come_whole_whatever_the_blocks_are(pipe: Pipe) -> None:
    for part in (b"on", b"e\ntwo\n\nth", b"r", b"ee\n"):
        pipe.write(part)
    assert pipe.rest() == [b"one", b"two", b"", b"three"]


def test_a_last_message_without_a_newline_is_a_line(pipe: Pipe) -> None:
    pipe.write(b'{"a": 1}\n{"b": 2} ')
    assert pipe.rest() == [b'{"a": 1}', b'{"b": 2} ']
    pipe.reader.check_end()


def test_a_last_line_that_is_cut_off_is_an_error(pipe: Pipe) -> None:
    pipe.write(b'{"a": 1}\n{"b": ')
    assert pipe.rest() == [b'{"a": 1}']
    with pytest.raises(TruncatedLine):
        pipe.reader.check_end()


def test_a_last_record_whose_own_end_is_cut_off_is_no_whole_line(pipe: Pipe) -> None:
    pipe.write(b'{"a": 1}\n{"type": "RECORD", "record": {"id": 3}')
    assert pipe.rest() == [b'{"a": 1}']
    with pytest.raises(TruncatedLine):
        pipe.reader.check_end()


def test_a_line_that_does_not_end_is_no_message() -> None:
    pipe = Pipe(line_limit=100)
    pipe.write(b'{"a": 1}\n' + b"x" * 101)
    with pytest.raises(MalformedLine, match="more than 100 bytes"):
        pipe.lines()
    pipe.close()


def test_no_more_is_read_ahead_than_was_said() -> None:
    pipe = Pipe(ahead_bytes=10)
    line = b"x" * 1023 + b"\n"

    def write() -> None:
        for _ in range(1000):
            pipe.write(line)
        pipe.end()

    writer = threading.Thread(target=write)
    writer.start()
    # Far more than the reader may hold, and the pipe can: the writer has to wait for us.
    assert pipe.reader.wait()
    assert writer.is_alive()
    assert pipe.lines() == [line[:-1]] * 1000
    writer.join()
    pipe.close()


def test_an_interruption_wakes_a_reader_that_waits(pipe: Pipe) -> None:
    threading.Thread(target=pipe.reader.interrupt).start()
    assert not pipe.reader.wait()


def test_an_interruption_drops_what_was_read_ahead(pipe: Pipe) -> None:
    pipe.write(b"one\ntwo\nthr")
    assert pipe.reader.take(1, 100) == Block(b"one\n", 1)
    pipe.reader.interrupt()
    assert pipe.reader.take(1, 1) is None
    pipe.end()
    pipe.reader.check_end()


def test_packages_are_cut_by_rows_and_go_on_where_the_last_one_ended(pipe: Pipe) -> None:
    pipe.write(b"1\n2\n3\n4\n5\n")
    pipe.end()
    found = []
    while pipe.reader.wait():
        found.append(lines_in(pipe.package(rows=2)))
    assert found == [[b"1", b"2"], [b"3", b"4"], [b"5"]]


def test_packages_are_cut_by_bytes(pipe: Pipe) -> None:
    pipe.write(b"aaaa\nbbbb\ncccc\n")
    assert lines_in(pipe.package(size=8)) == [b"aaaa", b"bbbb"]


def test_a_package_ends_at_its_age_though_nothing_more_comes(pipe: Pipe) -> None:
    pipe.write(b"1\n")
    assert lines_in(pipe.package(seconds=0.01)) == [b"1"]
    assert not pipe.reader.wait(time.monotonic())


def test_a_feed_that_is_asked_again_goes_on(pipe: Pipe) -> None:
    feed = pipe.package()
    pipe.write(b"1\n")
    assert next(iter(feed)) == Block(b"1\n", 1)
    pipe.write(b"2\n3\n")
    pipe.end()
    assert lines_in(feed) == [b"2", b"3"]


def test_a_package_that_is_cut_is_no_truncated_line(pipe: Pipe) -> None:
    pipe.write(b"1\n2")
    feed = pipe.package(rows=1)
    assert lines_in(feed) == [b"1"]
    feed.finish()


@pytest.mark.parametrize(("before", "expected"), [(None, 4), (3, 2), (2, 2), (1, 0), (-1, 0)])
def test_what_a_state_covers_ends_with_that_state(before: int | None, expected: int, pipe: Pipe) -> None:
    lines = [b"1", b'{"type": "STATE", "value": 1}', b"2", b'{"type":"STATE","value":2}', b"3"]
    pipe.write(b"\n".join([*lines, b""]))
    pipe.end()
    package = pipe.package()
    assert lines_in(package) == lines
    assert covered(package.taken(), before) == lines[:expected]


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (b'{"type": "STATE", "value": {}} ', 1),
        (b'\xef\xbb\xbf{"type": "STATE"}', 1),
        (b'{"type": "RECORD", "record": {"text": "\xff"}}', 1),
        (b'{"type": "RECORD", "record": {"id": 3}', 0),
        (b'{"type": "RECORD", "record": {"text": "}', 0),
        (b'"text"', 0),
        (b"", 0),
    ],
)
def test_a_line_is_whole_where_its_json_is(line: bytes, lines: int, tmp_path: Path) -> None:
    assert is_whole(line) == bool(lines)
    path = tmp_path / "recorded.singer"
    path.write_bytes(line)
    feed = FileFeed(path)
    assert lines_in(feed) == [line] * lines
    feed.stop()
