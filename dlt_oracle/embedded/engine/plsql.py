"""Anonymous PL/SQL blocks, in the few shapes that loaders send.

Understood: NULL, calls of the procedures in :mod:`packages`, EXECUTE IMMEDIATE, DML and transaction
statements, IF, RAISE, nested blocks, and exception handlers. Everything else is ORA-06550 with the name of
what is missing. Expressions are evaluated by SQL, as ``SELECT expression FROM DUAL``.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.engine.packages import PROCEDURES
from dlt_oracle.embedded.engine.statements import EngineStatement
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, Outcome, StatementKind
from dlt_oracle.embedded.sql import ast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dlt_oracle.embedded.engine.session import EngineSession
    from dlt_oracle.embedded.model import Row

_PREDEFINED = {
    "DUP_VAL_ON_INDEX": 1,
    "NO_DATA_FOUND": 1403,
    "TOO_MANY_ROWS": 1422,
    "INVALID_NUMBER": 1722,
    "VALUE_ERROR": 6502,
    "ZERO_DIVIDE": 1476,
    "TIMEOUT_ON_RESOURCE": 51,
}


def execute(
    session: EngineSession, tree: Any, bind_types: Sequence[OracleType], rows: Sequence[Row]
) -> Outcome:
    """Run a block or CALL once per row. Raises OracleError; a failed run undoes what it did."""
    if tree.out_binds:
        raise _refuse("binds that the block sets", tree.position)
    for row in rows:
        run = BlockRun(session, bind_types, row)
        if isinstance(tree, ast.Call):
            run.call(tree.call)
        else:
            run.top(tree.block)
    return Outcome()


def _refuse(what: str, position: int = 0) -> OracleError:
    return OracleError(6550, f"the embedded server does not know {what} in PL/SQL", position=position)


class BlockRun:
    """One run of one block with one row of binds."""

    def __init__(self, session: EngineSession, bind_types: Sequence[OracleType], row: Row) -> None:
        self._session = session
        self._bind_types = bind_types
        self._row = row
        self._current: OracleError | None = None  # in a handler: what it handles

    def top(self, block: ast.Block) -> None:
        """Run the outermost block: it is one statement, undone as a whole when it fails."""
        undo = self._session.transaction.mark()
        try:
            self._block(block)
        except OracleError:
            undo()
            raise

    def _block(self, block: ast.Block) -> None:
        if block.autonomous:
            raise _refuse("autonomous transactions", block.position)
        codes = dict(_PREDEFINED)
        for declaration in block.declarations:
            if not isinstance(declaration, ast.ExceptionDeclaration):
                raise _refuse("declarations of variables and cursors", declaration.position)
            if declaration.code is not None:
                codes[declaration.name] = abs(declaration.code)
        try:
            self._statements(block.body)
        except OracleError as error:
            handler = _handler(block.handlers, codes, error)
            if handler is None:
                raise
            outer, self._current = self._current, error
            try:
                self._statements(handler.body)
            finally:
                self._current = outer

    def _statements(self, statements: Sequence[ast.PlStatement]) -> None:
        for statement in statements:
            perform = _PERFORM.get(type(statement))
            if perform is None:
                raise _refuse(type(statement).__name__, statement.position)
            perform(self, statement)

    def _null(self, _statement: ast.NullStatement) -> None:
        """NULL does nothing."""

    def _call_procedure(self, statement: ast.CallProcedure) -> None:
        self.call(statement.call)

    def call(self, call: ast.Expression) -> None:
        """Call a supplied procedure."""
        if not isinstance(call, ast.FunctionCall):
            raise _refuse(type(call).__name__, call.position)
        name = ".".join(call.name).removeprefix("SYS.")
        procedure = PROCEDURES.get(name)
        if procedure is None:
            raise _refuse(f"the procedure {name}", call.position)
        given: dict[str, Any] = {}
        for parameter, argument in zip(procedure.parameters, call.arguments, strict=False):
            if not isinstance(argument, ast.NamedArgument):
                given[parameter] = self._value(argument)
        for argument in call.arguments:
            if isinstance(argument, ast.NamedArgument) and argument.name in procedure.parameters:
                given[argument.name] = self._value(argument.value)
        procedure.run(self._session, given)

    def _execute_immediate(self, statement: ast.ExecuteImmediate) -> None:
        if (
            statement.into
            or statement.returning
            or any(argument.mode != "IN" for argument in statement.using)
        ):
            raise _refuse("EXECUTE IMMEDIATE … INTO and RETURNING", statement.position)
        text = self._value(statement.text)
        if not isinstance(text, str):
            raise OracleError(6502)
        prepared = self._session.prepare(text)
        types, values = [], []
        for argument in statement.using:
            column, value = self._typed_value(argument.expression)
            types.append(column)
            values.append(value)
        if prepared.kind is StatementKind.QUERY:
            self._session.query(prepared, types, values).close()
        else:
            self._session.execute(prepared, types, [values])

    def _sql(self, statement: ast.SqlStatement) -> None:
        tree = statement.statement
        if tree.kind is StatementKind.QUERY:
            raise _refuse("SELECT INTO", statement.position)
        # Binds inside the block are numbered as the block's: its types and values serve.
        own = EngineStatement("", self._substitute(tree))
        self._session.execute(own, self._bind_types, [self._row])

    def _if(self, statement: ast.If) -> None:
        for branch in statement.branches:
            if self._is_true(branch.condition):
                self._statements(branch.body)
                return
        self._statements(statement.otherwise)

    def _raise(self, statement: ast.Raise) -> None:
        if statement.exception is not None:
            raise _refuse("RAISE with a name", statement.position)
        if self._current is None:
            raise _refuse("RAISE outside of a handler", statement.position)
        raise self._current

    # --- expressions ----------------------------------------------------------------------------------

    def _is_true(self, condition: ast.Expression) -> bool:
        chosen = ast.Case(None, (ast.When(condition, ast.NumberLiteral("1")),), ast.NumberLiteral("0"))
        return bool(self._value(chosen) == "1")

    def _value(self, expression: ast.Expression) -> Any:
        if isinstance(expression, ast.BooleanLiteral):
            return expression.value
        return self._typed_value(expression)[1]

    def _typed_value(self, expression: ast.Expression) -> tuple[OracleType, Any]:
        item = ast.SelectItem(self._substitute(expression), name="VALUE")
        select = ast.Select((item,), (ast.TableRef(ast.QualifiedName("SYS", "DUAL")),))
        statement = EngineStatement("", ast.SelectStatement(ast.Query(select)))
        result = self._session.query(statement, self._bind_types, self._row)
        (row,) = result.fetch(1)
        result.close()
        return result.columns[0].type, row[0]

    def _substitute(self, node: Any) -> Any:
        """Put SQLCODE's value in the place of its name."""
        code = 0 if self._current is None else self._current.code
        literal = ast.Unary("-", ast.NumberLiteral(str(code))) if code else ast.NumberLiteral("0")

        def put(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(put(item) for item in value)
            if isinstance(value, ast.ColumnRef) and value.parts == ("SQLCODE",):
                return literal
            if isinstance(value, ast.FunctionCall) and value.name == ("SQLCODE",):
                return literal
            if not isinstance(value, ast.Node) or not is_dataclass(value):
                return value
            changes = {
                each.name: new
                for each in fields(value)
                if each.init and (new := put(old := getattr(value, each.name))) is not old and new != old
            }
            return replace(value, **changes) if changes else value

        return put(node)


def _handler(
    handlers: Sequence[ast.Handler], codes: Mapping[str, int], error: OracleError
) -> ast.Handler | None:
    for handler in handlers:
        if any(name == "OTHERS" or codes.get(name) == error.code for name in handler.names):
            return handler
    return None


_PERFORM: Mapping[type[ast.PlStatement], Callable[[BlockRun, Any], None]] = {
    ast.NullStatement: BlockRun._null,  # noqa: SLF001 - the table of its own methods
    ast.CallProcedure: BlockRun._call_procedure,  # noqa: SLF001
    ast.ExecuteImmediate: BlockRun._execute_immediate,  # noqa: SLF001
    ast.SqlStatement: BlockRun._sql,  # noqa: SLF001
    ast.If: BlockRun._if,  # noqa: SLF001
    ast.Raise: BlockRun._raise,  # noqa: SLF001
    ast.Block: BlockRun._block,  # noqa: SLF001
}
