"""What every DDL needs: the connection in its own transaction, the dictionary, who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.dictionary import SessionDictionary, relation_of
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.compile import compile_expression

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredTable
    from dlt_oracle.embedded.engine.connection import Connection
    from dlt_oracle.embedded.engine.dictionary import DictionaryCache
    from dlt_oracle.embedded.engine.privileges import Privileges
    from dlt_oracle.embedded.engine.temporary import TemporaryTables
    from dlt_oracle.embedded.sql.dictionary import Relation

# Long enough for PostgreSQL to call off an autovacuum that is in the way, short enough to be NOWAIT.
NOWAIT_MILLISECONDS = 300
_LENGTH_FOLLOWS_SESSION = frozenset({TypeName.VARCHAR2, TypeName.CHAR})


@dataclass
class DdlContext:
    """One DDL statement in progress.

    ``temporary`` are the session's copies of temporary tables, ``in_use`` says whether any session has rows
    in one; ``lock_seconds`` is the session's DDL_LOCK_TIMEOUT, ``char_semantics`` its NLS_LENGTH_SEMANTICS.
    """

    connection: Connection
    cache: DictionaryCache
    user: str
    schema: str
    temporary: TemporaryTables
    in_use: Callable[[int], bool]
    lock_seconds: int = 0
    char_semantics: bool = False

    @property
    def privileges(self) -> Privileges:
        """What the user may do."""
        return self.cache.privileges(self.user)

    @property
    def dictionary(self) -> SessionDictionary:
        """A dictionary for compiling the statement's expressions."""
        return SessionDictionary(self.cache, self.user, self.schema)

    def execute(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run PostgreSQL text; return its rows, if any."""
        cursor = self.connection.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, *parameters: Any) -> Any:
        """Run a query of one row and column, and return the value (None for no row)."""
        rows = self.execute(sql, *parameters)
        return rows[0][0] if rows else None

    # --- names ------------------------------------------------------------------------------------

    def owner(self, name: ast.QualifiedName) -> str:
        """Return the schema a name is in."""
        return name.owner or self.schema

    def require_free(self, owner: str, name: str, namespace: int = store.TABLE_NAMESPACE) -> None:
        """Raise ORA-00955 when an object of that name exists, ORA-01918 when the schema does not."""
        if self.value("SELECT 1 FROM dict.users WHERE username = %s", owner) is None:
            raise OracleError(1918, owner)
        if store.find_object(self.connection, owner, name, namespace) is not None:
            raise OracleError(955)

    def find(self, name: ast.QualifiedName, *kinds: str, code: int = 942) -> SchemaObject:
        """Return the object of one of ``kinds`` (TABLE by default), or raise ``code``.

        Synonyms are followed for tables and views. An object the user may not know of does not exist.
        """
        found = self.dictionary.resolve(name.owner, name.name)
        if found is None or found.type not in (kinds or ("TABLE",)) or not self.privileges.knows(found):
            raise OracleError(code, position=name.position)
        return found

    def table(self, name: ast.QualifiedName) -> StoredTable:
        """Return a table with its columns, as the dictionary has it in this transaction."""
        return self.reload(self.find(name))

    def reload(self, found: SchemaObject) -> StoredTable:
        """Return a table as this transaction has changed it so far."""
        return store.load_table(self.connection, found)

    # --- objects ------------------------------------------------------------------------------------

    def create_object(self, owner: str, name: str, kind: str, *, temporary: bool = False,
                      generated: bool = False) -> int:  # fmt: skip
        """Write the row of a new object and return its id."""
        namespace = store.INDEX_NAMESPACE if kind == "INDEX" else store.TABLE_NAMESPACE
        return int(
            self.value(
                "INSERT INTO dict.objects (owner, name, type, namespace, temporary, generated)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING object_id",
                *(owner, name, kind, namespace, temporary, generated),
            )
        )

    def touch(self, object_id: int) -> None:
        """Set LAST_DDL_TIME."""
        self.execute(
            "UPDATE dict.objects SET last_ddl = now() AT TIME ZONE 'UTC' WHERE object_id = %s", object_id
        )

    def changed(self, table: StoredTable) -> None:
        """Note a change of a table's definition: private copies of temporary tables are out of date."""
        self.touch(table.object.object_id)
        self.execute(
            "UPDATE dict.tables SET definition_version = definition_version + 1 WHERE object_id = %s",
            table.object.object_id,
        )

    # --- locks --------------------------------------------------------------------------------------

    def limit_waiting(self) -> None:
        """Let every lock of this transaction wait DDL_LOCK_TIMEOUT at most, then ORA-00054."""
        milliseconds = self.lock_seconds * 1000 or NOWAIT_MILLISECONDS
        self.execute(f"SET LOCAL lock_timeout = {milliseconds}")

    def lock(self, table: StoredTable) -> None:
        """Lock a table against everybody.

        Uncommitted changes of others are ORA-00054; any rows in a temporary table are ORA-14452.
        """
        if table.object.temporary and self.in_use(table.object.object_id):
            raise OracleError(14452)
        self.execute(f"LOCK TABLE {self.physical(table)} IN ACCESS EXCLUSIVE MODE")

    def physical(self, table: StoredTable) -> str:
        """The PostgreSQL table that carries the definition (of a temporary table: the pattern)."""
        return f"data.t{table.object.object_id}"

    def has_rows(self, table: StoredTable) -> bool:
        """Whether the table has any row."""
        return bool(self.value(f"SELECT EXISTS (SELECT FROM {self.physical(table)})"))

    # --- types and expressions ------------------------------------------------------------------------

    def column_type(self, written: ast.DataType) -> OracleType:
        """Return a written type with the session's length semantics filled in."""
        found = written.type
        if written.semantics is None and found.name in _LENGTH_FOLLOWS_SESSION and self.char_semantics:
            return OracleType(found.name, found.length, True, found.precision, found.scale)
        return found

    def expression(
        self, expression: ast.Expression, table: SchemaObject | None, target: OracleType | None = None
    ) -> str:
        """Compile an expression over one table's columns (or over none) to PostgreSQL text."""
        relation = self.relation(table) if table is not None else None
        return compile_expression(expression, relation, self.dictionary, target)

    def condition(self, text: str, table: SchemaObject) -> str:
        """Compile a condition from its source, as the dictionary keeps it."""
        block = self.cache.parse_query(f"SELECT NULL FROM DUAL WHERE {text}").body
        if not isinstance(block, ast.Select) or block.where is None:
            raise OracleError(920)
        return self.expression(block.where, table)

    def relation(self, table: SchemaObject) -> Relation:
        """Return the relation of a table as this transaction has it so far."""
        return relation_of(self.reload(table))

    def expect_permanent(self, table: StoredTable, what: str) -> None:
        """Refuse what is not done for temporary tables here."""
        if table.object.temporary:
            raise unsupported(f"{what} on a global temporary table")
