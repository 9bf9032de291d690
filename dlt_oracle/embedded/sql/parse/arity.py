"""How many arguments the built-in functions take.

Oracle answers ORA-00909 where a function has one fixed number of arguments, ORA-00938 and ORA-00939 (too few,
too many) where the number varies. Functions that are not in this table are not checked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.sql import ast
    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_MANY = 255

_BY_ARITY: dict[tuple[int, int], str] = {
    (0, 0): "EMPTY_BLOB EMPTY_CLOB ROW_NUMBER SYS_GUID",
    (1, 1): """
        ABS ACOS ASCII ASCIISTR ASIN ATAN AVG CEIL COMPOSE COS COSH COUNT EXP FIRST_VALUE FLOOR HEXTORAW
        LAST_DAY LAST_VALUE LENGTH LENGTHB LENGTHC LN LNNVL LOWER MAX MEDIAN MIN NTILE RATIO_TO_REPORT
        RAWTOHEX RAWTONHEX SIGN SIN SINH SOUNDEX SQRT STDDEV SUM SYS_EXTRACT_UTC TAN TANH TZ_OFFSET UNISTR
        UPPER USERENV VARIANCE VSIZE
    """,
    (1, 2): "LISTAGG LTRIM NLS_INITCAP NLS_LOWER NLS_UPPER NLSSORT ROUND RTRIM STANDARD_HASH TRUNC",
    (1, 3): "LAG LEAD ORA_HASH TO_CHAR TO_DATE TO_NCHAR TO_NUMBER TO_TIMESTAMP TO_TIMESTAMP_TZ",
    (1, 4): "DUMP",
    (1, _MANY): "GREATEST LEAST",
    (2, 2): """
        ADD_MONTHS ATAN2 BITAND CONCAT CORR COVAR_POP COVAR_SAMP FROM_TZ LOG MOD MONTHS_BETWEEN NANVL NEXT_DAY
        NTH_VALUE NULLIF NUMTODSINTERVAL NUMTOYMINTERVAL NVL POWER REMAINDER
    """,
    (2, 3): "LPAD REGEXP_LIKE REPLACE RPAD SUBSTR SUBSTRB SUBSTRC SYS_CONTEXT",
    (2, 4): "INSTR INSTRB INSTRC REGEXP_COUNT",
    (2, 6): "REGEXP_REPLACE REGEXP_SUBSTR",
    (2, 7): "REGEXP_INSTR",
    (2, _MANY): "COALESCE",
    (3, 3): "NEW_TIME NVL2 TRANSLATE",
    (3, _MANY): "DECODE",
    (4, 4): "WIDTH_BUCKET",
}
_ARITIES = {name: arity for arity, names in _BY_ARITY.items() for name in names.split()}


def check_arity(c: Cursor, name: tuple[str, ...], arguments: Sequence[ast.Expression], position: int) -> None:
    """Refuse a call of a built-in function with a wrong number of arguments."""
    if len(arguments) > _MANY:
        raise c.error(939, position=position)
    if len(name) > 1 or name[0] not in _ARITIES:
        return
    least, most = _ARITIES[name[0]]
    if name[0] == "CONCAT" and c.since_23:
        most = _MANY
    if least <= len(arguments) <= most:
        return
    if least == most:
        raise c.error(909, position=position)
    raise c.error(938 if len(arguments) < least else 939, position=position)
