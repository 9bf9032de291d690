"""The options of sequences and of identity columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor


def sequence_options(c: Cursor) -> ast.SequenceOptions:
    """Parse the options of a sequence, each at most once; none is fine."""
    start = c.start
    options: dict[str, Any] = {}
    while (clause := _CLAUSES.get(c.key)) is not None:
        found = clause(c, c.advance().key)
        if not options.keys().isdisjoint(found):
            raise c.error(933)
        options.update(found)
    _check_sequence(c, options, start)
    return ast.SequenceOptions(**options, position=start)


def _start(c: Cursor, _: str) -> dict[str, Any]:
    c.keyword("WITH")
    if not c.accept("LIMIT"):
        return {"start_with": c.signed_integer(1722)}
    c.keyword("VALUE")
    return {"start_with_limit": True}


def _increment(c: Cursor, _: str) -> dict[str, Any]:
    c.keyword("BY")
    step = c.signed_integer(1722)
    if step == 0:
        raise c.error(4002)
    return {"increment_by": step}


def _number(c: Cursor, word: str) -> dict[str, Any]:
    return {_NUMBERS[word]: c.signed_integer(1722)}


def _switch(_: Cursor, word: str) -> dict[str, Any]:
    field, value = _SWITCHES[word]
    return {field: value}


def _scalable(c: Cursor, word: str) -> dict[str, Any]:
    if word in ("SCALE", "SHARD"):
        raise c.unsupported(f"{word} sequences")
    return {}


_NUMBERS = {"MAXVALUE": "max_value", "MINVALUE": "min_value", "CACHE": "cache"}
_SWITCHES: dict[str, tuple[str, Any]] = {
    "CYCLE": ("cycle", True),
    "NOCYCLE": ("cycle", False),
    "NOCACHE": ("cache", 0),
    "ORDER": ("order", True),
    "NOORDER": ("order", False),
    "NOMAXVALUE": ("max_value", None),
    "NOMINVALUE": ("min_value", None),
    "KEEP": ("keep", True),
    "NOKEEP": ("keep", False),
    "SESSION": ("session", True),
    "GLOBAL": ("session", False),
    "RESTART": ("restart", True),
}
_CLAUSES: dict[str, Callable[[Cursor, str], dict[str, Any]]] = {
    "START": _start,
    "INCREMENT": _increment,
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(_SWITCHES, _switch),
    **dict.fromkeys(("SCALE", "NOSCALE", "SHARD", "NOSHARD"), _scalable),
}


def _check_sequence(c: Cursor, options: dict[str, Any], start: int) -> None:
    low, high, first = (options.get(field) for field in ("min_value", "max_value", "start_with"))
    if low is not None and high is not None and low >= high:
        raise c.error(4004, position=start)
    if first is not None and low is not None and first < low:
        raise c.error(4006, position=start)
    if first is not None and high is not None and first > high:
        raise c.error(4008, position=start)
    if options.get("cache") == 1:
        raise c.error(4010, position=start)
