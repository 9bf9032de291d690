"""Function calls: the general form with its analytic and aggregate clauses, and the forms of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import json, types
from dlt_oracle.embedded.sql.parse.arity import check_arity
from dlt_oracle.embedded.sql.parse.sorting import order_by, sort_items
from dlt_oracle.embedded.sql.scan import QUOTED, STRING, WORD
from dlt_oracle.embedded.sql.words import ANALYTIC_ONLY, EXTRACT_FIELDS, NEED_WINDOW_ORDER, RANKING, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

# Conversions that take DEFAULT … ON CONVERSION ERROR behind their first argument (12.2).
_CONVERSIONS = words(
    """
    TO_BINARY_DOUBLE TO_BINARY_FLOAT TO_DATE TO_DSINTERVAL TO_NUMBER TO_TIMESTAMP TO_TIMESTAMP_TZ
    TO_YMINTERVAL
    """
)
_CHARACTER_SETS = {"CHR": ("NCHAR_CS",), "TRANSLATE": ("CHAR_CS", "NCHAR_CS")}
_FRAME_UNITS = ("ROWS", "RANGE", "GROUPS")


def call(c: Cursor, name: tuple[str, ...], position: int) -> ast.Expression:
    """Parse the arguments of ``name``, ``(`` being next, and the clauses behind them."""
    c.open()
    function = name[-1] if len(name) == 1 else ""
    distinct = c.accept_any("DISTINCT", "UNIQUE", "ALL") in ("DISTINCT", "UNIQUE")
    arguments: list[ast.Expression] = []
    on_error = overflow = nulls = None
    if c.key == "*" and function == "COUNT":
        arguments.append(ast.Star(position=c.advance().start))
    elif c.key != ")":
        for _ in c.comma_list():
            arguments.append(_argument(c, function))
            if function in _CONVERSIONS and len(arguments) == 1:
                on_error = _conversion_default(c)
        overflow = _overflow(c) if function == "LISTAGG" else None
        if function in _CHARACTER_SETS and c.accept("USING"):
            arguments.append(_character_set(c, function))
        if function == "COLLECT" and c.key == "ORDER":
            raise c.unsupported("COLLECT")
        nulls = _null_treatment(c)
    c.close()
    check_arity(c, name, arguments, position)
    within_group = _within_group(c)
    keep = _keep(c)
    from_last = function == "NTH_VALUE" and _from_last(c)
    nulls = nulls or _null_treatment(c)
    over = _over(c)
    _check_window(c, function, over, within=bool(within_group), distinct=distinct, position=position)
    return ast.FunctionCall(
        name,
        tuple(arguments),
        distinct=distinct,
        within_group=within_group,
        overflow=overflow,
        keep=keep,
        null_treatment=nulls,
        from_last=from_last,
        over=over,
        on_error=on_error,
        position=position,
    )


def _argument(c: Cursor, function: str) -> ast.Expression:
    if c.token.kind in (WORD, QUOTED) and c.peek() == "=>":
        token = c.advance()
        c.advance()
        return ast.NamedArgument(token.value, c.rules.expression(c), position=token.start)
    if function == "LNNVL":
        return c.rules.condition(c)
    return c.rules.expression(c)


def _conversion_default(c: Cursor) -> ast.Expression | None:
    """Parse ``DEFAULT value ON CONVERSION ERROR`` if it is there."""
    if not c.accept("DEFAULT"):
        return None
    value = c.rules.expression(c)
    c.keyword("ON", "CONVERSION", "ERROR")
    return value


def _character_set(c: Cursor, function: str) -> ast.Expression:
    if c.key not in _CHARACTER_SETS[function]:
        raise c.error(907)
    raise c.unsupported(f"{function} … USING {c.key}")


def _overflow(c: Cursor) -> ast.ListaggOverflow | None:
    start = c.start
    if not c.accept("ON"):
        return None
    c.keyword("OVERFLOW")
    if c.accept("ERROR"):
        return ast.ListaggOverflow(truncate=False, position=start)
    c.keyword("TRUNCATE")
    indicator = c.rules.expression(c) if c.token.kind == STRING else None
    counted = c.accept_any("WITH", "WITHOUT")
    if counted is not None:
        c.keyword("COUNT")
    return ast.ListaggOverflow(True, indicator, counted != "WITHOUT", position=start)


def _null_treatment(c: Cursor) -> str | None:
    if c.key in ("RESPECT", "IGNORE") and c.peek() == "NULLS":
        word = c.advance().key
        c.advance()
        return word
    return None


def _within_group(c: Cursor) -> tuple[ast.SortItem, ...]:
    if not c.accept("WITHIN", "GROUP"):
        return ()
    c.open()
    items = order_by(c)
    if not items:
        raise c.error(30491)
    c.close()
    return items


def _keep(c: Cursor) -> ast.Keep | None:
    start = c.start
    if not c.accept("KEEP", "("):
        return None
    c.keyword("DENSE_RANK")
    first = c.expect_any(("FIRST", "LAST"), 905) == "FIRST"
    c.keyword("ORDER")
    c.expect("BY", 924)
    items = sort_items(c)
    c.close()
    return ast.Keep(first, items, position=start)


def _from_last(c: Cursor) -> bool:
    return not c.accept("FROM", "FIRST") and c.accept("FROM", "LAST")


def _over(c: Cursor) -> ast.Window | None:
    """Parse ``OVER (…)``; ``OVER name`` from 21c on. Otherwise OVER may be an alias."""
    start = c.start
    if c.key != "OVER":
        return None
    if c.peek() == "(":
        c.advance()
        return window(c)
    if not c.since_21 or c.peek_kind() not in (WORD, QUOTED) or c.peek() == "FROM":
        return None
    c.advance()
    return ast.Window(base=c.name(904, ""), position=start)


def window(c: Cursor) -> ast.Window:
    """Parse the window in parentheses that is next."""
    start = c.start
    c.open()
    base = None
    if c.since_21 and c.at_name and c.key not in ("PARTITION", *_FRAME_UNITS):
        base = c.advance().value
    partition_by: list[ast.Expression] = []
    if c.accept("PARTITION"):
        c.expect("BY", 924)
        partition_by = [c.rules.expression(c) for _ in c.comma_list()]
    items = order_by(c)
    frame = _frame(c) if c.key in _FRAME_UNITS else None
    if frame is not None and not items and base is None:
        raise c.error(30485, position=frame.position)
    c.close()
    return ast.Window(tuple(partition_by), items, frame, base, position=start)


def _frame(c: Cursor) -> ast.Frame:
    token = c.advance()
    if token.key == "GROUPS" and not c.since_21:
        raise c.error(907, position=token.start)
    end = None
    if c.accept("BETWEEN"):
        begin = _bound(c)
        c.keyword("AND")
        end = _bound(c)
    else:
        begin = _bound(c)
    exclude = None
    if c.since_21 and c.accept("EXCLUDE"):
        exclude = " ".join(c.advance().key for _ in range(1 if c.key in ("GROUP", "TIES") else 2))
    return ast.Frame(token.key, begin, end, exclude, position=token.start)


def _bound(c: Cursor) -> ast.FrameBound:
    start = c.start
    if c.accept("CURRENT"):
        c.keyword("ROW")
        return ast.FrameBound("CURRENT", position=start)
    offset = None if c.accept("UNBOUNDED") else c.rules.expression(c)
    return ast.FrameBound(c.expect_any(("PRECEDING", "FOLLOWING"), 905), offset, position=start)


def _check_window(
    c: Cursor, function: str, over: ast.Window | None, *, within: bool, distinct: bool, position: int
) -> None:
    if over is None:
        if function in ANALYTIC_ONLY or (function in RANKING and not within):
            raise c.error(30484, position=position)
        return
    if function in NEED_WINDOW_ORDER and not over.order_by and over.base is None:
        raise c.error(30485, position=position)
    if distinct and over.order_by:
        raise c.error(30487, position=over.order_by[0].position)


# --- forms of their own -------------------------------------------------------------------------


def _cast(c: Cursor, _: str, position: int) -> ast.Expression:
    c.open()
    if c.key == "MULTISET":
        raise c.unsupported("CAST (MULTISET …)")
    operand = c.rules.expression(c)
    if isinstance(operand, ast.FunctionCall) and operand.name == ("COLLECT",):
        raise c.unsupported("COLLECT", operand.position)
    c.keyword("AS")
    target = types.data_type(c)
    on_error = _conversion_default(c)
    arguments = []
    while c.accept(","):
        arguments.append(c.rules.expression(c))
    c.close()
    return ast.Cast(operand, target, on_error, tuple(arguments), position=position)


def _extract(c: Cursor, name: str, position: int) -> ast.Expression:
    if c.peek() not in EXTRACT_FIELDS or c.peek(2) != "FROM":
        return call(c, (name,), position)
    c.open()
    field = c.advance().key
    c.advance()
    operand = c.rules.expression(c)
    c.close()
    return ast.Extract(field, operand, position=position)


def _trim(c: Cursor, _: str, position: int) -> ast.Expression:
    c.open()
    side = c.accept_any("LEADING", "TRAILING", "BOTH")
    characters = None
    operand = None if side and c.key == "FROM" else c.rules.expression(c)
    if c.accept("FROM"):
        characters, operand = operand, c.rules.expression(c)
    elif side:
        raise c.error(905)
    c.close()
    if operand is None:  # pragma: no cover - FROM was next, so that an operand followed
        raise c.error(936)
    return ast.Trim(side or "BOTH", characters, operand, position=position)


def _from_vector(c: Cursor, name: str, position: int) -> ast.Expression:
    """Parse FROM_VECTOR (23ai); VECTOR_SERIALIZE is its other name."""
    if not c.since_23:
        return call(c, (name,), position)
    c.open()
    operand = c.rules.expression(c)
    returning = types.data_type(c) if c.accept("RETURNING") else None
    c.close()
    return ast.Serialize("FROM_VECTOR", operand, returning, position=position)


def _unsupported(c: Cursor, name: str, position: int) -> ast.Expression:
    raise c.unsupported(f"the function {name}", position)


# Functions with a syntax of their own that is not taken in here.
_UNSUPPORTED = words(
    """
    CLUSTER_DETAILS CLUSTER_DISTANCE CLUSTER_ID CLUSTER_PROBABILITY CLUSTER_SET FEATURE_COMPARE
    FEATURE_DETAILS FEATURE_ID FEATURE_SET FEATURE_VALUE JSON_SCALAR JSON_TRANSFORM MULTISET
    PREDICTION PREDICTION_BOUNDS PREDICTION_COST PREDICTION_DETAILS PREDICTION_PROBABILITY PREDICTION_SET
    TREAT VALIDATE_CONVERSION XMLAGG XMLCAST XMLCOLATTVAL XMLELEMENT XMLEXISTS XMLFOREST XMLISVALID XMLPARSE
    XMLPI XMLQUERY XMLROOT XMLSERIALIZE
    """
)

FORMS: dict[str, Callable[[Cursor, str, int], ast.Expression]] = {
    "CAST": _cast,
    "EXTRACT": _extract,
    "FROM_VECTOR": _from_vector,
    "TRIM": _trim,
    "VECTOR_SERIALIZE": _from_vector,
    **json.FORMS,
    **dict.fromkeys(_UNSUPPORTED, _unsupported),
}
