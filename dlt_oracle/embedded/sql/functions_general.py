"""Functions on numbers, on NULL, on several values of one type, and about the session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import TypeName
from dlt_oracle.embedded.sql.analyze_convert import comparable, convert, numeric_pair, to_number, to_text
from dlt_oracle.embedded.sql.analyze_types import (
    BOOLEAN,
    NUMBER,
    Family,
    Typed,
    inconsistent,
    unify,
    unpadded,
    varchar2,
)
from dlt_oracle.embedded.sql.emit_condition import truth
from dlt_oracle.embedded.sql.emit_operator import shared_type
from dlt_oracle.embedded.sql.functions import Call, Function, same, simple

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.model import OracleType


def _number_type(oracle_type: OracleType) -> OracleType:
    return NUMBER if oracle_type.name is TypeName.NUMBER else oracle_type


def _led_by_first(values: list[Typed]) -> OracleType:
    """The type that NVL, DECODE and GREATEST return: the first value's, made wide enough for all."""
    typed = [each for each in values if not each.null]
    if not typed:
        return varchar2(0)
    first = typed[0]
    alike = [each.type for each in typed if unify([first.type, each.type]) is not None]
    shared = _number_type(unify(alike) or first.type)
    return unpadded(shared)


def _nvl(call: Call) -> Typed:
    target = _led_by_first(call.arguments)
    first, second = (convert(each, target) for each in call.arguments)
    return call.result(f"coalesce({first.sql}, {second.sql})", target, first, second)


def _nvl2(call: Call) -> Typed:
    test, *values = call.arguments
    target = _led_by_first(values)
    present, absent = (convert(each, target) for each in values)
    sql = f"CASE WHEN {test.sql} IS NOT NULL THEN {present.sql} ELSE {absent.sql} END"
    return call.result(sql, target, test, present, absent)


def _coalesce(call: Call) -> Typed:
    target = shared_type(call.arguments)
    parts = [convert(each, target) for each in call.arguments]
    return call.result(f"coalesce({', '.join(part.sql for part in parts)})", target, *parts)


def _nullif(call: Call) -> Typed:
    value, other = call.arguments
    if value.null:
        raise inconsistent("-", value)
    left, right = comparable(value, other)
    sql = f"CASE WHEN {left.sql} = {right.sql} THEN NULL ELSE {value.sql} END"
    return call.result(sql, _number_type(value.type))


def _decode(call: Call) -> Typed:
    """DECODE: NULL equals NULL; the first result's type is the result's."""
    operand, *rest = call.arguments
    default = rest.pop() if len(rest) % 2 else None
    searches, results = rest[::2], rest[1::2]
    choices = [*results, *([default] if default is not None else [])]
    target = varchar2(4000) if results[0].null and not all(each.null for each in choices) else None
    target = target or _led_by_first(choices)
    whens = []
    for search, result in zip(searches, results, strict=True):
        left, right = comparable(operand, search)
        whens.append(f"WHEN {left.sql} IS NOT DISTINCT FROM {right.sql} THEN {convert(result, target).sql}")
    otherwise = f" ELSE {convert(default, target).sql}" if default is not None else ""
    return call.result(f"CASE {' '.join(whens)}{otherwise} END", target)


def _extreme(function: str) -> Function:
    """GREATEST and LEAST: the first value's type; NULL when any is NULL."""

    def build(call: Call) -> Typed:
        target = _led_by_first(call.arguments)
        parts = [convert(each, target) for each in call.arguments]
        missing = " OR ".join(f"{part.sql} IS NULL" for part in parts if part.nullable)
        chosen = f"{function}({', '.join(part.sql for part in parts)})"
        sql = f"CASE WHEN {missing} THEN NULL ELSE {chosen} END" if missing else chosen
        return call.result(sql, target, *parts)

    return Function(1, None, build)


def _lnnvl(call: Call) -> Typed:
    """LNNVL: true where the condition is false or unknown."""
    test = truth(call.arguments[0])
    return call.result(f"(({test.sql}) IS NOT TRUE)", BOOLEAN)


def _mod(call: Call) -> Typed:
    left, right = (convert(to_number(each), NUMBER) for each in call.arguments)
    return call.result(f"ora.mod({left.sql}, {right.sql})", NUMBER, left, right)


def _nanvl(call: Call) -> Typed:
    left, right = numeric_pair(*call.arguments)
    return call.result(
        f"CASE WHEN {left.sql} = 'NaN' THEN {right.sql} ELSE {left.sql} END", left.type, left, right
    )


def _binary_math(function: str) -> Function:
    """Functions that PostgreSQL has for doubles only: a NUMBER keeps 15 digits of the result."""

    def build(call: Call) -> Typed:
        numbers = [to_number(each) for each in call.arguments]
        arguments = ", ".join(f"{number.sql}::float8" for number in numbers)
        if any(number.family is not Family.NUMBER for number in numbers):
            return call.result(f"{function}({arguments})", numbers[0].type, *numbers)
        return call.result(f"ora.to_number({function}({arguments}))", NUMBER, *numbers)

    return Function(1, 2 if function == "atan2" else 1, build)


def _either(number: str, binary: str) -> Function:
    """One function for NUMBER, another for binary numbers; one argument."""

    def build(call: Call) -> Typed:
        value = to_number(call.arguments[0])
        template = number if value.family is Family.NUMBER else binary
        return call.result(template.format(value.sql), same([value]), value)

    return Function(1, 1, build)


def _sys_context(call: Call) -> Typed:
    texts = [to_text(each) for each in call.arguments[:2]]
    if texts[0].text is not None and texts[0].text.upper() != "USERENV":
        raise unsupported(f"the context {texts[0].text}", call.node.position)
    return call.result(f"ora.sys_context({', '.join(text.sql for text in texts)})", varchar2(256), *texts)


def _userenv(call: Call) -> Typed:
    text = to_text(call.arguments[0])
    return call.result(f"ora.sys_context('USERENV', {text.sql})", varchar2(256), text)


def _setting(sql: str, result: OracleType) -> Function:
    return Function(0, 0, lambda call: call.result(sql, result))


def _random(call: Call) -> Typed:
    if not call.arguments:
        return call.result("random()::numeric", NUMBER)
    low, high = (convert(to_number(each), NUMBER) for each in call.arguments)
    sql = f"({low.sql} + random()::numeric * ({high.sql} - {low.sql}))"
    return replace(call.result(sql, NUMBER, low, high), constant=False)


def _check_pair(build: Callable[[Call], Typed]) -> Callable[[Call], Typed]:
    def checked(call: Call) -> Typed:
        if len(call.arguments) not in {0, 2}:
            raise OracleError(909, position=call.node.position)
        return build(call)

    return checked


FUNCTIONS: dict[str, Function] = {
    "ABS": _either("abs({})", "abs({})"),
    "ACOS": _binary_math("acos"),
    "ASIN": _binary_math("asin"),
    "ATAN": _binary_math("atan"),
    "ATAN2": _binary_math("atan2"),
    "BITAND": simple("ora.bitand({})", "nn", NUMBER),
    "CEIL": _either("ceil({})", "ceil({})"),
    "COALESCE": Function(2, None, _coalesce),
    "COS": _binary_math("cos"),
    "COSH": _binary_math("cosh"),
    "DBMS_RANDOM.VALUE": Function(0, 2, _check_pair(_random)),
    "DECODE": Function(3, 255, _decode),
    "EXP": simple("ora.exp({})", "n", NUMBER),
    "FLOOR": _either("floor({})", "floor({})"),
    "GREATEST": _extreme("greatest"),
    "LEAST": _extreme("least"),
    "LN": simple("ora.ln({})", "n", NUMBER),
    "LNNVL": Function(1, 1, _lnnvl),
    "LOG": simple("ora.log({})", "nn", NUMBER),
    "MOD": Function(2, 2, _mod),
    "NANVL": Function(2, 2, _nanvl),
    "NULLIF": Function(2, 2, _nullif),
    "NVL": Function(2, 2, _nvl),
    "NVL2": Function(3, 3, _nvl2),
    "POWER": simple("ora.power({})", "nn", NUMBER),
    "REMAINDER": simple("ora.remainder({})", "nn", NUMBER),
    "SIGN": _either("sign({})", "sign({})::numeric"),
    "SIN": _binary_math("sin"),
    "SINH": _binary_math("sinh"),
    "SQRT": _either("ora.sqrt({})", "sqrt({}::float8)"),
    "SYS_CONTEXT": Function(2, 3, _sys_context),
    "TAN": _binary_math("tan"),
    "TANH": _binary_math("tanh"),
    "UID": _setting("ora.setting('user_id', '0')::numeric", NUMBER),
    "USER": _setting("ora.setting('user', NULL)", varchar2(128)),
    "USERENV": Function(1, 1, _userenv),
}
