"""Operators and the special forms of values: arithmetic, ``||``, CASE, CAST, EXTRACT, TRIM, subqueries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.analyze_convert import (
    assign,
    comparable,
    convert,
    to_text,
)
from dlt_oracle.embedded.sql.analyze_types import (
    CLOB,
    DATETIME,
    NATIONAL,
    NUMBER,
    Family,
    Typed,
    byte_length,
    combine,
    inconsistent,
    number_digits,
    raw,
    text_length,
    unify,
    unpadded,
    varchar2,
)
from dlt_oracle.embedded.sql.storage import (
    Form,
    column_type,
    counts_characters,
    form,
    fraction_digits,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.analyze_scope import Scope


# --- text -----------------------------------------------------------------------------------------


_MAX_CHAR = 2000


def concat(node: ast.Concat, scope: Scope) -> Typed:
    """``a || b``: NULL is the empty text, and an empty result is NULL."""
    return concatenation([scope.expression(each) for each in node.operands], scope)


def concatenation(parts: list[Typed], scope: Scope) -> Typed:
    """Return the operands joined: RAW, CLOB or VARCHAR2 (ORA-01489 beyond its longest length)."""
    limit = scope.dictionary.max_string_bytes
    if all(each.family is Family.RAW for each in parts):
        sql = parts[0].sql
        for each in parts[1:]:
            sql = f"ora.concat_bytes({sql}, {each.sql})"
        return combine(parts, sql, raw(min(sum(byte_length(each.type) for each in parts), limit)))
    texts = [to_text(each) for each in parts]
    sql = f"concat({', '.join(each.sql for each in texts)})"
    filled = any(each.text is not None for each in texts)
    if any(each.family is Family.CLOB for each in texts):
        return combine(texts, sql if filled else f"nullif({sql}, '')", CLOB)
    length = sum(byte_length(each.type) for each in texts)
    if length > limit:
        return combine(texts, f"ora.limited({sql}, {limit})", varchar2(limit))
    if any(each.type.name in NATIONAL for each in texts):
        result = OracleType(TypeName.NVARCHAR2, length // 2 or 1, char_semantics=True)
    elif all(each.type.name is TypeName.CHAR for each in texts) and length <= _MAX_CHAR:
        result = OracleType(TypeName.CHAR, length)  # CHAR || CHAR is CHAR
    else:
        result = varchar2(length)
    joined = combine(texts, sql if filled else f"nullif({sql}, '')", result)
    return replace(joined, nullable=not filled)


def trim(node: ast.Trim, scope: Scope) -> Typed:
    """TRIM: what is left of nothing is NULL."""
    operand = to_text(scope.expression(node.operand))
    function = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.side, "btrim")
    parts, characters = [operand], "' '"
    if node.characters is not None:
        given = to_text(scope.expression(node.characters))
        parts.append(given)
        characters = f"ora.trim_one({given.sql})"
    return combine(parts, f"nullif({function}({operand.sql}, {characters}), '')", unpadded(operand.type))


# --- choices --------------------------------------------------------------------------------------


def case(node: ast.Case, scope: Scope) -> Typed:
    """CASE: the results share one type (ORA-00932), the comparisons follow ``=``."""
    parts: list[Typed] = []
    tests: list[str] = []
    operand = None if node.operand is None else scope.expression(node.operand)
    for branch in node.branches:
        test = scope.expression(branch.test)
        parts.append(test)
        if operand is None:
            tests.append(test.sql)
        else:
            left, right = comparable(operand, test)
            tests.append(f"{left.sql} = {right.sql}")
    results = [scope.expression(branch.result) for branch in node.branches]
    if node.default is not None:
        results.append(scope.expression(node.default))
    shared = shared_type(results)
    converted = [convert(each, shared) for each in results]
    whens = " ".join(f"WHEN {test} THEN {result.sql}" for test, result in zip(tests, converted, strict=False))
    default = f" ELSE {converted[-1].sql}" if node.default is not None else ""
    all_parts = [*([operand] if operand else []), *parts, *converted]
    return combine(all_parts, f"CASE {whens}{default} END", shared)


def shared_type(results: list[Typed]) -> OracleType:
    """Return the type of a CASE or COALESCE. Raises ORA-00932 and, for a mix of NCHAR and CHAR, ORA-12704."""
    typed = [each for each in results if not each.null]
    if not typed:
        return varchar2(0)
    shared = unify([each.type for each in typed])
    if shared is None:
        first = typed[0]
        other = next(each for each in typed if unify([first.type, each.type]) is None)
        raise inconsistent(first.family.value, other)
    if typed[0].family in {Family.TEXT, Family.CLOB}:
        refuse_character_sets([each.type for each in typed], typed[0].position)
    if shared.name is TypeName.NUMBER:
        return NUMBER
    return shared


def refuse_character_sets(types: list[OracleType], position: int) -> None:
    """Raise ORA-12704 where national and database text meet without a conversion."""
    if len({each.name in NATIONAL for each in types}) > 1:
        raise OracleError(12704, position=position)


# --- conversions ----------------------------------------------------------------------------------


def cast(node: ast.Cast, scope: Scope) -> Typed:
    """CAST: as an assignment to a column of the type, but text is cut to its length."""
    if node.on_error is not None or node.arguments:
        raise unsupported("CAST with a format or DEFAULT … ON CONVERSION ERROR", node.position)
    operand = scope.expression(node.operand)
    target = node.type.type
    if target.name in {TypeName.CLOB, TypeName.NCLOB, TypeName.BLOB}:
        raise unsupported("CAST to a LOB (Oracle refuses it too: use TO_CLOB)", node.position)
    if node.type.semantics == "CHAR":
        target = replace(target, char_semantics=True)
    if target.name in {TypeName.RAW, TypeName.VARCHAR2, TypeName.NVARCHAR2, TypeName.CHAR, TypeName.NCHAR}:
        operand = _cut(operand, target)
    sql = assign(operand, target)
    if form(target) is Form.NUMERIC or form(target) is Form.TIMESTAMP:
        sql = f"({sql})::{column_type(target)}"
    result = operand.become(sql, target, number_digits(target))
    return replace(result, nullable=operand.nullable, null=False)


def _cut(operand: Typed, target: OracleType) -> Typed:
    value = convert(operand, target, lobs=True)
    length = target.length or 1
    if target.name is TypeName.RAW:
        return replace(value, sql=f"substring({value.sql}, 1, {length})", type=raw(length))
    if not operand.null and operand.family is Family.TEXT and byte_length(operand.type) <= length:
        return operand
    cut = (
        f"left({value.sql}, {length})"
        if counts_characters(target)
        else f"ora.cut_bytes({value.sql}, {length})"
    )
    return replace(value, sql=cut, type=varchar2(text_length(value.type)), null=False)


_TIMESTAMP_FIELDS = {"YEAR": 0, "MONTH": 0, "DAY": 0, "HOUR": 1, "MINUTE": 1, "SECOND": 1}
_INTERVAL_UNITS = {"DAY": (86400, 0), "HOUR": (3600, 24), "MINUTE": (60, 60), "SECOND": (1, 60)}


def extract(node: ast.Extract, scope: Scope) -> Typed:
    """EXTRACT; of a value with time zone it reads the UTC fields, as Oracle does. ORA-30076 otherwise."""
    operand = scope.expression(node.operand)
    if operand.family is Family.DAY_SECOND and node.field in _INTERVAL_UNITS:
        return _extract_interval(node.field, operand)
    if operand.family is Family.YEAR_MONTH and node.field in {"YEAR", "MONTH"}:
        return operand.become(f"({operand.sql} {'/' if node.field == 'YEAR' else '%'} 12)::numeric", NUMBER)
    if operand.family is Family.ZONED and node.field in {"TIMEZONE_HOUR", "TIMEZONE_MINUTE"}:
        operator = "/" if node.field == "TIMEZONE_HOUR" else "%"
        return operand.become(f"(({operand.sql}).tz {operator} 60)::numeric", NUMBER)
    time_of_day = _TIMESTAMP_FIELDS.get(node.field)
    if (
        time_of_day is None
        or operand.family not in DATETIME
        or (time_of_day and operand.family is Family.DATE)
    ):
        raise OracleError(30076, position=node.position)
    return operand.become(_extract_field(node.field, operand), NUMBER)


def _extract_field(field: str, operand: Typed) -> str:
    moment, nanoseconds = operand.sql, ""
    if operand.family is Family.ZONED:
        moment, nanoseconds = f"({operand.sql}).utc", f" + ({operand.sql}).ns * 1e-9"
    elif form(operand.type) is Form.TIMESTAMP9:
        moment, nanoseconds = f"({operand.sql}).ts", f" + ({operand.sql}).ns * 1e-9"
    elif operand.family is Family.LOCAL:
        moment = f"ora.from_utc({operand.sql})"
    return f"trim_scale(extract({field} FROM {moment}){nanoseconds if field == 'SECOND' else ''})"


def _extract_interval(field: str, operand: Typed) -> Typed:
    unit, modulus = _INTERVAL_UNITS[field]
    seconds = f"extract(epoch FROM {operand.sql})"
    sql = seconds if field == "SECOND" else f"trunc({seconds} / {unit})"
    return operand.become(f"trim_scale({sql} % {modulus})" if modulus else sql, NUMBER)


def at_time_zone(node: ast.AtTimeZone, scope: Scope) -> Typed:
    """AT TIME ZONE, AT LOCAL: the same instant in another zone."""
    operand = scope.expression(node.operand)
    if operand.family not in DATETIME:
        raise inconsistent("TIMESTAMP WITH TIME ZONE", operand)
    result = OracleType(TypeName.TIMESTAMP_TZ, scale=fraction_digits(operand.type))
    value = convert(operand, result)
    if node.zone is None:
        return value.become(f"ora.at_zone({value.sql})", result)
    zone = to_text(scope.expression(node.zone))
    return combine([value, zone], f"ora.at_zone({value.sql}, {zone.sql})", result)


def collate(node: ast.Collate, scope: Scope) -> Typed:
    """COLLATE: only the one the database has."""
    if node.collation not in {"BINARY", "USING_NLS_COMP"}:
        raise unsupported(f"the collation {node.collation}", node.position)
    return scope.expression(node.operand)


def subquery(node: ast.Subquery, scope: Scope) -> Typed:
    """Return a scalar subquery: one column (ORA-00913), at most one row (ORA-01427 when it runs)."""
    translated = scope.subquery(node.query)
    if len(translated.columns) != 1:
        raise OracleError(913, position=node.position)
    column = translated.columns[0]
    return Typed(
        f"({translated.sql})",
        column.type,
        node.position,
        null=False,
        digits=number_digits(column.type),
        uses=translated.uses,
    )


def row_value(node: ast.RowValue, scope: Scope) -> Typed:
    """Return the one value of ``((a))``; a longer row is no value."""
    if len(node.items) != 1:
        raise OracleError(907, position=node.position)
    return scope.expression(node.items[0])


def default(node: ast.Default, _scope: Scope) -> Typed:
    """DEFAULT stands alone in VALUES and SET, never inside an expression."""
    raise OracleError(936, position=node.position)


HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {
    ast.Concat: concat,
    ast.Trim: trim,
    ast.Case: case,
    ast.Cast: cast,
    ast.Extract: extract,
    ast.AtTimeZone: at_time_zone,
    ast.Collate: collate,
    ast.Subquery: subquery,
    ast.RowValue: row_value,
    ast.Default: default,
}
