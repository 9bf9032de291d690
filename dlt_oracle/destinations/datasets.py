"""Datasets: what exists of one, what has to be created, and dropping it and nothing else.

A dataset exists when its ledger does. Functions here mean the dataset that the client is in.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.common.schema.typing import LOADS_TABLE_NAME, PIPELINE_STATE_TABLE_NAME, VERSION_TABLE_NAME
from dlt.destinations.exceptions import DatabaseTerminalException, DatabaseUndefinedRelation
from sqlglot import exp

from dlt_oracle.destinations import errors
from dlt_oracle.destinations.error_codes import GRANTS_ELSEWHERE
from dlt_oracle.destinations.server_version import ServerVersion
from dlt_oracle.destinations.sql import catalog, ddl, dml, ledger, names, twins
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlt.common.schema import Schema

    from dlt_oracle.destinations.sql_client import OracleSqlClient

_FIRST_WITH_SCHEMA_ONLY_ACCOUNTS = ServerVersion(18)


@dataclass(frozen=True)
class OwnTables:
    """dlt's own tables, as a naming convention calls them; ``schema_column`` is one of the version table."""

    version: str = VERSION_TABLE_NAME
    loads: str = LOADS_TABLE_NAME
    state: str = PIPELINE_STATE_TABLE_NAME
    schema_column: str = "schema"

    @classmethod
    def of(cls, schema: Schema) -> OwnTables:
        """Return the names that they have by the naming convention of a schema."""
        return cls(
            schema.version_table_name,
            schema.loads_table_name,
            schema.state_table_name,
            schema.naming.normalize_identifier(cls.schema_column),
        )


class SchemaMissing(DestinationTerminalException):
    """The Oracle schema that is to hold a dataset does not exist, and was not made."""

    def __init__(self, schema: str, user: str, reason: str, statement: str) -> None:
        self.schema = schema
        super().__init__(
            f"The Oracle schema {schema!r} does not exist: {reason}. Ask the DBA to run\n"
            f"{statement};\nGRANT {GRANTS_ELSEWHERE} TO {names.escape_identifier(user)};"
        )


def exists(client: OracleSqlClient) -> bool:
    """Say whether the dataset exists: whether its ledger does."""
    sentinel = client.table(ledger.TABLE_NAME)
    return bool(client.ask(catalog.table_exists(), sentinel.db, sentinel.name))


def missing(client: OracleSqlClient) -> list[exp.Expression]:
    """Return the statements that create what is missing of the dataset: its schema, its ledger."""
    statements: list[exp.Expression] = []
    if not _schema_exists(client):
        statements.append(_create_schema(client))
    if not exists(client):
        statements.append(ledger.create(client.table(ledger.TABLE_NAME)))
    return statements


def create(client: OracleSqlClient) -> None:
    """Create the dataset's ledger, and before it the schema when that is missing and may be made.

    Raises DatabaseTerminalException (ORA-00955) when the dataset exists, and SchemaMissing.
    """
    if not _schema_exists(client):
        _make_schema(client)
    client.run(ledger.create(client.table(ledger.TABLE_NAME)))


def _schema_exists(client: OracleSqlClient) -> bool:
    return client.owner == client.facts.user or bool(client.ask(catalog.schema_exists(), client.owner))


def _create_schema(client: OracleSqlClient) -> exp.Expression:
    tablespace = client.ask(catalog.default_tablespace())[0][0]
    return ddl.create_schema(client.owner, tablespace)


def _make_schema(client: OracleSqlClient) -> None:
    statement = _create_schema(client)

    def refused(reason: str) -> SchemaMissing:
        return SchemaMissing(client.owner, client.facts.user, reason, render(statement))

    if not client.config.create_schema:
        raise refused(
            "create it, or set `create_schema = true` under [destination.oracle] for a user who may"
        )
    if client.version < _FIRST_WITH_SCHEMA_ONLY_ACCOUNTS:
        raise refused("schema-only accounts are made from 18c on; before, it takes a password")
    try:
        client.run(statement)
    except DatabaseTerminalException as error:
        code = errors.code_of(error)
        if code == "ORA-01920":  # another pipeline made it meanwhile
            return
        if code != "ORA-01031":
            raise
        raise refused(f"the user {client.facts.user} lacks the privilege CREATE USER (ORA-01031)") from error


def drop(client: OracleSqlClient) -> None:
    """Drop every table that the dataset's loads made, and nothing else.

    A schema stays, even one that this package made: others may have put tables there meanwhile. Raises
    DatabaseUndefinedRelation without a dataset.
    """
    if not exists(client):
        raise DatabaseUndefinedRelation(
            errors.OracleError(LookupError(f"ORA-00942: the dataset {client.dataset_name!r} does not exist"))
        )
    sentinel = client.table(ledger.TABLE_NAME)
    # These two know which tables are the dataset's, and the ledger that there is one: a drop that was
    # interrupted can be made again.
    last = [client.table(client.own_tables.version).name, sentinel.name]
    ordered = [*(name for name in tables(client) if name not in last), *last]
    drop_tables(client, [names.table(sentinel.db, name) for name in ordered])


def drop_tables(client: OracleSqlClient, tables: Iterable[exp.Table]) -> None:
    """Drop the tables that exist. Raises DdlRefused, with all statements, where ``ddl`` allows none."""
    if client.config.ddl == "verify":
        there = [table for table in tables if client.ask(catalog.table_exists(), table.db, table.name)]
        if there:
            raise errors.DdlRefused([render(ddl.drop_table(table)) for table in there])
        return
    for table in tables:
        with suppress(DatabaseUndefinedRelation):
            client.run(ddl.drop_table(table))


def empty_table(client: OracleSqlClient, table: exp.Table) -> None:
    """Empty a table, and commit: by TRUNCATE, or by DELETE where that may not be.

    It may not in another schema without DROP ANY TABLE, and where a foreign key points at the table.
    """
    try:
        client.execute_sql(render(ddl.truncate_table(table)))
    except DatabaseTerminalException as error:
        if errors.code_of(error) not in ("ORA-01031", "ORA-02266"):
            raise
        client.execute_sql(render(dml.delete_all(table.copy())))


def tables(client: OracleSqlClient) -> list[str]:
    """Return the stored names of the dataset's tables: those that its loads have recorded, and that exist.

    Stored schemas name them, and the ledger, which keeps names that ``refresh`` took from the schemas. What
    else is there is somebody else's, whatever its name begins with.
    """
    existing = {name for (name,) in client.ask(catalog.tables(), client.owner)}
    own = client.own_tables
    recorded = {client.table(name).name for name in (ledger.TABLE_NAME, own.version, own.loads, own.state)}
    recorded |= {name for (name,) in client.ask(ledger.loaded(client.table(ledger.TABLE_NAME)), ledger.DATA)}
    versions = client.table(own.version)
    if versions.name in existing:
        schemas = exp.select(names.column(client.column(own.schema_column))).from_(versions)
        for (text,) in client.ask(schemas):
            stored: dict[str, Any] = json.loads(text)
            recorded |= {client.table(name).name for name in stored["tables"]}
    # Where a process died between the renames of a swap.
    recorded |= {twins.aside_name(name) for name in recorded}
    return sorted(recorded & existing)
