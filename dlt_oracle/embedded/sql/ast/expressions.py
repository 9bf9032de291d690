"""Values and conditions.

A condition is an expression too (23ai lets it stand where a value stands); on 19c the parser keeps
them apart, so that a tree never holds a :class:`Condition` where Oracle wants a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql.ast.node import Node, QualifiedName

if TYPE_CHECKING:
    from dlt_oracle.embedded.sql.ast.queries import Query


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """Anything that has a value."""


@dataclass(frozen=True, slots=True)
class Condition(Expression):
    """Anything that is true, false or unknown."""


@dataclass(frozen=True, slots=True)
class DataType(Node):
    """A data type as written.

    ``semantics`` is what stands after a character length, ``BYTE`` or ``CHAR``; ``None`` leaves it to
    the session's NLS_LENGTH_SEMANTICS (``type.char_semantics`` is then False). NCHAR types are always
    counted in characters. ``text`` is the source, for messages.
    """

    type: OracleType
    semantics: str | None = None
    text: str = ""


# --- literals -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StringLiteral(Expression):
    """``'…'``, ``q'[…]'`` and their ``N`` forms. An empty ``value`` is NULL, as everywhere."""

    value: str
    national: bool = False


@dataclass(frozen=True, slots=True)
class NumberLiteral(Expression):
    """A number without sign or suffix, as written (``1``, ``.5``, ``1e-3``).

    ``type`` is NUMBER, or BINARY_FLOAT / BINARY_DOUBLE after the suffixes ``f`` / ``d``. The named
    constants are literals too: their ``text`` is ``nan`` or ``inf``.
    """

    text: str
    type: TypeName = TypeName.NUMBER


@dataclass(frozen=True, slots=True)
class DateLiteral(Expression):
    """``DATE '…'``, checked; ``value`` is in the form of ``model``: ``YYYY-MM-DD 00:00:00[ BC]``."""

    value: str


@dataclass(frozen=True, slots=True)
class TimestampLiteral(Expression):
    """``TIMESTAMP '…'``, checked.

    ``value`` holds the local fields, ``YYYY-MM-DD HH:MM:SS[.fffffffff][ BC]``; ``zone`` the time zone as
    written (``+02:00``, ``Europe/Berlin``), or None for a plain TIMESTAMP.
    """

    value: str
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class DayToSecondLiteral(Expression):
    """``INTERVAL '…' DAY TO SECOND`` and its parts; ``value`` is ``[-]D HH:MM:SS[.fffffffff]``."""

    value: str
    precision: int = 2
    scale: int = 6


@dataclass(frozen=True, slots=True)
class YearToMonthLiteral(Expression):
    """``INTERVAL '…' YEAR TO MONTH`` and its parts, in months."""

    months: int


@dataclass(frozen=True, slots=True)
class Null(Expression):
    """``NULL``."""


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Expression):
    """``TRUE`` or ``FALSE``: 23ai, and PL/SQL of every version."""

    value: bool


@dataclass(frozen=True, slots=True)
class Default(Expression):
    """The word DEFAULT in VALUES, on the right of SET, or as the value of a list partition."""


@dataclass(frozen=True, slots=True)
class MaxValue(Expression):
    """The word MAXVALUE in VALUES LESS THAN."""


# --- names --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bind(Expression):
    """``:name`` or ``:1``; ``index`` is its position in ``Statement.binds``."""

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class ColumnRef(Expression):
    """A name with one to four parts, not yet looked up.

    ``t.c``, ``s.t.c``, a PL/SQL variable, or attributes below a JSON column (``t.j.name``). ``outer`` is
    the old ``(+)``.
    """

    parts: tuple[str, ...]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class PseudoColumn(Expression):
    """``ROWNUM``, ``LEVEL``, ``[t.]ROWID``, ``[t.]ORA_ROWSCN``."""

    name: str
    qualifier: tuple[str, ...] = ()
    outer: bool = False


@dataclass(frozen=True, slots=True)
class SequenceValue(Expression):
    """``[owner.]sequence.NEXTVAL`` or ``.CURRVAL``."""

    sequence: QualifiedName
    next: bool


@dataclass(frozen=True, slots=True)
class Star(Expression):
    """``*`` or ``t.*`` in a select list, and the argument of ``COUNT(*)``."""

    qualifier: tuple[str, ...] = ()


# --- operators ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """``-x`` or ``+x``."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``+``, ``-``, ``*`` or ``/`` (and ``**`` in PL/SQL)."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Concat(Expression):
    """``a || b || c``, flat: chains are long in generated SQL."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AtTimeZone(Expression):
    """``x AT TIME ZONE zone``; ``zone`` is None for ``AT LOCAL``."""

    operand: Expression
    zone: Expression | None


@dataclass(frozen=True, slots=True)
class Collate(Expression):
    """``x COLLATE name``."""

    operand: Expression
    collation: str


@dataclass(frozen=True, slots=True)
class When(Node):
    """``WHEN test THEN result``; the test is a condition in a searched CASE, else a value."""

    test: Expression
    result: Expression


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """``CASE [operand] WHEN … [ELSE default] END``."""

    operand: Expression | None
    branches: tuple[When, ...]
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Cast(Expression):
    """``CAST(operand AS type [DEFAULT x ON CONVERSION ERROR] [, format [, nls]])``."""

    operand: Expression
    type: DataType
    on_error: Expression | None = None
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Extract(Expression):
    """``EXTRACT(field FROM operand)``; the field is upper-case (YEAR … TIMEZONE_ABBR)."""

    field: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Trim(Expression):
    """``TRIM([LEADING | TRAILING | BOTH] [characters] FROM operand)`` or ``TRIM(operand)``."""

    side: str
    characters: Expression | None
    operand: Expression


@dataclass(frozen=True, slots=True)
class Subquery(Expression):
    """A query in parentheses where a value, a row or a list stands."""

    query: Query


@dataclass(frozen=True, slots=True)
class RowValue(Expression):
    """``(a, b)``: a row of at least two expressions, or one in ``((a))`` of a grouping set."""

    items: tuple[Expression, ...]


# --- function calls -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SortItem(Node):
    """One item of ORDER BY. ``nulls_first`` is None where the default of the direction rules."""

    expression: Expression
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class FrameBound(Node):
    """``CURRENT ROW`` (``kind`` CURRENT), or PRECEDING / FOLLOWING; ``offset`` None is UNBOUNDED."""

    kind: str
    offset: Expression | None = None


@dataclass(frozen=True, slots=True)
class Frame(Node):
    """The windowing clause; ``unit`` is ROWS, RANGE or (21c) GROUPS."""

    unit: str
    start: FrameBound
    end: FrameBound | None = None
    exclude: str | None = None


@dataclass(frozen=True, slots=True)
class Window(Node):
    """``OVER (…)``. ``base`` names a window of the WINDOW clause (21c)."""

    partition_by: tuple[Expression, ...] = ()
    order_by: tuple[SortItem, ...] = ()
    frame: Frame | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Keep(Node):
    """``KEEP (DENSE_RANK FIRST | LAST ORDER BY …)``."""

    first: bool
    order_by: tuple[SortItem, ...]


@dataclass(frozen=True, slots=True)
class ListaggOverflow(Node):
    """``ON OVERFLOW ERROR | TRUNCATE ['indicator'] [WITH | WITHOUT COUNT]``."""

    truncate: bool
    indicator: Expression | None = None
    with_count: bool = True


@dataclass(frozen=True, slots=True)
class NamedArgument(Expression):
    """``name => value`` in a call."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class FunctionCall(Expression):
    """A call of a built-in, a package's or a user's function; not looked up.

    ``name`` has one to three folded parts. ``bare`` is True for the functions written without
    parentheses (SYSDATE, USER, CURRENT_TIMESTAMP …). ``null_treatment`` is RESPECT or IGNORE;
    ``from_last`` belongs to NTH_VALUE; ``on_error`` is the value of ``DEFAULT … ON CONVERSION ERROR``.
    REGEXP_LIKE and its kind are calls too, wrapped in :class:`CallCondition`.
    """

    name: tuple[str, ...]
    arguments: tuple[Expression, ...] = ()
    bare: bool = False
    distinct: bool = False
    within_group: tuple[SortItem, ...] = ()
    overflow: ListaggOverflow | None = None
    keep: Keep | None = None
    null_treatment: str | None = None
    from_last: bool = False
    over: Window | None = None
    on_error: Expression | None = None


@dataclass(frozen=True, slots=True)
class JsonPathCall(Expression):
    """``JSON_VALUE`` or ``JSON_QUERY`` (``function``), with a path checked only for being a literal.

    ``on_error`` and ``on_empty`` are ERROR, NULL, EMPTY, EMPTY ARRAY, EMPTY OBJECT or an expression
    (DEFAULT …); ``wrapper`` is WITHOUT, WITH, or CONDITIONAL. ``options`` are the words with no field of
    their own (PRETTY, ASCII, TRUNCATE, ALLOW SCALARS …).
    """

    function: str
    operand: Expression
    path: str
    returning: DataType | None = None
    wrapper: str | None = None
    on_error: str | Expression | None = None
    on_empty: str | Expression | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonMember(Node):
    """``[KEY] key VALUE value [FORMAT JSON]`` of JSON_OBJECT; ``key`` is None in JSON_ARRAY."""

    key: Expression | None
    value: Expression
    format_json: bool = False


@dataclass(frozen=True, slots=True)
class JsonConstructor(Expression):
    """``JSON_OBJECT``, ``JSON_ARRAY``, ``JSON_OBJECTAGG`` or ``JSON_ARRAYAGG`` (``function``).

    ``absent_on_null`` is None where neither NULL nor ABSENT ON NULL is written.
    """

    function: str
    members: tuple[JsonMember, ...] = ()
    star: Star | None = None
    absent_on_null: bool | None = None
    order_by: tuple[SortItem, ...] = ()
    returning: DataType | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Serialize(Expression):
    """``JSON_SERIALIZE`` or, from 23ai on, ``FROM_VECTOR`` (``function``): ``(operand [RETURNING type])``.

    ``options`` are the words behind that (PRETTY, ASCII …).
    """

    function: str
    operand: Expression
    returning: DataType | None = None
    options: tuple[str, ...] = ()


# --- conditions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """``left operator right``; the operator is one of ``= <> < <= > >=`` (other spellings folded).

    With a ``quantifier`` (ANY, SOME is folded into it, or ALL) the right side is a Subquery or a RowValue.
    """

    operator: str
    left: Expression
    right: Expression
    quantifier: str | None = None


@dataclass(frozen=True, slots=True)
class And(Condition):
    """``a AND b AND c``, flat."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """``a OR b OR c``, flat."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """``NOT condition``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """``operand [NOT] BETWEEN low AND high``."""

    operand: Expression
    low: Expression
    high: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Condition):
    """``operand [NOT] IN (items)``; ``items`` is a tuple of values or rows, or one Subquery."""

    operand: Expression
    items: tuple[Expression, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like(Condition):
    """``operand [NOT] LIKE pattern [ESCAPE escape]``; ``operator`` is LIKE, LIKEC, LIKE2 or LIKE4."""

    operand: Expression
    pattern: Expression
    escape: Expression | None = None
    negated: bool = False
    operator: str = "LIKE"


@dataclass(frozen=True, slots=True)
class IsNull(Condition):
    """``operand IS [NOT] NULL``."""

    operand: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsFloating(Condition):
    """``operand IS [NOT] NAN`` or ``INFINITE`` (``what``)."""

    operand: Expression
    what: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsJson(Condition):
    """``operand IS [NOT] JSON [STRICT | LAX] [WITH | WITHOUT UNIQUE KEYS]``."""

    operand: Expression
    negated: bool = False
    strict: bool = False
    unique_keys: bool = False


@dataclass(frozen=True, slots=True)
class IsBoolean(Condition):
    """``operand IS [NOT] TRUE | FALSE`` (23ai)."""

    operand: Expression
    value: bool
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """``EXISTS (query)``."""

    query: Query


@dataclass(frozen=True, slots=True)
class JsonExists(Condition):
    """``JSON_EXISTS(operand, path [… ON ERROR])``; ``on_error`` is ERROR, TRUE, FALSE or None."""

    operand: Expression
    path: str
    on_error: str | None = None
    on_empty: str | None = None


@dataclass(frozen=True, slots=True)
class CallCondition(Condition):
    """A call that *is* a condition: REGEXP_LIKE, JSON_EQUAL; in PL/SQL any boolean function."""

    call: Expression
