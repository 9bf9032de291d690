"""Oracle's functions by name: what they take, what they return, the PostgreSQL text of a call.

A :class:`Function` without peculiarities is one line of a table: the kinds of its parameters, a template and
the type of its result. Those whose result type or conversions depend on the arguments have a builder.

Kinds of parameters: ``t`` text or CLOB, ``n`` NUMBER, ``d`` DATE, ``b`` RAW or BLOB; a ``?`` before a kind
makes it and what follows optional.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number, to_text
from dlt_oracle.embedded.sql.analyze_types import (
    DATE,
    NUMBER,
    Family,
    Typed,
    combine,
    inconsistent,
    raw,
    unpadded,
    varchar2,
)

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql import ast
    from dlt_oracle.embedded.sql.analyze_scope import Scope

ResultType = OracleType | Callable[[list[Typed]], OracleType]


@dataclass(frozen=True)
class Call:
    """A call as a builder sees it: the node, its block, and the translated arguments."""

    node: ast.FunctionCall
    scope: Scope
    arguments: list[Typed]

    @property
    def name(self) -> str:
        """The function's name, for messages."""
        return ".".join(self.node.name)

    def result(self, sql: str, oracle_type: OracleType, *parts: Typed) -> Typed:
        """Return the call's value; ``parts`` are the (converted) arguments, all of them by default."""
        value = combine(list(parts) or self.arguments, sql, oracle_type)
        return replace(value, position=self.node.position)


@dataclass(frozen=True)
class Function:
    """A function: how many arguments it takes (``maximum`` None: any number), and its builder."""

    minimum: int
    maximum: int | None
    build: Callable[[Call], Typed]

    def check(self, count: int, position: int) -> None:
        """Raise ORA-00938 or ORA-00939 for a wrong number of arguments."""
        if count < self.minimum:
            raise OracleError(938, position=position)
        if self.maximum is not None and count > self.maximum:
            raise OracleError(939, position=position)


def simple(template: str, kinds: str, result: ResultType) -> Function:
    """Return the function whose arguments, converted to ``kinds``, replace ``{}`` in ``template``."""
    letters = kinds.replace("?", "")
    minimum = kinds.index("?") if "?" in kinds else len(letters)

    def build(call: Call) -> Typed:
        given = [_as_kind(value, kind) for value, kind in zip(call.arguments, letters, strict=False)]
        oracle_type = result(given) if callable(result) else result
        return call.result(template.format(", ".join(value.sql for value in given)), oracle_type, *given)

    return Function(minimum, len(letters), build)


def _as_kind(value: Typed, kind: str) -> Typed:
    return _KINDS[kind](value)


def _text_or_bytes(value: Typed) -> Typed:
    if value.family is Family.BLOB:
        raise inconsistent("CHAR", value)
    return to_text(value)


_KINDS: dict[str, Callable[[Typed], Typed]] = {
    "t": _text_or_bytes,
    "n": lambda value: convert(to_number(value), NUMBER),
    "d": lambda value: convert(value, DATE),
    "b": lambda value: value if value.family is Family.BLOB else convert(value, raw(2000)),
}


def same_text(arguments: list[Typed]) -> OracleType:
    """The type of the first argument, without blank padding."""
    return unpadded(arguments[0].type)


def same(arguments: list[Typed]) -> OracleType:
    """The very type of the first argument; a NUMBER loses its precision."""
    return NUMBER if arguments[0].family is Family.NUMBER else arguments[0].type


def text_of(length: int) -> ResultType:
    """CLOB for a CLOB, else VARCHAR2 of a fixed length."""
    return lambda arguments: arguments[0].type if arguments[0].family is Family.CLOB else varchar2(length)
