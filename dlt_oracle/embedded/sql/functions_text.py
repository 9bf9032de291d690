"""Functions on text, RAW and LOBs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql.analyze_convert import convert, to_number, to_text
from dlt_oracle.embedded.sql.analyze_types import (
    BLOB,
    BOOLEAN,
    CLOB,
    LOBS,
    NATIONAL,
    NUMBER,
    ROWID,
    Family,
    Typed,
    byte_length,
    inconsistent,
    raw,
    text_length,
    varchar2,
)
from dlt_oracle.embedded.sql.emit_operator import concatenation
from dlt_oracle.embedded.sql.functions import Call, Function, same_text, simple, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 4000
_CONCAT_ARGUMENTS = 2
_NCLOB = OracleType(TypeName.NCLOB)
_BINARY = frozenset({Family.RAW, Family.BLOB})


def _length(of_text: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        value = call.arguments[0]
        if value.family is Family.BLOB or (value.family is Family.RAW and of_text == "octet_length"):
            return call.result(f"octet_length({value.sql})::numeric", NUMBER)
        text = to_text(value)
        return call.result(f"{of_text}({text.sql})::numeric", NUMBER, text)

    return build


def _substr(call: Call) -> Typed:
    """SUBSTR of text, or of a RAW's hexadecimal text; the result is as long as a constant length says."""
    value = to_text(call.arguments[0])
    numbers = [convert(to_number(each), NUMBER) for each in call.arguments[1:]]
    function = "ora.substr3" if len(numbers) > 1 else "ora.substr"
    sql = f"{function}({', '.join(each.sql for each in [value, *numbers])})"
    return call.result(sql, _shortened(value, call.arguments), value, *numbers)


def _shortened(value: Typed, arguments: list[Typed]) -> OracleType:
    kept = same_text([value])
    length = arguments[2].number if len(arguments) > 2 else None  # noqa: PLR2004 - the third argument
    if kept.length is None or length is None or not length.isdigit() or int(length) == 0:
        return kept
    wanted = int(length)
    if kept.char_semantics or kept.name in NATIONAL:
        return replace(kept, length=min(kept.length, wanted))
    return replace(kept, length=min(kept.length, wanted * 4 if value.text is None else wanted))


def _pad(function: str) -> Function:
    def build(call: Call) -> Typed:
        value = to_text(call.arguments[0])
        length = convert(to_number(call.arguments[1]), NUMBER)
        parts = [value, length, *(to_text(each) for each in call.arguments[2:])]
        sql = f"ora.{function}({', '.join(part.sql for part in parts)})"
        if value.family is Family.CLOB:
            return call.result(sql, CLOB, *parts)
        wanted, limit = call.arguments[1].number, call.scope.dictionary.max_string_bytes
        size = min(int(wanted) * 4, limit) if wanted and wanted.isdigit() and int(wanted) else limit
        if size == limit:
            sql = f"ora.substrb({sql}, 1, {limit})"  # cut without a word
        return call.result(sql, varchar2(size), *parts)

    return Function(2, 3, build)


def _concat(call: Call) -> Typed:
    if len(call.arguments) > _CONCAT_ARGUMENTS and call.scope.dictionary.version != "23ai":
        raise OracleError(909, position=call.node.position)
    return concatenation(call.arguments, call.scope)


def _strip(function: str) -> Function:
    def build(call: Call) -> Typed:
        parts = [to_text(each) for each in call.arguments]
        sql = f"nullif({function}({', '.join(part.sql for part in parts)}), '')"
        return call.result(sql, same_text(parts), *parts)

    return Function(1, 2, build)


def _to_lob(target: OracleType) -> Function:
    def build(call: Call) -> Typed:
        value = call.arguments[0]
        if value.family is Family.BLOB or value.null:
            raise unsupported("TO_CLOB of a BLOB or of NULL", call.node.position)
        return call.result(to_text(value).sql, target)

    return Function(1, 1, build)


def _to_blob(call: Call) -> Typed:
    value = call.arguments[0]
    if value.family not in _BINARY and not value.null:
        raise inconsistent("BLOB", value)
    return call.result(convert(value, BLOB).sql, BLOB)


def _empty(sql: str, result: OracleType) -> Function:
    return Function(0, 0, lambda call: replace(call.result(sql, result), nullable=False))


def _rawtohex(call: Call) -> Typed:
    value = call.arguments[0]
    binary = value if value.family in _BINARY else convert(value, raw(_LONGEST // 2))
    result = varchar2(2 * byte_length(binary.type)) if binary.family is Family.RAW else varchar2(_LONGEST)
    return call.result(f"ora.rawtohex({binary.sql})", result)


def _hextoraw(call: Call) -> Typed:
    text = to_text(call.arguments[0])
    return call.result(f"ora.hextoraw({text.sql})", raw((text_length(text.type) + 1) // 2), text)


_HASHES = {"SHA1": 20, "SHA256": 32, "SHA384": 48, "SHA512": 64, "MD5": 16}


def _standard_hash(call: Call) -> Typed:
    """STANDARD_HASH of the value's bytes; SHA1 where no method is named. ORA-00902 family for LOBs."""
    value = call.arguments[0]
    method = "SHA1"
    if len(call.arguments) > 1:
        method = (call.arguments[1].text or "").upper()
    if method not in _HASHES:
        raise OracleError(1760, position=call.node.position)
    if value.family in LOBS:
        raise inconsistent("-", value)
    if value.family is Family.RAW:
        sql = f"ora.hash_raw('{method}', {value.sql})"
    elif value.family is Family.TEXT:
        sql = f"ora.hash_text('{method}', {value.sql})"
    else:
        raise unsupported(f"STANDARD_HASH of a {value.type.name.value}", call.node.position)
    return call.result(sql, raw(_HASHES[method]))


def _lob_length(call: Call) -> Typed:
    value = call.arguments[0]
    function = "octet_length" if value.family in _BINARY else "char_length"
    operand = value if value.family in _BINARY else convert(value, CLOB)
    return call.result(f"{function}({operand.sql})::numeric", NUMBER)


def _lob_substr(call: Call) -> Typed:
    """DBMS_LOB.SUBSTR(lob, amount, offset): amount and offset are the other way round than in SUBSTR."""
    value = call.arguments[0]
    numbers = [convert(to_number(each), NUMBER).sql for each in call.arguments[1:]]
    amount = numbers[0] if numbers else "32767::numeric"
    offset = numbers[1] if len(numbers) > 1 else "1::numeric"
    if value.family in _BINARY:
        return call.result(f"ora.substr_raw({value.sql}, {offset}, {amount})", raw(_LONGEST // 2))
    text = convert(value, CLOB)
    return call.result(f"ora.lob_substr({text.sql}, {amount}, {offset})", varchar2(_LONGEST))


def _lob_instr(call: Call) -> Typed:
    parts = [convert(each, CLOB).sql for each in call.arguments[:2]]
    parts += [convert(to_number(each), NUMBER).sql for each in call.arguments[2:]]
    return call.result(f"ora.instr({', '.join(parts)})", NUMBER)


def _lob_compare(call: Call) -> Typed:
    """DBMS_LOB.COMPARE: 0 for equal LOBs, else -1 or 1; NULL when either is NULL."""
    left, right = call.arguments[:2]
    if len(call.arguments) > 2:  # noqa: PLR2004 - the two LOBs
        raise unsupported("DBMS_LOB.COMPARE of parts", call.node.position)
    if left.family in _BINARY:
        return call.result(f"ora.compare_bytes({left.sql}, {convert(right, BLOB).sql})", NUMBER)
    return call.result(f"ora.compare_text({convert(left, CLOB).sql}, {convert(right, CLOB).sql})", NUMBER)


def _unistr(arguments: list[Typed]) -> OracleType:
    return OracleType(TypeName.NVARCHAR2, byte_length(arguments[0].type), char_semantics=True)


def _to_nchar(call: Call) -> Typed:
    text = to_text(call.arguments[0])
    length = max(1, byte_length(text.type))
    return call.result(text.sql, OracleType(TypeName.NVARCHAR2, length, char_semantics=True), text)


def _cast_to_raw(call: Call) -> Typed:
    text = to_text(call.arguments[0])
    return call.result(f"convert_to({text.sql}, 'UTF8')", raw(min(byte_length(text.type), 2000)), text)


FUNCTIONS: dict[str, Function] = {
    "ASCII": simple("ora.ascii({})", "t", NUMBER),
    "CHARTOROWID": simple("ora.to_rowid({})", "t", ROWID),
    "CHR": simple("ora.chr({})", "n", varchar2(4)),
    "CONCAT": Function(2, None, _concat),
    "DBMS_LOB.COMPARE": Function(2, 5, _lob_compare),
    "DBMS_LOB.GETLENGTH": Function(1, 1, _lob_length),
    "DBMS_LOB.INSTR": Function(2, 4, _lob_instr),
    "DBMS_LOB.SUBSTR": Function(1, 3, _lob_substr),
    "EMPTY_BLOB": _empty("''::bytea", BLOB),
    "EMPTY_CLOB": _empty("''::text", CLOB),
    "HEXTORAW": Function(1, 1, _hextoraw),
    "INITCAP": simple("initcap({})", "t", same_text),
    "INSTR": simple("ora.instr({})", "tt?nn", NUMBER),
    "LENGTH": Function(1, 1, _length("char_length")),
    "LENGTH2": Function(1, 1, _length("char_length")),
    "LENGTH4": Function(1, 1, _length("char_length")),
    "LENGTHB": Function(1, 1, _length("octet_length")),
    "LENGTHC": Function(1, 1, _length("char_length")),
    "LOWER": simple("lower({})", "t", lambda arguments: arguments[0].type),
    "LPAD": _pad("lpad"),
    "LTRIM": _strip("ltrim"),
    "NCHR": simple("ora.nchr({})", "n", OracleType(TypeName.NVARCHAR2, 2, char_semantics=True)),
    "NLS_INITCAP": simple("initcap({})", "t", same_text),
    "NLS_LOWER": simple("lower({})", "t", same_text),
    "NLS_UPPER": simple("upper({})", "t", same_text),
    "RAWTOHEX": Function(1, 1, _rawtohex),
    "REGEXP_COUNT": simple("ora.regexp_count({})", "tt?nt", NUMBER),
    "REGEXP_INSTR": simple("ora.regexp_instr({})", "tt?nnntn", NUMBER),
    "REGEXP_LIKE": simple("ora.regexp_like({})", "tt?t", BOOLEAN),
    "REGEXP_REPLACE": simple("ora.regexp_replace({})", "tt?tnnt", text_of(_LONGEST)),
    "REGEXP_SUBSTR": simple("ora.regexp_substr({})", "tt?nntn", same_text),
    "REPLACE": simple("ora.replace({})", "tt?t", text_of(_LONGEST)),
    "REVERSE": simple("reverse({})", "t", same_text),
    "ROWIDTOCHAR": simple("{}", "t", varchar2(18)),
    "RPAD": _pad("rpad"),
    "RTRIM": _strip("rtrim"),
    "STANDARD_HASH": Function(1, 2, _standard_hash),
    "SUBSTR": Function(2, 3, _substr),
    "SUBSTRB": simple("ora.substrb({})", "tn?n", same_text),
    "SYS_GUID": Function(0, 0, lambda call: call.result("uuid_send(gen_random_uuid())", raw(16))),
    "TO_BLOB": Function(1, 1, _to_blob),
    "TO_CLOB": _to_lob(CLOB),
    "TO_NCHAR": Function(1, 1, _to_nchar),
    "TO_NCLOB": _to_lob(_NCLOB),
    "TRANSLATE": simple("ora.translate({})", "ttt", same_text),
    "UNISTR": simple("ora.unistr({})", "t", _unistr),
    "UPPER": simple("upper({})", "t", lambda arguments: arguments[0].type),
    "UTL_RAW.CAST_TO_RAW": Function(1, 1, _cast_to_raw),
    "UTL_RAW.CAST_TO_VARCHAR2": simple("ora.utf8({})", "b", varchar2(_LONGEST)),
    "UTL_RAW.LENGTH": simple("octet_length({})::numeric", "b", NUMBER),
}
