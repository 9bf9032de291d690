"""Views and synonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine.ddl.tables import require_own_or
from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql.compile import compile_create_as

if TYPE_CHECKING:
    from dlt_oracle.embedded.catalog.store import SchemaObject
    from dlt_oracle.embedded.engine.ddl.context import DdlContext
    from dlt_oracle.embedded.sql import ast

_EXISTS = 955


def create_view(context: DdlContext, statement: ast.CreateView) -> int:
    """CREATE [OR REPLACE] VIEW: the query is kept as text, and read with its owner's rights."""
    owner = context.owner(statement.name)
    context.privileges.require_in(owner, "CREATE VIEW", "CREATE ANY VIEW")
    if statement.force:
        raise unsupported("CREATE FORCE VIEW", statement.position)
    names = [name.text for name in statement.columns] or None
    dictionary = context.dictionary
    compiled = compile_create_as(statement.query, dictionary, names)
    for used in dictionary.used.values():
        context.privileges.require_on("SELECT", used)
    if len({column.name for column in compiled.columns}) < len(compiled.columns):
        raise OracleError(957)
    object_id = _place(context, owner, statement)
    if object_id is None:
        return 0
    restriction = statement.restriction
    context.execute(
        "INSERT INTO dict.views (object_id, text, read_only, check_option) VALUES (%s, %s, %s, %s)",
        *(object_id, statement.text, restriction == "READ ONLY", restriction == "CHECK OPTION"),
    )
    for position, column in enumerate(compiled.columns, 1):
        context.execute(
            "INSERT INTO dict.columns (object_id, internal_id, column_id, name, type_name, length,"
            " char_semantics, precision, scale, nullable) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            *(object_id, position, position, column.name, column.type.name.value, column.type.length),
            *(column.type.char_semantics, column.type.precision, column.type.scale, column.nullable),
        )
    return 0


def _place(context: DdlContext, owner: str, statement: ast.CreateView) -> int | None:
    """Return the id of the view to write: a new one, or the replaced one emptied (its grants stay)."""
    existing = context.execute(
        "SELECT object_id, type FROM dict.objects WHERE owner = %s AND namespace = 1 AND name = %s",
        *(owner, statement.name.name),
    )
    if existing and statement.or_replace and existing[0][1] == "VIEW":
        object_id = int(existing[0][0])
        context.execute("DELETE FROM dict.views WHERE object_id = %s", object_id)
        context.execute("DELETE FROM dict.columns WHERE object_id = %s", object_id)
        context.touch(object_id)
        return object_id
    if existing and statement.if_not_exists:
        return None
    context.require_free(owner, statement.name.name)
    return context.create_object(owner, statement.name.name, "VIEW")


def drop_view(context: DdlContext, statement: ast.DropView) -> int:
    """DROP VIEW; a table under that name is ORA-00942 as well."""
    try:
        found = context.find(statement.name, "VIEW")
    except OracleError:
        if statement.if_exists:
            return 0
        raise
    require_own_or(context, found, "DROP ANY VIEW")
    context.execute("DELETE FROM dict.objects WHERE object_id = %s", found.object_id)
    return 0


def create_synonym(context: DdlContext, statement: ast.CreateSynonym) -> int:
    """CREATE [OR REPLACE] [PUBLIC] SYNONYM; the target need not exist."""
    owner = "PUBLIC" if statement.public else context.owner(statement.name)
    if statement.public:
        context.privileges.require("CREATE PUBLIC SYNONYM")
    else:
        context.privileges.require_in(owner, "CREATE SYNONYM", "CREATE ANY SYNONYM")
    existing = _synonym(context, owner, statement.name.name)
    if existing is not None and existing.type == "SYNONYM":
        if statement.if_not_exists:
            return 0
        if not statement.or_replace:
            raise OracleError(_EXISTS)
        context.execute("DELETE FROM dict.objects WHERE object_id = %s", existing.object_id)
    elif existing is not None:
        raise OracleError(_EXISTS)
    object_id = context.create_object(owner, statement.name.name, "SYNONYM")
    target_owner = statement.target.owner or context.schema
    context.execute(
        "INSERT INTO dict.synonyms VALUES (%s, %s, %s)", object_id, target_owner, statement.target.name
    )
    return 0


def drop_synonym(context: DdlContext, statement: ast.DropSynonym) -> int:
    """DROP [PUBLIC] SYNONYM: ORA-01434 or ORA-01432 for an unknown one."""
    owner = "PUBLIC" if statement.public else context.owner(statement.name)
    existing = _synonym(context, owner, statement.name.name)
    if existing is None or existing.type != "SYNONYM":
        if statement.if_exists:
            return 0
        raise OracleError(1432 if statement.public else 1434)
    if statement.public:
        context.privileges.require("DROP PUBLIC SYNONYM")
    else:
        require_own_or(context, existing, "DROP ANY SYNONYM")
    context.execute("DELETE FROM dict.objects WHERE object_id = %s", existing.object_id)
    return 0


def _synonym(context: DdlContext, owner: str, name: str) -> SchemaObject | None:
    return store.find_object(context.connection, owner, name)
