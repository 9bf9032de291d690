"""Aggregate and analytic functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number, to_text
from dlt_oracle.embedded.sql.analyze_types import (
    BINARY_DOUBLE,
    DATETIME,
    LOBS,
    NUMBER,
    Family,
    Typed,
    inconsistent,
    varchar2,
)
from dlt_oracle.embedded.sql.emit_sort import order_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.model import OracleType
    from dlt_oracle.embedded.sql.functions import Call


@dataclass(frozen=True)
class Aggregate:
    """An aggregate: ``build`` gets the call and what stands behind each PostgreSQL aggregate in its text.

    The second argument is `` OVER (…)`` for the analytic form and empty for the plain one.
    """

    minimum: int
    maximum: int
    build: Callable[[Call, str], Typed]
    distinct: bool = True


def _distinct(call: Call) -> str:
    return "DISTINCT " if call.node.distinct else ""


def _count(call: Call, over: str) -> Typed:
    if call.node.arguments and isinstance(call.node.arguments[0], ast.Star):
        return call.result(f"(count(*){over})::numeric", NUMBER)
    value = call.arguments[0]
    if call.node.distinct and value.family in LOBS:
        raise inconsistent("-", value)
    return call.result(f"(count({_distinct(call)}{value.sql}){over})::numeric", NUMBER)


def _numeric_argument(call: Call) -> Typed:
    value = call.arguments[0]
    if value.family in DATETIME or value.family in LOBS or value.family is Family.RAW:
        raise inconsistent("NUMBER", value)
    return to_number(value)


def _sum(call: Call, over: str) -> Typed:
    if call.arguments[0].family is Family.DAY_SECOND:
        raise inconsistent("NUMBER", call.arguments[0])
    value = _numeric_argument(call)
    total = f"sum({_distinct(call)}{value.sql}){over}"
    if value.family is Family.NUMBER:
        return call.result(f"ora.norm({total})", NUMBER, value)
    return call.result(
        f"({total})::{'float4' if value.family is Family.FLOAT4 else 'float8'}", value.type, value
    )


def _avg(call: Call, over: str) -> Typed:
    value = _numeric_argument(call)
    if value.family is not Family.NUMBER:
        return call.result(f"(avg({_distinct(call)}{value.sql}){over})", BINARY_DOUBLE, value)
    argument = f"({_distinct(call)}{value.sql}){over}"
    return call.result(f"ora.div(sum{argument}, count{argument}::numeric)", NUMBER, value)


def _extreme(function: str) -> Callable[[Call, str], Typed]:
    def build(call: Call, over: str) -> Typed:
        value = call.arguments[0]
        if value.family in LOBS:
            raise inconsistent("-", value)
        result = NUMBER if value.family is Family.NUMBER else value.type
        if call.node.keep is not None:
            return _kept(call, function, over)
        return call.result(f"{function}({_distinct(call)}{value.sql}){over}", result)

    return build


def _kept(call: Call, function: str, over: str) -> Typed:
    """MAX(x) KEEP (DENSE_RANK LAST ORDER BY y): the greatest x among the rows that are last by y."""
    keep, value = call.node.keep, call.arguments[0]
    if keep is None or over:
        raise unsupported("KEEP in an analytic function", call.node.position)
    terms = []
    for item in keep.order_by:
        flipped = item
        if not keep.first:
            nulls_first = item.descending if item.nulls_first is None else item.nulls_first
            flipped = ast.SortItem(
                item.expression, not item.descending, not nulls_first, position=item.position
            )
        terms.append(flipped)
    order = order_by(tuple(terms), call.scope)
    last = "DESC NULLS LAST" if function == "max" else "ASC NULLS LAST"
    sql = f"(array_agg({value.sql} ORDER BY {order}, {value.sql} {last}))[1]"
    return call.result(sql, NUMBER if value.family is Family.NUMBER else value.type)


def _statistics(function: str) -> Callable[[Call, str], Typed]:
    """Return a builder for STDDEV and VARIANCE: over one value the sample forms are 0 in Oracle."""

    def build(call: Call, over: str) -> Typed:
        value = convert(_numeric_argument(call), NUMBER)
        argument = f"({_distinct(call)}{value.sql}){over}"
        return call.result(f"ora.norm({function}{argument})", NUMBER, value)

    return build


def _zero_for_one(function: str) -> Callable[[Call, str], Typed]:
    def build(call: Call, over: str) -> Typed:
        value = convert(_numeric_argument(call), NUMBER)
        argument = f"({_distinct(call)}{value.sql}){over}"
        sql = f"CASE WHEN count{argument} = 1 THEN 0 ELSE ora.norm({function}{argument}) END"
        return call.result(sql, NUMBER, value)

    return build


def _median(call: Call, over: str) -> Typed:
    if over:
        raise unsupported("MEDIAN as an analytic function", call.node.position)
    value = convert(_numeric_argument(call), NUMBER)
    return call.result(f"ora.median(array_agg({value.sql}))", NUMBER, value)


def _listagg(call: Call, over: str) -> Typed:
    """LISTAGG: NULLs are left out; longer than a VARCHAR2 is ORA-01489, or cut ON OVERFLOW TRUNCATE."""
    if call.node.overflow is not None and call.node.overflow.truncate:
        raise unsupported("LISTAGG … ON OVERFLOW TRUNCATE", call.node.position)
    value = to_text(call.arguments[0])
    separator = to_text(call.arguments[1]) if len(call.arguments) > 1 else None
    text = "''" if separator is None else f"coalesce({separator.sql}, '')"
    limit = call.scope.dictionary.max_string_bytes
    order = order_by(call.node.within_group, call.scope) if call.node.within_group else ""
    if over:
        partition = over.removeprefix(" OVER (").removesuffix(")")
        frame = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
        ordering = f" ORDER BY {order} {frame}" if order else ""
        sql = f"string_agg({value.sql}, {text}) OVER ({partition}{ordering})"
    else:
        ordering = f" ORDER BY {order}" if order else ""
        sql = f"string_agg({_distinct(call)}{value.sql}, {text}{ordering})"
    parts = [value, *([separator] if separator else [])]
    return call.result(f"ora.limited({sql}, {limit})", varchar2(limit), *parts)


def _percentile(function: str) -> Callable[[Call, str], Typed]:
    def build(call: Call, over: str) -> Typed:
        if over or len(call.node.within_group) != 1:
            raise unsupported(f"{call.name} OVER", call.node.position)
        item = call.node.within_group[0]
        value = call.scope.expression(item.expression)
        fraction = convert(to_number(call.arguments[0]), NUMBER)
        direction = "DESC" if item.descending else "ASC"
        head = f"{function}({fraction.sql}::float8) WITHIN GROUP (ORDER BY {value.sql}"
        if function == "percentile_cont":
            sql = f"ora.to_number({head}::float8 {direction}))"
            return call.result(sql, NUMBER, value, fraction)
        return call.result(f"{head} {direction})", value.type, value, fraction)

    return build


def _any_value(call: Call, over: str) -> Typed:
    return call.result(f"any_value({call.arguments[0].sql}){over}", call.arguments[0].type)


def _grouping(call: Call, _over: str) -> Typed:
    return call.result(f"grouping({', '.join(each.sql for each in call.arguments)})::numeric", NUMBER)


def _approximate(call: Call, over: str) -> Typed:
    if over:
        raise unsupported("APPROX_COUNT_DISTINCT OVER", call.node.position)
    return call.result(f"count(DISTINCT {call.arguments[0].sql})::numeric", NUMBER)


AGGREGATES: dict[str, Aggregate] = {
    "ANY_VALUE": Aggregate(1, 1, _any_value),
    "APPROX_COUNT_DISTINCT": Aggregate(1, 1, _approximate),
    "AVG": Aggregate(1, 1, _avg),
    "COUNT": Aggregate(1, 1, _count),
    "LISTAGG": Aggregate(1, 2, _listagg),
    "MAX": Aggregate(1, 1, _extreme("max")),
    "MEDIAN": Aggregate(1, 1, _median),
    "MIN": Aggregate(1, 1, _extreme("min")),
    "PERCENTILE_CONT": Aggregate(1, 1, _percentile("percentile_cont")),
    "PERCENTILE_DISC": Aggregate(1, 1, _percentile("percentile_disc")),
    "STDDEV": Aggregate(1, 1, _zero_for_one("stddev_samp")),
    "STDDEV_POP": Aggregate(1, 1, _statistics("stddev_pop")),
    "STDDEV_SAMP": Aggregate(1, 1, _statistics("stddev_samp")),
    "SUM": Aggregate(1, 1, _sum),
    "VARIANCE": Aggregate(1, 1, _zero_for_one("var_samp")),
    "VAR_POP": Aggregate(1, 1, _statistics("var_pop")),
    "VAR_SAMP": Aggregate(1, 1, _statistics("var_samp")),
}

# GROUPING reads its grouping columns as such: their use needs no covering.
GROUPING: dict[str, Aggregate] = {
    "GROUPING": Aggregate(1, 1, _grouping),
    "GROUPING_ID": Aggregate(1, 255, _grouping),
}


# --- analytic functions only ----------------------------------------------------------------------


def _ranking(function: str) -> Callable[[Call, str], Typed]:
    return lambda call, over: call.result(f"({function}(){over})::numeric", NUMBER)


def _ntile(call: Call, over: str) -> Typed:
    buckets = convert(to_number(call.arguments[0]), NUMBER)
    return call.result(f"(ntile(trunc({buckets.sql})::integer){over})::numeric", NUMBER, buckets)


def _neighbour(function: str) -> Callable[[Call, str], Typed]:
    """LAG and LEAD: the default takes the value's type."""

    def build(call: Call, over: str) -> Typed:
        value = call.arguments[0]
        if call.node.null_treatment == "IGNORE":
            return _known_neighbour(call, function, over)
        parts, text = [value], value.sql
        if len(call.arguments) > 1:
            offset = convert(to_number(call.arguments[1]), NUMBER)
            parts.append(offset)
            text += f", trunc({offset.sql})::integer"
        if len(call.arguments) > 2:  # noqa: PLR2004 - value, offset, default
            default = convert(call.arguments[2], _plain(value))
            parts.append(default)
            text += f", {default.sql}"
        return call.result(f"{function}({text}){over}", _plain(value), *parts)

    return build


# The rows that LAG and LEAD look through for a value that is not NULL, and the end they look from.
_BEYOND = {
    "lag": ("last_known", "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"),
    "lead": ("first_known", "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"),
}


def _known_neighbour(call: Call, function: str, over: str) -> Typed:
    """LAG and LEAD … IGNORE NULLS, of the nearest row."""
    value = call.arguments[0]
    if len(call.arguments) > 1 and call.arguments[1].number != "1":
        raise unsupported(f"{call.name} … IGNORE NULLS with an offset", call.node.position)
    known, frame = _BEYOND[function]
    sql = f"ora.{known}({value.sql}){over.removesuffix(')')} {frame})"
    if len(call.arguments) > 2:  # noqa: PLR2004 - value, offset, default
        sql = f"coalesce({sql}, {convert(call.arguments[2], _plain(value)).sql})"
    return call.result(sql, _plain(value))


def _edge(function: str, known: str) -> Callable[[Call, str], Typed]:
    """FIRST_VALUE and LAST_VALUE; ``known`` is the aggregate that passes over NULLs."""

    def build(call: Call, over: str) -> Typed:
        value = call.arguments[0]
        chosen = f"ora.{known}" if call.node.null_treatment == "IGNORE" else function
        return call.result(f"{chosen}({value.sql}){over}", _plain(value))

    return build


def _nth_value(call: Call, over: str) -> Typed:
    if call.node.from_last or call.node.null_treatment == "IGNORE":
        raise unsupported("NTH_VALUE … FROM LAST or IGNORE NULLS", call.node.position)
    place = convert(to_number(call.arguments[1]), NUMBER)
    value = call.arguments[0]
    return call.result(
        f"nth_value({value.sql}, trunc({place.sql})::integer){over}", _plain(value), value, place
    )


def _ratio(call: Call, over: str) -> Typed:
    value = convert(_numeric_argument(call), NUMBER)
    return call.result(f"ora.div({value.sql}, nullif(sum({value.sql}){over}, 0))", NUMBER, value)


def _fraction(function: str) -> Callable[[Call, str], Typed]:
    return lambda call, over: call.result(f"ora.to_number({function}(){over})", NUMBER)


def _plain(value: Typed) -> OracleType:
    return NUMBER if value.family is Family.NUMBER else value.type


ANALYTIC: dict[str, Aggregate] = {
    "CUME_DIST": Aggregate(0, 0, _fraction("cume_dist")),
    "DENSE_RANK": Aggregate(0, 0, _ranking("dense_rank")),
    "FIRST_VALUE": Aggregate(1, 1, _edge("first_value", "first_known")),
    "LAG": Aggregate(1, 3, _neighbour("lag")),
    "LAST_VALUE": Aggregate(1, 1, _edge("last_value", "last_known")),
    "LEAD": Aggregate(1, 3, _neighbour("lead")),
    "NTH_VALUE": Aggregate(2, 2, _nth_value),
    "NTILE": Aggregate(1, 1, _ntile),
    "PERCENT_RANK": Aggregate(0, 0, _fraction("percent_rank")),
    "RANK": Aggregate(0, 0, _ranking("rank")),
    "RATIO_TO_REPORT": Aggregate(1, 1, _ratio),
    "ROW_NUMBER": Aggregate(0, 0, _ranking("row_number")),
}
NEED_ORDER = frozenset(
    {"CUME_DIST", "DENSE_RANK", "LAG", "LEAD", "NTILE", "PERCENT_RANK", "RANK", "ROW_NUMBER"}
)
