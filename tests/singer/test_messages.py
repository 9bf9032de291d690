"""Lines as messages: exact, tolerant, and loud where nothing can be trusted any more."""

from __future__ import annotations

import traceback
from collections import Counter

import pytest

from dlt_oracle.singer.errors import MalformedLine
from dlt_oracle.singer.messages import is_state, read, read_record


def _record(text: bytes) -> bytes:
    return b'{"type": "RECORD", "stream": "s", "record": {"a": ' + text + b"}}"


def test_a_record_stays_the_text_that_was_sent() -> None:
    message = read(_record(b"1.10"), 7, Counter())
    assert message is not None
    assert (bytes(message.record), message.line) == (b'{"a": 1.10}', 7)


@pytest.mark.parametrize(
    ("text", "value"),
    [(b"NaN", "nan"), (b"-Infinity", "-inf"), (rb'"\ud83d\ude00"', "😀"), (b"1.10", "1.10")],
)
def test_what_is_no_strict_json_is_read_all_the_same(text: bytes, value: str) -> None:
    assert str(read_record(b'{"a": ' + text + b"}", 1, "s", Counter())["a"]) == value


def test_a_lone_surrogate_becomes_the_replacement_character_and_is_counted() -> None:
    counters: Counter[str] = Counter()
    message = read(_record(rb'"\ud800x"'), 1, counters)
    assert message is not None
    assert message.record == {"a": "�x"}
    assert sum(counters.values()) == 1


def test_a_byte_order_mark_is_no_obstacle() -> None:
    message = read(b'\xef\xbb\xbf{"type": "STATE", "value": {"a": 1.50}}', 1, Counter())
    assert message is not None
    assert message.type == "STATE"


@pytest.mark.parametrize(
    "line",
    [
        b"Connecting...",
        b"5",
        b'{"level": "info"}',
        b"",
        b"null",
        b"\xff\xfe",
        b'INFO METRIC: {"type": "counter", "value": 3}',
        b'connecting with {"type": "basic"',
    ],
)
def test_what_does_not_look_like_a_message_is_none(line: bytes) -> None:
    assert read(line, 1, Counter()) is None


@pytest.mark.parametrize(
    "line",
    [
        b'{"type": "RECO',
        b'debug{"type": "RECORD", "stream": "s", "record": {}}',
        _record(b"[" * 100_000 + b"]" * 100_000),
        b'{"type": "SCHEMA", "stream": "s", "schema": {}, "key_properties": "id"}',
        b'{"type": "RECORD", "stream": "s", "record": [1], "x": NaN}',
    ],
    ids=["truncated", "with a print before it", "nested deeply", "of a wrong shape", "no object"],
)
def test_a_broken_message_is_an_error_with_its_line(line: bytes) -> None:
    with pytest.raises(MalformedLine, match="line 3"):
        read(line, 3, Counter())


def test_an_integer_of_thousands_of_digits_is_exact() -> None:
    message = read(_record(b"9" * 10_000 + b", " + b'"b": NaN'), 1, Counter())
    assert message is not None
    assert str(message.record["a"]) == "9" * 10_000


@pytest.mark.parametrize(
    "line",
    [
        b'{"type": "RECORD", "stream": "s", "record": {"password": "hunter22"',
        b'hunter22{"type": "RECORD", "stream": "s", "record": {"a": 1}}',
        b'{"type": "RECORD", "stream": "s", "record": "hunter22", "x": NaN}',
        b'{"type": "ACTIVATE_VERSION", "stream": "s", "version": "hunter22"}',
    ],
    ids=["truncated", "with a print before it", "no object", "no version"],
)
def test_an_error_shows_no_value_that_was_sent(line: bytes) -> None:
    with pytest.raises(MalformedLine, match="line 3: ") as caught:
        read(line, 3, Counter())
    assert "hunter22" not in "".join(traceback.format_exception(caught.value))


def test_a_broken_message_names_its_stream() -> None:
    with pytest.raises(MalformedLine, match="stream 'users', line 3: a message that cannot be read"):
        read(b'{"type": "RECORD", "stream": "users", "rec', 3, Counter())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"type": "STATE", "value": {}}', True),
        (b'{"value": {}, "type":"state"}', True),
        (_record(b'{"type": "STATE"}'), False),
        (b'{"type": "SCHEMA", "stream": "STATE"}', False),
    ],
)
def test_only_a_state_message_is_a_state(line: bytes, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_state(line) is expected
