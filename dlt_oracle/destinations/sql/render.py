"""The one place where a sqlglot expression becomes Oracle text."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.generators.oracle import OracleGenerator


class UserCondition(exp.Expression, exp.Condition):
    """A condition that a user wrote in Oracle's SQL (``source_filter``); passed through in parentheses."""


class MergeUpdate(exp.Expression):
    """``UPDATE SET … [WHERE …] [DELETE WHERE …]`` of a MERGE: sqlglot has no word for Oracle's DELETE."""

    arg_types: ClassVar[dict[str, bool]] = {"expressions": True, "where": False, "delete": False}


class _Generator(OracleGenerator):
    TRANSFORMS: ClassVar = {
        **OracleGenerator.TRANSFORMS,
        UserCondition: lambda _generator, node: f"({node.this})",
        MergeUpdate: lambda generator, node: generator.merge_update(node),
    }

    def merge_update(self, node: MergeUpdate) -> str:
        parts = f"UPDATE SET{self.sep()}{self.expressions(node)}{self.sql(node, 'where')}"
        delete = self.sql(node, "delete").lstrip()
        return f"{parts}{self.sep()}DELETE {delete}" if delete else parts


class _Dialect(Oracle):
    generator_class = _Generator


def render(statement: exp.Expression, *, pretty: bool = False) -> str:
    """Return the text of ``statement`` for Oracle.

    Raises sqlglot.errors.UnsupportedError rather than dropping what the dialect cannot say.
    """
    return statement.sql(
        dialect=_Dialect,
        pretty=pretty,
        unsupported_level=ErrorLevel.RAISE,
        normalize_functions=False,
        comments=False,
    )


def bind(position: int) -> exp.Placeholder:
    """Return the ``position``-th bind of a statement, counted from 1: the only way a value enters one."""
    return exp.Placeholder(this=str(position))


def binds(count: int, start: int = 1) -> list[exp.Placeholder]:
    """Return ``count`` binds in a row."""
    return [bind(position) for position in range(start, start + count)]
