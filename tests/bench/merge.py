"""Figures of merges: what the server does for a merge of 1,000 rows into tables of different size.

A root table and a nested one, with and without the indexes on their keys. The rows that are merged are the
same every time; filler rows, which no merge touches, make the tables big.
"""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING, Any

import dlt
import numpy as np
import oracledb
import pyarrow as pa

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server import BenchServer
    from target import User

RUNS = 3
MERGED = 1000
STRATEGIES = ("upsert", "delete-insert")
_STEP = 997  # between the ids of merged rows
_DATASET = "bench"
_INDEXES = ("BENCH___ORDERS$PRIMARY_KEY", "BENCH___ORDERS__LINES$ROOT_KEY")
_BATCH = 50_000


def costs(server: BenchServer, sizes: tuple[int, ...], *, indexed: bool) -> Iterator[tuple[int, str, float]]:
    """Yield size, strategy and the server's CPU-seconds for one load that merges."""
    with server.target.new_user() as user, tempfile.TemporaryDirectory() as directory:
        pipeline = dlt.pipeline(
            "merge", destination=oracle(user.credentials), dataset_name=_DATASET, pipelines_dir=directory
        )
        _load(pipeline, STRATEGIES[0])
        if not indexed:
            with pipeline.sql_client() as client:
                for name in _INDEXES:
                    client.execute_sql(f'DROP INDEX "{name}"')
        filled = 0
        for size in sizes:
            _fill(user, range(filled, size))
            filled = size
            server.gather_statistics()
            for strategy in STRATEGIES:
                _load(pipeline, strategy)
                yield size, strategy, min(_measured(server, pipeline, strategy) for _ in range(RUNS))


def statements_of_a_chain(server: BenchServer, tables: int) -> tuple[int, int, int]:
    """Upsert a chain of ``tables`` tables twice. Return what the second follow-up needed.

    Statements that merge, those of them that name the root's target table, and the round trips of the load.
    """
    with server.target.new_user() as user, tempfile.TemporaryDirectory() as directory:
        pipeline = dlt.pipeline(
            "chain", destination=oracle(user.credentials), dataset_name=_DATASET, pipelines_dir=directory
        )
        for _ in range(2):
            row: Any = {"value": 1}
            for _ in range(tables - 1):
                row = {"value": 1, "lines": [row]}
            pipeline.extract([row | {"id": 1}], table_name="orders", **_hints("upsert"))
            pipeline.normalize()
            server.said()
            pipeline.load()
        messages, texts = server.said()
    merging = [text for text in texts if re.match('(MERGE|DELETE).*"BENCH___ORDERS', text)]
    return len(merging), sum('"BENCH___ORDERS"' in text for text in merging), len(messages)


def _load(pipeline: dlt.Pipeline, strategy: str) -> None:
    rows = [{"id": n * _STEP, "name": f"name {n}", "lines": [{"sku": n}]} for n in range(MERGED)]
    pipeline.extract(rows, table_name="orders", **_hints(strategy))
    pipeline.normalize()
    pipeline.load()


def _measured(server: BenchServer, pipeline: dlt.Pipeline, strategy: str) -> float:
    before = server.cpu()
    _load(pipeline, strategy)
    return server.cpu() - before


def _hints(strategy: str) -> dict[str, Any]:
    return {"write_disposition": {"disposition": "merge", "strategy": strategy}, "primary_key": "id"}


def _fill(user: User, numbers: range) -> None:
    """Add rows that no merge touches, each with one nested row."""
    with (
        oracledb.connect(user=user.name, password=user.password, dsn=user.dsn) as connection,
        connection.cursor() as cursor,
    ):
        for start in range(numbers.start, numbers.stop, _BATCH):
            ids = np.arange(start, min(start + _BATCH, numbers.stop))
            ids = ids[ids % _STEP != 0]
            keys = pa.array([f"filler{n:08}" for n in ids])
            load = pa.array(["filler"] * len(ids))
            roots = {"ID": pa.array(ids), "NAME": keys, "_DLT_LOAD_ID": load, "_DLT_ID": keys}
            lines = {"SKU": pa.array(ids), "_DLT_ROOT_ID": keys, "_DLT_PARENT_ID": keys, "_DLT_ID": keys}
            lines["_DLT_LIST_IDX"] = pa.array([0] * len(ids))
            for table, columns in (("ORDERS", roots), ("ORDERS__LINES", lines)):
                names = ", ".join(f'"{name}"' for name in columns)
                binds = ", ".join(f":{position}" for position in range(1, len(columns) + 1))
                insert = f"INSERT INTO bench___{table} ({names}) VALUES ({binds})"
                cursor.executemany(insert, pa.table(columns))
            connection.commit()
