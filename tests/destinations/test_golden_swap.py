"""The statements of the swap, against their golden files."""

from collections.abc import Callable

import pytest
from sqlglot import exp

from dlt_oracle.destinations.sql import names, twins
from dlt_oracle.destinations.sql.render import render

TABLE = names.table("LOADER", "RAW___ORDERS")
STATEMENTS: dict[str, exp.Expression] = {
    "object_ids": twins.object_ids(3),
    "columns": twins.columns(),
    "properties": twins.properties(),
    "checks": twins.checks(),
    "burdens": twins.burdens(),
    "unique_columns": twins.unique_columns(),
    "key_indexes": twins.key_indexes(),
    "grants": twins.grants(),
    "table_comments": twins.table_comments(),
    "column_comments": twins.column_comments(),
    "rename": twins.rename(TABLE, "RAW___ORDERS$OLD"),
    "add_unique": twins.add_unique(TABLE, ["A", "B"]),
    "drop_constraint": twins.drop_constraint(TABLE, "SYS_C001"),
    "grant": twins.grant(TABLE, "SELECT", "READER", grantable=True),
    "comment_on_table": twins.comment(TABLE, "it's"),
    "comment_on_column": twins.comment(TABLE, "it's", "A"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_golden_swap(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"swap_{name}", render(STATEMENTS[name], pretty=True))
