"""Anonymous PL/SQL blocks: what a loader sends, and the small language around it.

Any error in a block is ORA-06550 with its line and column; what is PL/SQL but not known here is refused by
its name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import dml, names, sessions
from dlt_oracle.embedded.sql.parse.queries import select_statement
from dlt_oracle.embedded.sql.parse.types import data_type
from dlt_oracle.embedded.sql.scan import BIND, NUMBER, QUOTED, WORD
from dlt_oracle.embedded.sql.words import PLSQL_RESERVED, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

_UNSUPPORTED_CODE = 3001
_NO_DATA = 100  # the only positive error number: NO_DATA_FOUND as the SQL standard numbers it

_PLSQL_TYPES = words(
    """
    BINARY_INTEGER BOOLEAN NATURAL NATURALN PLS_INTEGER POSITIVE POSITIVEN SIGNTYPE SIMPLE_DOUBLE SIMPLE_FLOAT
    SIMPLE_INTEGER SYS_REFCURSOR
    """
)


def block_statement(c: Cursor) -> ast.PlSqlBlock:
    """Parse a block sent as a statement, with its final semicolon."""
    start = c.start
    c.enter_plsql()
    try:
        node = _block(c)
        _end_of_statement(c)
        if not c.at_end:
            _unexpected(c)
    except OracleError as error:
        if error.code in (_UNSUPPORTED_CODE, 6550):
            raise
        raise _located(c, f"PL/SQL: {error.text}", error.position) from error
    return ast.PlSqlBlock(node, position=start)


def _located(c: Cursor, what: str, position: int) -> OracleError:
    line = c.text.count("\n", 0, position) + 1
    column = position - (c.text.rfind("\n", 0, position) + 1) + 1
    return OracleError(6550, f"line {line}, column {column}:\n{what}", position=position)


def _unexpected(c: Cursor) -> NoReturn:
    symbol = "end-of-file" if c.at_end else c.text[c.token.start : c.token.end]
    raise _located(c, f'PLS-00103: Encountered the symbol "{symbol}"', c.start)


def _take(c: Cursor, *keys: str) -> None:
    for key in keys:
        if c.key != key:
            _unexpected(c)
        c.advance()


def _end_of_statement(c: Cursor) -> None:
    _take(c, ";")


def _identifier(c: Cursor) -> str:
    if c.token.kind == QUOTED or (c.token.kind == WORD and c.key not in PLSQL_RESERVED):
        return c.advance().value
    _unexpected(c)


# --- blocks -------------------------------------------------------------------------------------


def _block(c: Cursor) -> ast.Block:
    c.descend()
    start = c.start
    if c.key == "<<":
        raise c.unsupported("PL/SQL labels")
    declarations: list[ast.Variable | ast.ExceptionDeclaration | ast.CursorDeclaration] = []
    autonomous = False
    if c.accept("DECLARE"):
        while c.key != "BEGIN":
            autonomous = _declaration(c, declarations) or autonomous
    _take(c, "BEGIN")
    body = _statements(c)
    handlers: list[ast.Handler] = []
    if c.accept("EXCEPTION"):
        while c.key == "WHEN":
            handlers.append(_handler(c))
        if not handlers:
            _unexpected(c)
    _take(c, "END")
    c.ascend()
    return ast.Block(tuple(declarations), body, tuple(handlers), autonomous, position=start)


def _handler(c: Cursor) -> ast.Handler:
    start = c.advance().start
    exceptions = [_dotted(c)]
    while c.accept("OR"):
        exceptions.append(_dotted(c))
    _take(c, "THEN")
    return ast.Handler(tuple(exceptions), _statements(c), position=start)


def _dotted(c: Cursor) -> str:
    parts = [_identifier(c)]
    while c.accept("."):
        parts.append(_identifier(c))
    return ".".join(parts)


def _statements(c: Cursor) -> tuple[ast.PlStatement, ...]:
    """Parse statements up to what ends their list; at least one."""
    c.descend()
    statements = []
    while c.key not in ("END", "EXCEPTION", "ELSE", "ELSIF", "WHEN", ""):
        statement = _statement(c)
        if isinstance(statement, ast.SqlStatement) and c.key != ";":
            raise c.error(933)
        _end_of_statement(c)
        statements.append(statement)
    if not statements:
        _unexpected(c)
    c.ascend()
    return tuple(statements)


# --- declarations -------------------------------------------------------------------------------


def _declaration(
    c: Cursor, found: list[ast.Variable | ast.ExceptionDeclaration | ast.CursorDeclaration]
) -> bool:
    """Parse one declaration; return whether it is PRAGMA AUTONOMOUS_TRANSACTION."""
    start = c.start
    if c.key in ("TYPE", "SUBTYPE", "PROCEDURE", "FUNCTION"):
        raise c.unsupported(f"PL/SQL {c.key} declarations")
    if c.accept("PRAGMA"):
        return _pragma(c, found)
    if c.accept("CURSOR"):
        name = _identifier(c)
        if c.key == "(":
            raise c.unsupported("PL/SQL cursors with parameters")
        _take(c, "IS")
        found.append(ast.CursorDeclaration(name, _in_sql(c, c.rules.query), position=start))
        _end_of_statement(c)
        return False
    name = _identifier(c)
    if c.accept("EXCEPTION"):
        found.append(ast.ExceptionDeclaration(name, position=start))
    else:
        constant = c.accept("CONSTANT")
        kind = _type(c)
        not_null = c.accept("NOT", "NULL")
        default = c.rules.expression(c) if c.accept_any(":=", "DEFAULT") else None
        if constant and default is None:
            _unexpected(c)
        found.append(ast.Variable(name, kind, constant, not_null, default, position=start))
    _end_of_statement(c)
    return False


def _pragma(c: Cursor, found: list[ast.Variable | ast.ExceptionDeclaration | ast.CursorDeclaration]) -> bool:
    if c.accept("AUTONOMOUS_TRANSACTION"):
        _end_of_statement(c)
        return True
    if c.key != "EXCEPTION_INIT":
        raise c.unsupported(f"PRAGMA {c.key}")
    c.advance()
    _take(c, "(")
    start = c.start
    name = _identifier(c)
    _take(c, ",")
    negative = c.accept("-")
    if c.token.kind != NUMBER:
        _unexpected(c)
    code = c.integer(6550)
    if not negative and code != _NO_DATA:
        raise _located(c, "PLS-00701: illegal ORACLE error number for PRAGMA EXCEPTION_INIT", start)
    _take(c, ")", ";")
    for index, each in enumerate(found):
        if isinstance(each, ast.ExceptionDeclaration) and each.name == name:
            found[index] = replace(each, code=-code if negative else code)
            return False
    raise _located(c, f"PLS-00109: unknown exception name '{name}' in PRAGMA EXCEPTION_INIT", start)


def _type(c: Cursor) -> ast.PlType:
    start = c.start
    if c.key in _PLSQL_TYPES and not (c.key == "BOOLEAN" and c.peek() == "."):
        return ast.PlType(name=c.advance().key, position=start)
    if c.peek() not in (".", "%"):
        return ast.PlType(data_type(c), position=start)
    parts = _dotted(c).split(".")
    if not c.accept("%"):
        raise c.unsupported("PL/SQL types of packages", start)
    if c.accept("ROWTYPE"):
        return ast.PlType(anchor=tuple(parts), rowtype=True, position=start)
    _take(c, "TYPE")
    return ast.PlType(anchor=tuple(parts), position=start)


# --- statements ---------------------------------------------------------------------------------


def _statement(c: Cursor) -> ast.PlStatement:
    parse = _STATEMENTS.get(c.key)
    if parse is not None:
        return parse(c)
    if c.key in _SQL:
        start = c.start
        return ast.SqlStatement(_in_sql(c, _SQL[c.key]), position=start)
    if c.key in _UNSUPPORTED and c.peek() not in (":=", "(", "."):
        raise c.unsupported(f"PL/SQL {c.key}")
    if c.token.kind == BIND:
        return _assignment(c, c.bind())
    if c.token.kind == WORD and c.key in PLSQL_RESERVED | _DDL_WORDS and c.peek() not in (".", ":=", "("):
        _unexpected(c)
    return _assignment_or_call(c)


def _in_sql(c: Cursor, parse: Callable[[Cursor], Any]) -> Any:
    """Parse SQL inside PL/SQL: by the rules of SQL, where conditions are no values before 23ai."""
    c.boolean_values = c.since_23
    node = parse(c)
    c.boolean_values = True
    return node


def _assignment(c: Cursor, target: ast.Expression) -> ast.PlStatement:
    _take(c, ":=")
    return ast.SetVariable(target, c.rules.expression(c), position=target.position)


def _assignment_or_call(c: Cursor) -> ast.PlStatement:
    if c.token.kind not in (WORD, QUOTED):
        _unexpected(c)
    start = c.start
    node = names.name(c)
    if c.key == ":=":
        if isinstance(node, ast.FunctionCall):
            raise c.unsupported("PL/SQL collections", start)
        return _assignment(c, node)
    if isinstance(node, ast.ColumnRef):
        node = ast.FunctionCall(node.parts, position=start)
    if not isinstance(node, ast.FunctionCall):
        raise _located(c, "PLS-00221: this is not a procedure or is undefined", start)
    return ast.CallProcedure(node, position=start)


def _null(c: Cursor) -> ast.PlStatement:
    return ast.NullStatement(position=c.advance().start)


def _nested(c: Cursor) -> ast.PlStatement:
    return _block(c)


def _if(c: Cursor) -> ast.PlStatement:
    start = c.start
    branches: list[ast.IfBranch] = []
    while c.key == ("ELSIF" if branches else "IF"):
        position = c.advance().start
        condition = c.rules.condition(c)
        _take(c, "THEN")
        branches.append(ast.IfBranch(condition, _statements(c), position=position))
    otherwise = _statements(c) if c.accept("ELSE") else ()
    _take(c, "END", "IF")
    return ast.If(tuple(branches), otherwise, position=start)


def _loop_body(c: Cursor) -> tuple[ast.PlStatement, ...]:
    _take(c, "LOOP")
    body = _statements(c)
    _take(c, "END", "LOOP")
    return body


def _loop(c: Cursor) -> ast.PlStatement:
    start = c.start
    return ast.Loop(_loop_body(c), position=start)


def _while(c: Cursor) -> ast.PlStatement:
    start = c.advance().start
    condition = c.rules.condition(c)
    return ast.Loop(_loop_body(c), condition, position=start)


def _for(c: Cursor) -> ast.PlStatement:
    start = c.advance().start
    variable = _identifier(c)
    _take(c, "IN")
    if c.key == "(" and c.peek() in ("SELECT", "WITH"):
        c.advance()
        query = _in_sql(c, c.rules.query)
        _take(c, ")")
        return ast.ForQuery(variable, query, None, _loop_body(c), position=start)
    if c.token.kind in (WORD, QUOTED) and c.peek() == "LOOP":
        return ast.ForQuery(variable, None, _identifier(c), _loop_body(c), position=start)
    reverse = c.accept("REVERSE")
    low = c.rules.expression(c)
    _take(c, "..")
    high = c.rules.expression(c)
    return ast.ForRange(variable, low, high, _loop_body(c), reverse, position=start)


def _exit(c: Cursor) -> ast.PlStatement:
    token = c.advance()
    condition = c.rules.condition(c) if c.accept("WHEN") else None
    return ast.Exit(condition, token.key == "CONTINUE", position=token.start)


def _raise(c: Cursor) -> ast.PlStatement:
    start = c.advance().start
    return ast.Raise(None if c.key == ";" else _dotted(c), position=start)


def _return(c: Cursor) -> ast.PlStatement:
    return ast.Return(position=c.advance().start)


def _execute_immediate(c: Cursor) -> ast.PlStatement:
    start = c.start
    _take(c, "EXECUTE", "IMMEDIATE")
    text = c.rules.expression(c)
    if c.key == "BULK":
        raise c.unsupported("BULK COLLECT")
    into = _targets(c) if c.accept("INTO") else ()
    using = _using(c) if c.accept("USING") else ()
    returning: tuple[ast.Expression, ...] = ()
    if c.accept_any("RETURNING", "RETURN"):
        _take(c, "INTO")
        returning = _targets(c)
    return ast.ExecuteImmediate(text, into, using=using, returning=returning, position=start)


def _targets(c: Cursor) -> tuple[ast.Expression, ...]:
    return tuple([c.rules.expression(c) for _ in c.comma_list()])


def _using(c: Cursor) -> tuple[ast.UsingArgument, ...]:
    arguments = []
    for _ in c.comma_list():
        start = c.start
        mode = "IN"
        if c.accept("IN"):
            mode = "IN OUT" if c.accept("OUT") else "IN"
        elif c.key == "OUT" and c.peek() not in (",", ";"):
            mode = c.advance().key
        arguments.append(ast.UsingArgument(c.rules.expression(c), mode, position=start))
    return tuple(arguments)


_STATEMENTS: dict[str, Callable[[Cursor], ast.PlStatement]] = {
    "BEGIN": _nested,
    "CONTINUE": _exit,
    "DECLARE": _nested,
    "EXECUTE": _execute_immediate,
    "EXIT": _exit,
    "FOR": _for,
    "IF": _if,
    "LOOP": _loop,
    "NULL": _null,
    "RAISE": _raise,
    "RETURN": _return,
    "WHILE": _while,
}


def _select_into(c: Cursor) -> ast.SelectStatement:
    start = c.start
    node = select_statement(c)
    if not node.into:
        raise _located(c, "PLS-00428: an INTO clause is expected in this SELECT statement", start)
    return node


_SQL: dict[str, Callable[[Cursor], ast.Statement]] = {
    "COMMIT": sessions.commit,
    "DELETE": dml.delete,
    "INSERT": dml.insert,
    "LOCK": sessions.lock_table,
    "MERGE": dml.merge,
    "ROLLBACK": sessions.rollback,
    "SAVEPOINT": sessions.savepoint,
    "SELECT": _select_into,
    "SET": sessions.set_statement,
    "UPDATE": dml.update,
    "WITH": _select_into,
}

_UNSUPPORTED = frozenset(["CASE", "CLOSE", "FETCH", "FORALL", "GOTO", "OPEN", "PIPE", "<<"])
_DDL_WORDS = frozenset(
    ["CREATE", "DROP", "TRUNCATE", "ALTER", "GRANT", "REVOKE", "RENAME", "COMMENT", "ANALYZE"]
)
