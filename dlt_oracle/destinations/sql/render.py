"""The one place where a sqlglot expression of this package becomes Oracle text."""

from __future__ import annotations

from sqlglot import ErrorLevel, exp

from dlt_oracle.destinations.sql.dialect import MergeUpdate, OracleDlt, TextOf, UserCondition

__all__ = ["MergeUpdate", "TextOf", "UserCondition", "bind", "binds", "render"]


def render(statement: exp.Expression, *, pretty: bool = False) -> str:
    """Return the text of ``statement`` for Oracle.

    Raises sqlglot.errors.UnsupportedError rather than dropping what the dialect cannot say.
    """
    return statement.sql(
        dialect=OracleDlt,
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
