"""Names, bind markers, stray characters: section 1 of what Oracle's SQL reference says on object names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from judge.tokens import BIND, NUMBER, OP, QUOTED, STRING, WORD, Group, Nodes, Token, sequences
from judge.words import DDL_VERBS, HALF_RESERVED, RESERVED, UNFIT_AS_NAME, words

if TYPE_CHECKING:
    from judge.statement import Statement

MAX_NAME_BYTES = 128
MAX_BINDS = 65_535
# Legal in SQL text only where rows are matched or modelled.
_PATTERN_ONLY = {"?", "[", "]", "{", "}", "|", "^"}
_NEVER = {"!", "~", "&", "%", "**", "<<", ">>", ":", "|", "^", "=>", ":=", "..", ";"}
_PLSQL_ONLY = {"%", "**", "<<", ">>", "=>", ":=", "..", ";"}


def _stray_operators(statement: Statement) -> str | None:
    words = {token.word for token in statement.tokens}
    allowed = _PLSQL_ONLY if statement.is_plsql else {"=>"}
    if words & {"MATCH_RECOGNIZE", "MODEL"}:
        allowed = allowed | _PATTERN_ONLY
    refused = (_NEVER | _PATTERN_ONLY) - allowed
    for token in statement.tokens:
        if token.kind == OP and token.text in refused:
            return f"ORA-00911: {token.text!r} is no part of an SQL statement"
    return None


def _glued_tokens(statement: Statement) -> str | None:
    """`E'x'`, `B'1'`, `X'AB'` and `_utf8'x'`: a name directly in front of a string."""
    for first, second in pairwise(statement.tokens):
        if first.end != second.start:
            continue
        if first.kind == WORD and second.kind == STRING and len(first.text) == 1:
            return f"ORA-00923: {first.text}'…' is no literal"
        if {first.kind, second.kind} == {STRING} or (first.kind, second.kind) == (STRING, WORD):
            return "ORA-00933: text directly behind a string"
    return None


def _quoted_names(statement: Statement) -> str | None:
    for token in statement.tokens:
        if token.kind == QUOTED and token.text == '""':
            return "ORA-01741: illegal zero-length identifier"
        if token.kind == QUOTED and '"' in token.name:
            return "ORA-03001: a quoted name cannot hold a double quote"
    return None


def _long_names(statement: Statement) -> str | None:
    for token in statement.tokens:
        if token.kind in {WORD, QUOTED} and len(token.name.encode()) > MAX_NAME_BYTES:
            return f"ORA-00972: a name of {len(token.name.encode())} bytes, {MAX_NAME_BYTES} are allowed"
    return None


def _bind_names(statement: Statement) -> str | None:
    binds = [token for token in statement.tokens if token.kind == BIND]
    if len(binds) > MAX_BINDS:
        return f"ORA-01745: {len(binds)} bind markers, {MAX_BINDS} are allowed"
    for token in binds:
        if token.text[1:].strip().upper() in UNFIT_AS_NAME:
            return f"ORA-01745: reserved word as bind name {token.text}"
    return None


def _reserved_after_dot(statement: Statement) -> str | None:
    """`x.size`; the pseudo-columns of a table are fine."""
    for dot, name in pairwise(statement.tokens):
        if dot.is_op(".") and name.word in UNFIT_AS_NAME - {"ROWID", "COLUMN_VALUE", "DELETE", "EXISTS"}:
            return f"ORA-01747: reserved word {name.word} as a column"
    return None


def _reserved_alias(statement: Statement) -> str | None:
    """`AS number`, `AS 'text'` and `a 'text'` in a select list."""
    if statement.is_plsql:
        return None
    for query in statement.queries:
        for item in query.items:
            if len(item) > 1 and item[-2].word == "AS" and item[-1].word in RESERVED | HALF_RESERVED:
                return f"ORA-00923: reserved word {item[-1].word} as an alias"
            if len(item) > 1 and item[-1].kind == STRING and _ends_operand(item[:-1]):
                return "ORA-00923: a string as an alias"
    return None


_BEFORE_STRING = words("""
    DATE TIMESTAMP INTERVAL ZONE THEN ELSE WHEN CASE LIKE LIKEC LIKE2 LIKE4 ESCAPE PRIOR CONNECT_BY_ROOT
    DISTINCT UNIQUE ALL BETWEEN AND OR NOT TIME
""")


def _ends_operand(nodes: Nodes) -> bool:
    last = nodes[-1]
    if last.word:
        return last.word not in _BEFORE_STRING
    return last.kind in {NUMBER, QUOTED, STRING, BIND} or isinstance(last, Group)


_TABLE_INTRODUCERS = {"FROM", "JOIN", "UPDATE", "INTO"}
_TABLE_FUNCTIONS = {"TABLE", "THE"}


def _reserved_tables(statement: Statement) -> str | None:
    """A reserved word where a table's name stands."""
    if statement.is_plsql or statement.verb in {"GRANT", "REVOKE", "ALTER", "EXPLAIN", "AUDIT", "COMMENT"}:
        return None
    for sequence in sequences(statement.nodes):
        for index, (first, second) in enumerate(pairwise(sequence)):
            if first.word not in _TABLE_INTRODUCERS or second.word not in RESERVED | {"USER", "SESSION"}:
                continue
            following = sequence[index + 2] if index + 2 < len(sequence) else None
            if second.word in _TABLE_FUNCTIONS and isinstance(following, Group):
                continue
            if _is_clause(sequence, index):
                continue
            return f"ORA-00903: reserved word {second.word} as a table"
    return None


def _is_clause(sequence: Nodes, index: int) -> bool:
    """`FOR UPDATE OF`, `THEN UPDATE SET`, `EXTRACT(… FROM DATE '…')`."""
    following = sequence[index + 2] if index + 2 < len(sequence) else None
    before = sequence[index - 1].word if index else ""
    return (
        before in {"FOR", "THEN", "CREATE", "DROP", "ALTER", "ON"}
        or (sequence[index].word == "UPDATE" and before != "")
        or (isinstance(following, Token) and following.kind == STRING)
    )


def _binds_in_ddl(statement: Statement) -> str | None:
    if (
        statement.verb in DDL_VERBS
        and not statement.is_plsql
        and any(t.kind == BIND for t in statement.tokens)
    ):
        return "ORA-01027: bind variables not allowed for data definition operations"
    return None


RULES = (
    _binds_in_ddl,
    _stray_operators,
    _glued_tokens,
    _quoted_names,
    _long_names,
    _bind_names,
    _reserved_after_dot,
    _reserved_alias,
    _reserved_tables,
)
