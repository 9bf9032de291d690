"""dlt's dashboard over a dataset in Oracle: its queries return rows (that it is served: test_quickstart)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import dlt


def test_the_dashboards_queries_return_rows(pipeline: Callable[..., dlt.Pipeline]) -> None:
    from dlt._workspace.helpers.dashboard.utils import queries

    loads = pipeline()
    loads.run([{"id": n} for n in range(3)], table_name="orders")
    query, error, _ = queries.get_default_query_for_table(
        loads, loads.default_schema_name, "orders", limit=True
    )
    assert not error
    table, error, _ = queries.get_query_result(loads, query)
    assert (table.num_rows, error) == (3, None)
    assert queries.get_row_counts(loads)["orders"] == 3
