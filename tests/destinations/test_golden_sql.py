"""Every statement that the destination builds, against its golden file."""

from collections.abc import Callable

import pytest
from sqlglot import exp

from dlt_oracle.destinations.sql import catalog, constraints, ddl, dml, indexes, ledger, names
from dlt_oracle.destinations.sql.render import render

TABLE = names.table("LOADER", "RAW___ORDERS")
STAGING = names.table("LOADER", "RAW_STAGING___ORDERS")
LEDGER = names.table("LOADER", "RAW____DLT_LEDGER")
INDEX = indexes.on_key(TABLE, "primary_key")
COLUMNS = [
    ddl.ColumnDefinition("ID", "NUMBER(19)", nullable=False, unique=True),
    ddl.ColumnDefinition("DATE", "TIMESTAMP(6) WITH TIME ZONE"),
    ddl.ColumnDefinition("OK", "NUMBER(1)", nullable=False, check=ddl.one_of("OK", (0, 1))),
    ddl.ColumnDefinition("DOCUMENT", "CLOB", check=ddl.is_json("DOCUMENT")),
]
STATEMENTS: dict[str, exp.Expression] = {
    "session_prepare": catalog.prepare_session(),
    "session_facts": catalog.server_facts(),
    "session_current_schema": catalog.set_current_schema("RAW"),
    "catalog_schema_exists": catalog.schema_exists(),
    "catalog_default_tablespace": catalog.default_tablespace(),
    "catalog_tables": catalog.tables(),
    "catalog_table_exists": catalog.table_exists(),
    "catalog_columns_of_all_tables": catalog.storage_columns(0),
    "catalog_columns_of_two_tables": catalog.storage_columns(2),
    "ddl_create_table": ddl.create_table(TABLE.copy(), COLUMNS),
    "ddl_add_columns": ddl.add_columns(TABLE.copy(), COLUMNS[1:]),
    "index_columns_of_two_tables": indexes.columns(2),
    "index_create": indexes.create(INDEX.copy(), TABLE.copy(), ["ID", "DATE"]),
    "index_drop": indexes.drop(INDEX.copy()),
    "index_rename": indexes.rename(INDEX.copy(), "RAW___NEW$PRIMARY_KEY"),
    "ddl_drop_table": ddl.drop_table(TABLE.copy()),
    "ddl_truncate_table": ddl.truncate_table(TABLE.copy()),
    "ddl_create_schema": ddl.create_schema("RAW", "USERS"),
    "ddl_grant_rows": ddl.grant_rows(TABLE.copy(), "LOADER"),
    "dml_insert": dml.insert(TABLE.copy(), ["ID", "DATE"]),
    "dml_insert_from_staging": dml.insert_from(TABLE.copy(), STAGING.copy(), ["ID", "DATE"]),
    "dml_any_row": dml.any_row(TABLE.copy()),
    "dml_delete_all": dml.delete_all(TABLE.copy()),
    "ledger_create": ledger.create(LEDGER.copy()),
    "ledger_record": ledger.record(LEDGER.copy()),
    "ledger_note_counts": ledger.note_counts(LEDGER.copy()),
    "ledger_loaded": ledger.loaded(LEDGER.copy()),
    "ledger_forget": ledger.forget(LEDGER.copy()),
    "ledger_forget_table": ledger.forget_table(LEDGER.copy()),
    "ledger_lock": ledger.lock(LEDGER.copy()),
    "ledger_lock_claims": ledger.lock_claims(LEDGER.copy(), 2),
    "constraint_columns": constraints.columns(),
    "constraint_index_columns": constraints.index_columns(),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_golden_statement(name: str, golden: Callable[[str, str], None]) -> None:
    golden(name, render(STATEMENTS[name], pretty=True))
