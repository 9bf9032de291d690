"""Literals: dates, timestamps, intervals, and how long a string may be."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from judge.tokens import NUMBER, STRING, Group, Nodes, sequences

if TYPE_CHECKING:
    from judge.statement import Statement

MAX_LITERAL_BYTES = 4_000
MAX_EXTENDED_LITERAL_BYTES = 32_767

_DATE = re.compile(r"\s*[+-]?(\d{1,4})-(\d{1,2})-(\d{1,2})\s*")
_TIMESTAMP = re.compile(
    r"\s*[+-]?(\d{1,4})-(\d{1,2})-(\d{1,2})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{0,9})?"
    r"(?:\s*[+-]\d{1,2}:\d{2}|\s+[A-Za-z][\w/+-]*(?:\s+[A-Z]+)?)?\s*"
)
_UNITS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}
_INTERVAL = re.compile(r"\s*[+-]?(\d+)(?:[-: ][\d:. ]+|\.\d+)?\s*")
_LEADING_DIGITS = 2


def text_of(literal: str) -> str:
    """Give the text that a string literal stands for."""
    body = literal[1:] if literal[0] in "nN" else literal
    return body[3:-2] if body[0] in "qQ" else body[1:-1].replace("''", "'")


def _long_strings(statement: Statement) -> str | None:
    limit = MAX_EXTENDED_LITERAL_BYTES if statement.extended or statement.is_plsql else MAX_LITERAL_BYTES
    for token in statement.tokens:
        if token.kind == STRING and len(text_of(token.text).encode()) > limit:
            return f"ORA-01704: string literal of more than {limit} bytes"
    return None


def _dates(statement: Statement) -> str | None:
    for first, second in pairwise(statement.tokens):
        if second.kind != STRING or first.word not in {"DATE", "TIMESTAMP"}:
            continue
        pattern = _DATE if first.word == "DATE" else _TIMESTAMP
        found = pattern.fullmatch(text_of(second.text))
        if found is None:
            return f"ORA-01861: {first.word} {second.text} does not match the literal's format"
        if not _is_real(*(int(part) for part in found.groups())):
            return f"ORA-01847: {first.word} {second.text} is no point in time"
    return None


def _is_real(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> bool:
    try:
        date(year or 1, month, day)
    except ValueError:
        return False
    return year > 0 and hour < 24 and minute < 60 and second < 60


def _times(statement: Statement) -> str | None:
    for first, second in pairwise(statement.tokens):
        if first.word == "TIME" and second.kind == STRING:
            return "ORA-00923: there are no TIME literals"
    return None


def _intervals(statement: Statement) -> str | None:
    for sequence in sequences(statement.nodes):
        for index, node in enumerate(sequence):
            reason = _interval(sequence[index + 1 : index + 4]) if node.word == "INTERVAL" else None
            if reason is not None:
                return reason
    return None


def _interval(following: Nodes) -> str | None:
    first, second, third = [*following, None, None, None][:3]
    # A column of this name, INTERVAL ( … ) of a partitioned table, the type (judged with the other types).
    if first is None or first.kind not in {NUMBER, STRING}:
        return None
    if first.kind == NUMBER:
        return "ORA-30089: an interval's number is a string: INTERVAL '1' DAY"
    if second is None or second.word not in _UNITS:
        return "ORA-30089: an interval's unit stands behind its string: INTERVAL '1' DAY"
    found = _INTERVAL.fullmatch(text_of(first.text))
    if found is None:
        return f"ORA-01867: {first.text} is no interval"
    digits = _LEADING_DIGITS
    if isinstance(third, Group) and third.items and third.items[0].kind == NUMBER:
        digits = int(third.items[0].text)
    if len(found[1].lstrip("0")) > digits:
        return f"ORA-01873: the leading precision of INTERVAL {first.text} is too small"
    return None


RULES = (_long_strings, _dates, _times, _intervals)
