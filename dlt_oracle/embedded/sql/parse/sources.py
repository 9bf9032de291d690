"""FROM: tables, queries, joins. Also the tables that DML changes, which are written alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse.values import QUERY_TAIL

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_SIDES = ("LEFT", "RIGHT", "FULL")

# Words that go on with the statement behind a table's name although they are not reserved.
_NO_ALIAS = frozenset({"JOIN", "LOG", "RETURNING", "RETURN", "USING", "WHEN"})
# The same, when the word behind them is one of these.
_NO_ALIAS_BEFORE = {
    "BULK": frozenset({"COLLECT"}),
    "CROSS": frozenset({"JOIN", "APPLY"}),
    "EXCEPT": frozenset({"SELECT", "ALL", "("}),
    "FETCH": frozenset({"FIRST", "NEXT"}),
    "FULL": frozenset({"JOIN", "OUTER"}),
    "INNER": frozenset({"JOIN"}),
    "LEFT": frozenset({"JOIN", "OUTER"}),
    "MODEL": frozenset({"DIMENSION", "PARTITION", "RETURN", "REFERENCE", "IGNORE", "KEEP", "UNIQUE", "MAIN"}),
    "NATURAL": frozenset({"JOIN", "INNER", "LEFT", "RIGHT", "FULL"}),
    "OFFSET": frozenset({"0", ":x", "("}),
    "OUTER": frozenset({"APPLY"}),
    "PARTITION": frozenset({"(", "FOR", "BY"}),
    "RIGHT": frozenset({"JOIN", "OUTER"}),
    "SAMPLE": frozenset({"(", "BLOCK"}),
    "SUBPARTITION": frozenset({"(", "FOR"}),
}
_UNSUPPORTED_SUFFIXES = ("PIVOT", "UNPIVOT", "MATCH_RECOGNIZE")


def from_list(c: Cursor) -> tuple[ast.FromItem, ...]:
    """Parse what stands behind FROM."""
    return tuple([_joined(c) for _ in c.comma_list()])


def source(c: Cursor) -> ast.FromItem:
    """Parse one table or query with its alias, without joins (MERGE … USING)."""
    return _item(c)


def _joined(c: Cursor) -> ast.FromItem:
    left = _item(c)
    length = 0
    while (kind := _join_words(c)) is not None:
        left = _join(c, left, *kind)
        length += 1
        c.check_chain(length)
    return left


def _join_words(c: Cursor) -> tuple[str, bool] | None:
    """Take the words of a join; return its kind, and whether it is NATURAL."""
    key, following = c.key, c.peek()
    if key == "JOIN":
        c.advance()
        return "INNER", False
    if following not in _NO_ALIAS_BEFORE.get(key, ()):
        return None
    if key in ("CROSS", "OUTER"):
        c.advance()
        if c.accept("APPLY"):
            return f"{key} APPLY", False
        c.advance()
        return "CROSS", False
    natural = c.accept("NATURAL")
    kind = c.accept_any(*_SIDES)
    if kind is not None:
        c.accept("OUTER")
    else:
        kind = "INNER"
        if not c.accept("INNER") and not natural:
            return None
    c.keyword("JOIN")
    return kind, natural


def _join(c: Cursor, left: ast.FromItem, kind: str, natural: bool) -> ast.Join:  # noqa: FBT001 - a pair's half
    if kind.endswith("APPLY"):
        right = _item(c)
        if isinstance(right, ast.DerivedTable):
            right = ast.DerivedTable(right.query, right.alias, lateral=True, position=right.position)
        return ast.Join(kind, left, right, position=left.position)
    right = _item(c)
    if natural or kind == "CROSS":
        return ast.Join(kind, left, right, natural=natural, position=left.position)
    # Joins may nest without parentheses: a JOIN b JOIN c ON … ON …
    c.descend()
    while (inner := _join_words(c)) is not None:
        right = _join(c, right, *inner)
    c.ascend()
    if c.accept("ON"):
        return ast.Join(kind, left, right, c.rules.condition(c), position=left.position)
    if c.accept("USING"):
        return ast.Join(kind, left, right, using=c.name_list(), position=left.position)
    raise c.error(905)


def _item(c: Cursor) -> ast.FromItem:
    start = c.start
    lateral = c.key == "LATERAL" and c.peek() == "("
    if lateral:
        c.advance()
    if c.key == "ONLY" and c.peek() == "(":
        raise c.unsupported("ONLY (view)")
    if c.key == "(":
        return _parenthesis(c, start, lateral=lateral)
    if c.peek() == "(" and c.key in ("TABLE", "XMLTABLE", "JSON_TABLE", "CONTAINERS", "SHARDS", "THE"):
        raise c.unsupported(f"{c.key} (…) in FROM")
    if c.key == "VALUES" and c.since_23:
        raise c.unsupported("VALUES in FROM")
    name = c.qualified_name(903)
    if c.key == "(":
        raise c.unsupported("table functions in FROM")
    if c.at_keys("PARTITION", "BY"):
        raise c.unsupported("partitioned outer joins")
    partition = partition_ref(c)
    sample = _sample(c)
    _flashback(c)
    _suffix(c)
    alias = _alias(c)
    if c.key in _UNSUPPORTED_SUFFIXES and c.peek() == "(":
        _suffix(c)
    return ast.TableRef(name, alias, partition, sample, position=start)


def _parenthesis(c: Cursor, start: int, *, lateral: bool) -> ast.FromItem:
    """Parse a query in parentheses, or joins in parentheses."""
    c.descend()
    c.advance()
    if c.key in ("SELECT", "WITH"):
        query = c.rules.query(c)
    else:
        inner = _joined(c)
        if not isinstance(inner, ast.DerivedTable) or inner.alias is not None:
            c.close()
            c.ascend()
            return inner
        query = inner.query
        if c.key in QUERY_TAIL:
            query = c.rules.query_tail(c, query)
    if c.key == "WITH":
        raise c.unsupported("WITH READ ONLY or WITH CHECK OPTION of a query in FROM")
    c.close()
    c.ascend()
    _flashback(c)
    _suffix(c)
    return ast.DerivedTable(query, _alias(c), lateral, position=start)


def _alias(c: Cursor) -> str | None:
    """Take an alias: no AS, no reserved word, no word that goes on with the statement."""
    if not c.at_name or c.key in _NO_ALIAS:
        return None
    if c.peek() in _NO_ALIAS_BEFORE.get(c.key, ()):
        return None
    if c.key in _UNSUPPORTED_SUFFIXES and c.peek() in ("(", "INCLUDE", "EXCLUDE", "XML"):
        return None
    if c.since_21 and c.key == "WINDOW":
        return None
    return c.advance().value


def _flashback(c: Cursor) -> None:
    if c.key == "AS" and c.peek() == "OF":
        raise c.unsupported("flashback queries (AS OF)")
    if c.key == "VERSIONS" and c.peek() in ("BETWEEN", "PERIOD"):
        raise c.unsupported("flashback queries (VERSIONS BETWEEN)")


def _suffix(c: Cursor) -> None:
    if c.key in _UNSUPPORTED_SUFFIXES and c.peek() in ("(", "INCLUDE", "EXCLUDE", "XML"):
        raise c.unsupported(f"the {c.key} clause")


def partition_ref(c: Cursor) -> ast.PartitionRef | None:
    """Parse ``[SUB]PARTITION (name)`` or ``[SUB]PARTITION FOR (values)`` if it is there."""
    start = c.start
    if c.key not in ("PARTITION", "SUBPARTITION") or c.peek() not in ("(", "FOR"):
        return None
    sub = c.advance().key == "SUBPARTITION"
    if c.accept("FOR"):
        c.open()
        values = tuple([c.rules.expression(c) for _ in c.comma_list()])
        c.close()
        return ast.PartitionRef(None, values, sub, position=start)
    c.open()
    name = c.name(14108)
    c.close()
    return ast.PartitionRef(name, (), sub, position=start)


def _sample(c: Cursor) -> ast.Sample | None:
    start = c.start
    if c.key != "SAMPLE" or c.peek() not in ("(", "BLOCK"):
        return None
    c.advance()
    block = c.accept("BLOCK")
    c.open()
    percent = c.rules.expression(c)
    c.close()
    seed = None
    if c.accept("SEED"):
        c.open()
        seed = c.rules.expression(c)
        c.close()
    return ast.Sample(percent, block, seed, position=start)


def dml_target(c: Cursor) -> ast.DmlTarget:
    """Parse the table or inline view that a DML changes, with its alias."""
    start = c.start
    if c.accept("("):
        query = c.rules.query(c)
        if c.key == "WITH":
            raise c.unsupported("WITH CHECK OPTION of an inline view")
        c.close()
        return ast.DmlTarget(None, _alias(c), None, query, position=start)
    if c.key in ("TABLE", "ONLY", "THE") and c.peek() == "(":
        raise c.unsupported(f"{c.key} (…) as the target of a DML")
    name = c.qualified_name(903)
    partition = partition_ref(c)
    return ast.DmlTarget(name, _alias(c), partition, position=start)
