"""Every shape of merge, against its golden file: one file per chain, statements in their order."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from sqlglot import exp

from dlt_oracle.destinations.sql import conditions, merge, names
from dlt_oracle.destinations.sql.chain import Chain, ChainTable, DedupSort, HardDelete, Validity
from dlt_oracle.destinations.sql.delete_insert import delete_insert
from dlt_oracle.destinations.sql.render import render
from dlt_oracle.destinations.sql.scd2 import scd2


def table(name: str, columns: Sequence[str], **keys: object) -> ChainTable:
    target, staging = (names.table("LOADER", f"{dataset}___{name}") for dataset in ("RAW", "RAW_STAGING"))
    return ChainTable(target, staging, tuple(columns), **keys)  # type: ignore[arg-type]


ORDERS = table("ORDERS", ["ID", "REGION", "AT", "GONE", "_DLT_ID"], row_key="_DLT_ID")
LINES = table(
    "ORDERS__LINES",
    ["SKU", "_DLT_ID", "_DLT_PARENT_ID", "_DLT_ROOT_ID"],
    row_key="_DLT_ID",
    root_key="_DLT_ROOT_ID",
    parent_key="_DLT_PARENT_ID",
    parent=ORDERS,
)
TAXES = replace(
    LINES,
    target=names.table("LOADER", "RAW___ORDERS__LINES__TAXES"),
    staging=names.table("LOADER", "RAW_STAGING___ORDERS__LINES__TAXES"),
    parent=replace(LINES, root_key=None),
    root_key=None,
)
FLAT = Chain(ORDERS, primary_key=("ID",))
NESTED = replace(FLAT, nested=(LINES,))
LATEST = DedupSort("AT", descending=True)
MARK = HardDelete("GONE", boolean=True)
COMPARED = {"compared": ("REGION", "DOCUMENT"), "lobs": frozenset({"DOCUMENT"})}
VALIDITY = Validity(
    "_DLT_ID",
    "VALID_FROM",
    "VALID_TO",
    exp.Var(this="TIMESTAMP '2024-05-06 00:00:00.000000 +00:00'"),
    exp.null(),
)
HISTORY = Chain(table("ORDERS", ["ID", "VALID_FROM", "VALID_TO", "_DLT_ID"], row_key="_DLT_ID"), (LINES,))
SCOPE = 'REGION IN (SELECT REGION FROM "LOADER"."RAW_STAGING___ORDERS")'

CHAINS: dict[str, list[exp.Expression]] = {
    "delete_insert": delete_insert(FLAT),
    "delete_insert_composite_key": delete_insert(replace(FLAT, primary_key=("ID", "REGION"))),
    "delete_insert_newest": delete_insert(replace(FLAT, dedup_sort=LATEST, hard_delete=MARK)),
    "delete_insert_oldest": delete_insert(replace(FLAT, dedup_sort=DedupSort("AT", descending=False))),
    "delete_insert_newest_by_long_numbers": delete_insert(
        replace(FLAT, dedup_sort=replace(LATEST, as_number=True))
    ),
    "delete_insert_deduplicated": delete_insert(replace(FLAT, deduplicated=True)),
    "delete_insert_nested": delete_insert(NESTED),
    "delete_insert_nested_marked": delete_insert(
        replace(NESTED, hard_delete=HardDelete("GONE", boolean=False), dedup_sort=LATEST)
    ),
    "delete_insert_both_keys": delete_insert(replace(NESTED, merge_key=("REGION",))),
    "delete_insert_merge_key": delete_insert(replace(NESTED, primary_key=(), merge_key=("REGION",))),
    "delete_insert_no_keys": delete_insert(replace(NESTED, primary_key=())),
    "delete_insert_source_filter": delete_insert(replace(NESTED, source_filter="region <> 'eu;us'")),
    "delete_insert_destination_scope": delete_insert(replace(NESTED, destination_scope=SCOPE)),
    "upsert": merge.upsert(FLAT),
    "upsert_nested": merge.upsert(NESTED),
    "upsert_nested_marked": merge.upsert(replace(NESTED, hard_delete=MARK, dedup_sort=LATEST)),
    "upsert_source_filter": merge.upsert(replace(NESTED, source_filter="region <> 'eu'")),
    "upsert_skip_unchanged": merge.upsert(
        Chain(replace(ORDERS, columns=(*ORDERS.columns, "DOCUMENT"), **COMPARED), primary_key=("ID",))
    ),
    "upsert_skip_unchanged_21c": merge.upsert(
        Chain(replace(ORDERS, compared=("DOCUMENT",), documents=frozenset({"DOCUMENT"})), primary_key=("ID",))
    ),
    "upsert_skip_unchanged_23ai": merge.upsert(
        Chain(
            replace(ORDERS, compared=("GONE", "EMBEDDING"), vectors=frozenset({"EMBEDDING"})),
            primary_key=("ID",),
        )
    ),
    "upsert_skip_unchanged_marked": merge.upsert(
        Chain(replace(ORDERS, compared=("REGION",)), primary_key=("ID",), hard_delete=MARK)
    ),
    "upsert_of_keys_alone": merge.upsert(Chain(table("ORDERS", ["ID"]), primary_key=("ID",))),
    "insert_only": merge.insert_only(replace(NESTED, hard_delete=MARK)),
    "cdc": merge.cdc(replace(NESTED, hard_delete=MARK)),
    "cdc_composite_key": merge.cdc(replace(FLAT, primary_key=("ID", "REGION"))),
    "cdc_merge_key": merge.cdc(replace(NESTED, merge_key=("REGION", "AT"), source_filter="at IS NOT NULL")),
    "cdc_destination_scope": merge.cdc(replace(FLAT, destination_scope=SCOPE)),
    "scd2": scd2(HISTORY, VALIDITY),
    "scd2_active_timestamp": scd2(
        HISTORY,
        replace(VALIDITY, active=exp.Var(this="TIMESTAMP '9999-12-31 00:00:00.000000 +00:00'")),
    ),
    "scd2_merge_key": scd2(replace(HISTORY, merge_key=("ID",)), VALIDITY),
    "scd2_source_filter": scd2(replace(HISTORY, source_filter="id > 0"), VALIDITY),
    "scd2_source_filter_without_root_key": scd2(
        replace(HISTORY, nested=(TAXES,), source_filter="id > 0"), VALIDITY
    ),
}


@pytest.mark.parametrize("name", CHAINS)
def test_golden_merge(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"merge_{name}", "\n\n".join(render(item, pretty=True) + "\n;" for item in CHAINS[name]))


def test_golden_first_rows_of_a_table_without_room_for_one_more_column(
    golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "MAX_COLUMNS", len(ORDERS.columns))
    chain = replace(FLAT, dedup_sort=LATEST, hard_delete=MARK)
    texts = [render(item, pretty=True) + "\n;" for item in (*delete_insert(chain), *merge.upsert(chain))]
    golden("merge_as_many_columns_as_a_table_has", "\n\n".join(texts))


@pytest.mark.parametrize("tables", [1, 2, 5])
def test_an_upsert_of_k_tables_takes_2k_minus_1_statements(tables: int) -> None:
    chain = replace(NESTED, nested=(LINES,) * (tables - 1), hard_delete=MARK, source_filter="id > 0")
    assert len(merge.upsert(chain)) == 2 * tables - 1


def test_an_upsert_reads_and_writes_the_root_in_one_statement() -> None:
    statements = [render(item) for item in merge.upsert(replace(NESTED, hard_delete=MARK))]
    assert [item.count('"RAW___ORDERS"') for item in statements] == [1, 0, 0]
