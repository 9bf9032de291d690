"""Reading back through dlt: relations, cursors, Arrow and data frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import dlt
import pyarrow as pa
import pytest
from dlt.destinations.exceptions import DatabaseTerminalException, DatabaseUndefinedRelation

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    import oracledb

MakePipeline = Callable[..., dlt.Pipeline]

UTC = dt.timezone.utc
ORDERS = [
    {
        "id": n,
        "name": f"n{n}",
        "flag": n % 2 == 0,
        "day": dt.date(2020, 1, 1 + n),
        "clock": dt.time(n, 30),
        "moment": dt.datetime(2024, 1, 1 + n, tzinfo=UTC),
        "amount": Decimal(n) / 4,
        "real": n / 3,
        "wei": Decimal(10**60 + n),
        "lines": [{"sku": "a", "n": n}],
    }
    for n in range(10)
]
HINTS: dict[str, Any] = {
    "wei": {"data_type": "wei"},
    "amount": {"data_type": "decimal", "precision": 20, "scale": 4},
}
BIG = 2**62 + 1  # a float has fewer digits


@pytest.fixture(scope="module")
def user(target: Any) -> Iterator[Any]:
    """One user for all that is only read."""
    with target.new_user() as reader:
        yield reader


@pytest.fixture(scope="module")
def loads(user: Any, tmp_path_factory: pytest.TempPathFactory) -> dlt.Pipeline:
    """The orders, then one more that came late; to be read, not changed."""
    loads = dlt.pipeline(
        "reading",
        destination=oracle(user.credentials),
        dataset_name="raw",
        pipelines_dir=str(tmp_path_factory.mktemp("pipelines")),
    )
    loads.run(ORDERS, table_name="orders", columns=HINTS)
    loads.run([{"id": 20, "name": "late", "big": BIG}], table_name="orders")
    return loads


def ids(relation: Any) -> list[int]:
    return [row[0] for row in relation.select("id").order_by("id").fetchall()]


def test_rows_are_counted_by_table_and_by_load(loads: dlt.Pipeline) -> None:
    dataset = loads.dataset()
    first, second = dataset.load_ids()
    assert dataset.row_counts().fetchall() == [("orders", 11), ("orders__lines", 10)]
    assert dataset.row_counts(load_id=first).fetchall() == [("orders", 10)]
    assert dataset.latest_load_id() == second
    assert dataset.row_counts(dlt_tables=True).arrow().column("row_count").type == pa.int64()


@pytest.mark.parametrize(
    ("column", "operator", "value", "expected"),
    [
        ("id", "eq", 3, [3]),
        ("id", "not_in", [0, 1, 2, 3, 4, 5, 6, 20], [7, 8, 9]),
        ("name", "eq", "n3", [3]),
        ("name", "in", ["n1", "n2", "it's"], [1, 2]),
        ("flag", "eq", True, [0, 2, 4, 6, 8]),
        ("flag", "ne", True, [1, 3, 5, 7, 9]),
        ("day", "gt", dt.date(2020, 1, 8), [8, 9]),
        ("clock", "lt", dt.time(1, 30), [0]),
        ("moment", "gte", dt.datetime(2024, 1, 9, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))), [8, 9]),
        ("amount", "lte", Decimal("0.25"), [0, 1]),
        ("real", "gt", 2.5, [8, 9]),
    ],
)
def test_a_relation_filters_every_type(
    loads: dlt.Pipeline, column: str, operator: Any, value: Any, expected: list[int]
) -> None:
    assert ids(loads.dataset().orders.where(column, operator, value)) == expected


def test_a_condition_may_be_sql(loads: dlt.Pipeline) -> None:
    assert ids(loads.dataset().orders.where("id > 5 AND flag = TRUE AND NOT name = 'n6'")) == [8]


def test_relations_join_limit_and_aggregate(loads: dlt.Pipeline) -> None:
    dataset = loads.dataset()
    orders, lines = dataset.orders, dataset.table("orders__lines")
    joined = orders.join("orders__lines").select("id", "orders__lines__sku").order_by("id", "desc").limit(2)
    assert joined.fetchall() == [(9, "a"), (8, "a")]
    assert orders.select("id").max().fetchscalar() == 20
    assert orders.select("moment").min().fetchscalar() == ORDERS[0]["moment"]
    first = dataset.load_ids()[0]
    assert lines.with_load_id_col().limit(1).fetchone()[-1] == first
    assert len(dataset.table("orders__lines", load_ids=[first]).fetchall()) == 10
    query = "SELECT flag, COUNT(*) AS n, SUM(amount) AS s FROM orders GROUP BY flag ORDER BY flag"
    assert dataset(query).fetchall() == [(False, 5, Decimal("6.25")), (True, 5, 5), (None, 1, None)]


def test_datasets_in_one_schema_join(loads: dlt.Pipeline, pipeline: MakePipeline) -> None:
    other = pipeline(dataset_name="other", name="other")
    other.run([{"id": 1, "label": "one"}], table_name="labels")
    joined = loads.dataset().orders.join(other.dataset().labels, on="orders.id = labels.id")
    assert joined.select("name", "labels__label").fetchall() == [("n1", "one")]


@pytest.mark.parametrize(
    ("cursor", "options", "expected"),
    [
        ("id", {"initial_value": 8}, [8, 9, 20]),
        ("id", {"initial_value": 7, "end_value": 9}, [7, 8]),
        ("moment", {"initial_value": dt.datetime(2024, 1, 9, tzinfo=UTC)}, [8, 9]),
        ("day", {"initial_value": dt.date(2020, 1, 9)}, [8, 9]),
        ("_dlt_loads.inserted_at", {"initial_value": dt.datetime(2020, 1, 1, tzinfo=UTC)}, [*range(10), 20]),
    ],
)
def test_a_relation_reads_incrementally(
    loads: dlt.Pipeline, cursor: str, options: dict[str, Any], expected: list[int]
) -> None:
    incremental: Any = dlt.sources.incremental(cursor, on_cursor_value_missing="exclude", **options)
    assert ids(loads.dataset().orders.incremental(incremental)) == expected


def test_arrow_has_the_types_of_the_schema(loads: dlt.Pipeline) -> None:
    table = loads.dataset().orders.order_by("id").arrow()
    types = {name: table.schema.field(name).type for name in ORDERS[0] if name != "lines"}
    assert types == {
        "id": pa.int64(),
        "name": pa.string(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "clock": pa.time64("us"),
        "moment": pa.timestamp("us", "UTC"),
        "amount": pa.decimal128(20, 4),
        "real": pa.float64(),
        "wei": pa.decimal256(76, 0),
    }
    expected = [{key: value for key, value in record.items() if key != "lines"} for record in ORDERS]
    assert table.select(list(types)).to_pylist()[:10] == expected


def test_chunks_have_exactly_the_size_asked_for(loads: dlt.Pipeline) -> None:
    orders = loads.dataset().orders
    assert [table.num_rows for table in orders.iter_arrow(chunk_size=4)] == [4, 4, 3]
    assert [len(frame) for frame in orders.iter_df(chunk_size=5)] == [5, 5, 1]
    assert [len(rows) for rows in orders.iter_fetch(chunk_size=6)] == [6, 5]
    assert orders.where("id", "eq", -1).arrow().num_rows == 0
    assert list(orders.where("id", "eq", -1).iter_arrow(chunk_size=4)) == []


def test_one_cursor_gives_one_chunk_after_the_other(loads: dlt.Pipeline) -> None:
    with (
        loads.sql_client() as client,
        client.execute_query("SELECT id FROM raw___orders ORDER BY id") as cursor,
    ):
        chunks = [cursor.arrow(chunk_size=size).column("ID").to_pylist() for size in (4, 2, 9)]
        assert chunks == [[0, 1, 2, 3], [4, 5], [6, 7, 8, 9, 20]]
        assert cursor.arrow(chunk_size=4) is None


def test_an_instant_with_an_offset_is_that_instant_in_rows_and_in_arrow(
    pipeline: MakePipeline, connection: oracledb.Connection
) -> None:
    zoned = pipeline(dataset_name="zoned")
    zoned.run(ORDERS[1:2], table_name="orders", columns=HINTS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE zoned___orders SET moment = TIMESTAMP '2024-06-01 12:00:00 +02:00'")
    connection.commit()
    moment = zoned.dataset().orders.where("id", "eq", 1).select("moment")
    expected = dt.datetime(2024, 6, 1, 10, tzinfo=UTC)
    assert moment.arrow().column("moment").to_pylist() == [expected]
    assert moment.fetchall() == [(expected,)]
    with (
        zoned.sql_client() as client,
        client.execute_query("SELECT moment FROM zoned___orders WHERE id = %s", 1) as asked,
    ):
        assert asked.fetchone() == (expected,)


def test_a_data_frame_has_what_the_rows_have(loads: dlt.Pipeline) -> None:
    frame = loads.dataset().orders.order_by("id").df()
    assert list(frame["id"]) == [*range(10), 20]
    assert frame["moment"].iloc[0] == ORDERS[0]["moment"]
    assert frame["amount"].iloc[3] == Decimal("0.75")
    assert frame["id"].dtype == "int64"
    assert frame["big"].dtype == "Int64"
    assert frame["big"].iloc[10] == BIG


def test_queries_take_placeholders_and_named_binds(loads: dlt.Pipeline) -> None:
    moment = ORDERS[8]["moment"]
    with loads.sql_client() as client:
        text = "SELECT id FROM raw___orders WHERE id > %s AND name LIKE 'n%%' OR name = '%s' ORDER BY id"
        assert client.execute_sql(text, 7) == [(8,), (9,)]
        named = "SELECT id FROM raw___orders WHERE moment = :moment OR id = :id ORDER BY id;"
        assert client.execute_sql(named, moment=moment, id=1) == [(1,), (8,)]
        with client.execute_query(named, moment=moment, id=1) as cursor:
            assert cursor.df()["ID"].tolist() == [1, 8]


def test_bare_names_are_found_in_the_dataset(loads: dlt.Pipeline) -> None:
    with loads.sql_client() as client:
        assert client.execute_sql("SELECT o.id FROM orders o WHERE id > %s ORDER BY 1", 9) == [(20,)]
        with client.execute_query('SELECT * FROM "orders"') as cursor:
            assert cursor.arrow().num_rows == 11
        with pytest.raises(DatabaseUndefinedRelation), client.execute_query("SELECT * FROM missing"):
            pass
        with pytest.raises(DatabaseTerminalException):
            client.execute_sql("SELECT missing FROM raw___orders")


def test_a_bare_name_is_the_datasets_before_it_is_somebody_elses(
    loads: dlt.Pipeline, connection: oracledb.Connection
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE orders (id NUMBER)")
        cursor.execute("CREATE TABLE others (id NUMBER)")
        with loads.sql_client() as client:
            assert client.execute_sql("SELECT COUNT(*) FROM orders") == [(11,)]
            assert client.execute_sql("SELECT COUNT(*) FROM others") == [(0,)]
            assert client.execute_sql("SELECT COUNT(*) FROM user_tables WHERE table_name = 'OTHERS'") == [
                (1,)
            ]
        for name in ("orders", "others"):
            cursor.execute(f"DROP TABLE {name} PURGE")


def test_a_block_keeps_its_semicolon(loads: dlt.Pipeline) -> None:
    with loads.sql_client() as client:
        assert client.execute_sql("BEGIN NULL; END;") is None
        assert client.execute_sql("SELECT 1 FROM dual;") == [(1,)]


def test_an_outside_connection_serves_several_reads(loads: dlt.Pipeline) -> None:
    with loads.dataset() as dataset:
        assert dataset.orders.select("id").limit(1).fetchall() == [(0,)]
        assert len(dataset.table("orders__lines").fetchall()) == 10


def test_schemas_share_a_dataset(pipeline: MakePipeline) -> None:
    shared = pipeline(dataset_name="shared")
    shared.run([{"id": 1, "lines": [{"n": 1}]}], table_name="orders")
    shared.run([{"k": 1}], table_name="things", schema=dlt.Schema("second"))
    dataset = shared.dataset(schema=list(shared.schemas.values()))
    assert {"orders", "things"} <= set(dataset.tables)
    assert dict(dataset.row_counts().fetchall()) == {"orders": 1, "orders__lines": 1, "things": 1}


def test_an_ibis_expression_is_run_by_the_dataset(loads: dlt.Pipeline) -> None:
    dataset = loads.dataset()
    orders, lines = dataset.orders.to_ibis(), dataset.table("orders__lines").to_ibis()
    joined = orders.join(lines, orders["_dlt_id"] == lines["_dlt_parent_id"])
    summed = (
        joined.filter(joined.flag & (joined.moment > dt.datetime(2024, 1, 3, tzinfo=UTC)))
        .group_by("sku")
        .aggregate(orders=joined.id.nunique(), total=joined.amount.sum())
        .mutate(ratio=lambda table: table.total / table.orders)
        .order_by("sku")
        .limit(5)
    )
    assert dataset(summed).fetchall() == [("a", 3, Decimal("4.5"), Decimal("1.5"))]
    assert dataset(orders.name.upper().name("loud")).arrow().num_rows == 11
