"""Functions on dates, times and intervals, and the conversions with a format model."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number, to_text
from dlt_oracle.embedded.sql.analyze_types import (
    BINARY_DOUBLE,
    BINARY_FLOAT,
    DATE,
    DATETIME,
    INTERVAL_DS,
    INTERVAL_YM,
    NUMBER,
    NUMERIC,
    TIMESTAMP9,
    TIMESTAMP_TZ9,
    Family,
    Typed,
    inconsistent,
    text_length,
    varchar2,
)
from dlt_oracle.embedded.sql.functions import Call, Function, simple
from dlt_oracle.embedded.sql.storage import MICROSECOND_DIGITS, NANOSECOND_DIGITS, fraction_digits

if TYPE_CHECKING:
    from collections.abc import Callable

# The widest text of each element; what is not here makes the length unknown (75, Oracle's own bound).
_WIDTHS = {
    "YYYY": 4, "SYYYY": 5, "YYY": 3, "YY": 2, "Y": 1, "RRRR": 4, "RR": 2, "MM": 2, "MON": 3, "DD": 2,
    "DDD": 3, "DY": 3, "HH24": 2, "HH12": 2, "HH": 2, "MI": 2, "SS": 2, "SSSSS": 5, "AM": 2, "PM": 2, "FF": 9,
    "TZH": 3, "TZM": 2, "X": 1, "Q": 1, "WW": 2, "W": 1, "IW": 2, "IYYY": 4, "D": 1, "J": 7, "FM": 0, "FX": 0,
}  # fmt: skip
_ELEMENTS = re.compile(
    r'"[^"]*"|SYYYY|YYYY|YYY|YY|Y|RRRR|RR|MM|MON|MI|DDD|DD|DY|D|HH24|HH12|HH|SSSSS|SS|FF[1-9]?|AM|PM|TZH|TZM|X'
    r"|Q|WW|W|IW|IYYY|J|FM|FX|[-/,.;: ]",
    re.IGNORECASE,
)
_UNKNOWN_WIDTH = 75
_LONGEST_NUMBER = 64


def format_width(model: str | None) -> int:
    """Return the longest text a constant datetime format makes; 75 where that is not known."""
    if model is None:
        return _UNKNOWN_WIDTH
    width = position = 0
    while position < len(model):
        match = _ELEMENTS.match(model, position)
        if match is None:
            return _UNKNOWN_WIDTH
        element = match.group().upper()
        quoted = element.startswith('"')
        width += (
            len(element) - 2 if quoted else _WIDTHS.get(element, len(element) if len(element) == 1 else 1)
        )
        position = match.end()
    return width or 1


def _now(sql: str, result: OracleType) -> Function:
    return Function(0, 0, lambda call: replace(call.result(sql, result), nullable=False, constant=True))


def _current(sql: str, name: TypeName) -> Function:
    """CURRENT_TIMESTAMP(n) and its kind: n is a constant, 0 to 9, and 6 where it is missing."""

    def build(call: Call) -> Typed:
        digits = call.arguments[0].number if call.arguments else str(MICROSECOND_DIGITS)
        if digits is None or not digits.isdigit() or int(digits) > NANOSECOND_DIGITS:
            raise OracleError(30088, position=call.node.position)
        if int(digits) >= MICROSECOND_DIGITS:
            rounded = sql  # the clock has microseconds
        elif name is TypeName.TIMESTAMP_TZ:
            rounded = f"ora.round_tstz({sql}, {digits})"
        else:
            rounded = f"{sql}::timestamp({digits})"
        result = OracleType(name, scale=min(int(digits), MICROSECOND_DIGITS))
        return replace(call.result(rounded, result), constant=True)

    return Function(0, 1, build)


def to_char(call: Call) -> Typed:
    """TO_CHAR of a datetime, a number, an interval or text, with a format or the session's."""
    value = call.arguments[0]
    if value.null or len(call.arguments) == 1:
        return _unformatted(call, value)
    if value.family is Family.TEXT:
        value = convert(value, NUMBER)
    _check_language(call)
    model = to_text(call.arguments[1])
    if value.family in NUMERIC:
        number = convert(value, NUMBER)
        sql = f"ora.number_to_char({number.sql}, {model.sql}{_numeric_characters(call)})"
        return call.result(sql, varchar2(_number_width(model)), number, model)
    if value.family not in DATETIME:
        raise unsupported(f"TO_CHAR of a {value.type.name.value} with a format", call.node.position)
    return call.result(_formatted(value, model), varchar2(format_width(model.text)), value, model)


def _unformatted(call: Call, value: Typed) -> Typed:
    if value.null:
        return replace(value, type=varchar2(0), position=call.node.position)
    if value.family is Family.CLOB:  # ORA-22835 for one that is longer than a VARCHAR2
        limit = call.scope.dictionary.max_string_bytes
        return call.result(f"ora.clob_to_char({value.sql}, {limit})", varchar2(limit))
    text = to_text(value)
    return call.result(text.sql, varchar2(text_length(value.type)), text)


def _number_width(model: Typed) -> int:
    return _LONGEST_NUMBER if model.text is None else len(model.text) + 2  # a sign and a currency mark


def _formatted(value: Typed, model: Typed) -> str:
    if value.family is Family.DATE:
        return f"ora.date_to_char({value.sql}, {model.sql})"
    digits = fraction_digits(value.type)
    if value.family is Family.LOCAL:
        return f"ora.ltz_to_char(ora.from_utc({value.sql}), {digits}, {model.sql})"
    function = "tstz_to_char" if value.family is Family.ZONED else "ts_to_char"
    return f"ora.{function}({value.sql}, {digits}, {model.sql})"


_LANGUAGE_ARGUMENT = 3


def _check_language(call: Call) -> None:
    """Month and day names are English here: another NLS_DATE_LANGUAGE is refused."""
    if len(call.arguments) < _LANGUAGE_ARGUMENT:
        return
    language = re.search(r"LANGUAGE\s*=\s*'?(\w+)", (call.arguments[2].text or "").upper())
    if language and language.group(1) not in {"AMERICAN", "ENGLISH"}:
        raise unsupported(f"the date language {language.group(1)}", call.node.position)


def _numeric_characters(call: Call) -> str:
    """Return the marks of a third argument ``NLS_NUMERIC_CHARACTERS = ',.'`` as a further argument."""
    if len(call.arguments) < _LANGUAGE_ARGUMENT:
        return ""
    given = re.search(
        r"NLS_NUMERIC_CHARACTERS\s*=\s*'?([^'\s])([^'\s])'?", (call.arguments[2].text or "").upper()
    )
    if given is None:
        raise unsupported("this NLS parameter of a number format", call.node.position)
    return ", '{}'".format("".join(given.groups()).replace("'", "''"))


def _parser(function: str, result: OracleType) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        if call.node.on_error is not None:
            raise unsupported("DEFAULT … ON CONVERSION ERROR", call.node.position)
        _check_language(call)
        value = call.arguments[0]
        if value.null:
            return call.result(convert(value, result).sql, result)
        if len(call.arguments) == 1 and value.family in DATETIME:
            converted = convert(value, result)
            return call.result(converted.sql, result, converted)
        text = to_text(value)
        parts = [text, *(to_text(each) for each in call.arguments[1:2])]
        if text.family is Family.CLOB:
            raise inconsistent("CHAR", text)
        return call.result(f"ora.{function}({', '.join(part.sql for part in parts)})", result, *parts)

    return build


def to_number_call(call: Call) -> Typed:
    """TO_NUMBER, with a format or without."""
    if call.node.on_error is not None:
        fallback = call.scope.expression(call.node.on_error)
        if len(call.arguments) > 1:
            raise unsupported("TO_NUMBER with a format and a default", call.node.position)
        text, default = to_text(call.arguments[0]), convert(to_number(fallback), NUMBER)
        return call.result(f"ora.to_number_or({text.sql}, {default.sql})", NUMBER, text, default)
    value = call.arguments[0]
    if len(call.arguments) == 1:
        number = convert(to_number(value), NUMBER)
        return call.result(number.sql, NUMBER, number)
    text, model = to_text(value), to_text(call.arguments[1])
    sql = f"ora.number_from_char({text.sql}, {model.sql}{_numeric_characters(call)})"
    return call.result(sql, NUMBER, text, model)


def _to_binary(target: OracleType) -> Function:
    def build(call: Call) -> Typed:
        value = convert(
            to_number(call.arguments[0]) if call.arguments[0].family in NUMERIC else call.arguments[0], target
        )
        return call.result(value.sql, target, value)

    return Function(1, 1, build)


def _trunc_or_round(function: str) -> Function:
    """TRUNC and ROUND: of a datetime a DATE, of a number a number."""

    def build(call: Call) -> Typed:
        value = call.arguments[0]
        if value.family in DATETIME:
            date = convert(value, DATE)
            parts = [date, *(to_text(each) for each in call.arguments[1:])]
            sql = f"ora.{function}_date({', '.join(part.sql for part in parts)})"
            return call.result(sql, DATE, *parts)
        number = to_number(value)
        if number.family is not Family.NUMBER and len(call.arguments) == 1:
            return call.result(f"{function}({number.sql}::float8)::{_binary(number)}", number.type, number)
        parts = [convert(to_number(each), NUMBER) for each in call.arguments]
        return call.result(f"ora.{function}({', '.join(part.sql for part in parts)})", NUMBER, *parts)

    return Function(1, 2, build)


def _binary(number: Typed) -> str:
    return "float4" if number.family is Family.FLOAT4 else "float8"


def _add_months(call: Call) -> Typed:
    date = convert(call.arguments[0], DATE)
    months = convert(to_number(call.arguments[1]), NUMBER)
    return call.result(f"ora.add_months({date.sql}, {months.sql})", DATE, date, months)


def _from_tz(call: Call) -> Typed:
    moment, zone = call.arguments[0], to_text(call.arguments[1])
    fine = convert(moment, TIMESTAMP9)
    result = replace(TIMESTAMP_TZ9, scale=fraction_digits(moment.type))
    sql = f"ora.in_zone(({fine.sql}).ts, ({fine.sql}).ns, {zone.sql})"
    return call.result(sql, result, fine, zone)


def _sys_extract_utc(call: Call) -> Typed:
    moment = convert(call.arguments[0], TIMESTAMP_TZ9)
    return call.result(f"ora.utc_ts9({moment.sql})", TIMESTAMP9, moment)


def _tz_offset(call: Call) -> Typed:
    zone = to_text(call.arguments[0])
    sql = f"ora.offset_text(ora.zone_minutes_utc({zone.sql}, statement_timestamp() AT TIME ZONE 'UTC'))"
    return call.result(sql, varchar2(7), zone)


FUNCTIONS: dict[str, Function] = {
    "ADD_MONTHS": Function(2, 2, _add_months),
    "CURRENT_DATE": _now("ora.current_date()", DATE),
    "CURRENT_TIMESTAMP": _current("ora.current_timestamp()", TypeName.TIMESTAMP_TZ),
    "DBTIMEZONE": _now("'+00:00'::text", varchar2(6)),
    "FROM_TZ": Function(2, 2, _from_tz),
    "LAST_DAY": simple("ora.last_day({})", "d", DATE),
    "LOCALTIMESTAMP": _current("ora.localtimestamp()", TypeName.TIMESTAMP),
    "MONTHS_BETWEEN": simple("ora.months_between({})", "dd", NUMBER),
    "NEXT_DAY": simple("ora.next_day({})", "dt", DATE),
    "NUMTODSINTERVAL": simple("ora.numtodsinterval({})", "nt", INTERVAL_DS),
    "NUMTOYMINTERVAL": simple("ora.numtoyminterval({})", "nt", INTERVAL_YM),
    "ROUND": _trunc_or_round("round"),
    "SESSIONTIMEZONE": _now("ora.session_zone()", varchar2(75)),
    "SYSDATE": _now("ora.sysdate()", DATE),
    "SYSTIMESTAMP": _current("ora.systimestamp()", TypeName.TIMESTAMP_TZ),
    "SYS_EXTRACT_UTC": Function(1, 1, _sys_extract_utc),
    "TO_BINARY_DOUBLE": _to_binary(BINARY_DOUBLE),
    "TO_BINARY_FLOAT": _to_binary(BINARY_FLOAT),
    "TO_CHAR": Function(1, 3, to_char),
    "TO_DATE": Function(1, 3, _parser("to_date", DATE)),
    "TO_DSINTERVAL": simple("ora.to_dsinterval({})", "t", INTERVAL_DS),
    "TO_NUMBER": Function(1, 3, to_number_call),
    "TO_TIMESTAMP": Function(1, 3, _parser("to_timestamp", TIMESTAMP9)),
    "TO_TIMESTAMP_TZ": Function(1, 3, _parser("to_timestamp_tz", TIMESTAMP_TZ9)),
    "TRUNC": _trunc_or_round("trunc"),
    "TZ_OFFSET": Function(1, 1, _tz_offset),
}
