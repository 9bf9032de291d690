"""The rows of the benchmarks."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

NULLS = 0.1
COLUMNS: Any = {"document": {"data_type": "json"}}
"""Hints for what Arrow's types do not say."""


@lru_cache(maxsize=1)
def table(rows: int) -> pa.Table:
    """Ten columns of usual kinds, nulls in most; dlt adds _dlt_load_id and _dlt_id."""
    random = np.random.default_rng(7)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz     "))

    def some(values: Any) -> pa.Array:
        empty = random.random(rows) < NULLS
        empty[0] = False  # a column of nothing but nulls would have no type
        return pa.array(values, mask=empty)

    def texts() -> pa.Array:
        pool = ["".join(random.choice(letters, size)) for size in random.integers(20, 100, 5000)]
        return some([pool[index] for index in random.integers(0, len(pool), rows)])

    def decimals() -> pa.Array:
        return some(random.integers(-(10**11), 10**11, rows)).cast(pa.decimal128(38, 9))

    def moments() -> pa.Array:
        start = int(dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc).timestamp() * 1e6)
        return some(start + random.integers(0, 10**13, rows)).cast(pa.timestamp("us", tz="UTC"))

    return pa.table(
        {
            "id": pa.array(np.arange(rows)),
            "quantity": some(random.integers(0, 10_000, rows)),
            "price": decimals(),
            "total": decimals(),
            "title": texts(),
            "remark": texts(),
            "created_at": moments(),
            "changed_at": moments(),
            "active": some(random.random(rows) < 0.5),
            "document": some([json.dumps({"n": n, "tags": ["a", "b"]}) for n in range(rows)]),
        }
    )
