"""Pipelines into DuckDB, for what Singer streams mean to any destination."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dlt
import duckdb
import pytest

from dlt_oracle.singer import run, singer_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_numbers = itertools.count(1)


@dataclass
class Loads:
    """A pipeline into a database in memory, and questions about it."""

    pipeline: dlt.Pipeline
    connection: duckdb.DuckDBPyConnection

    def load(self, *lines: bytes, resources: tuple[str, ...] = (), **options: Any) -> Loads:
        """Load lines as a tap called ``tap``; with ``resources`` those streams alone."""
        source = singer_source.from_file(lines, "tap", streams=resources, **options)
        run(self.pipeline, source.with_resources(*resources) if resources else source)
        return self

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask a query in the dataset."""
        self.connection.execute("USE raw")
        return self.connection.execute(query).fetchall()

    def rows(self, columns: str, table: str = "s") -> list[tuple[Any, ...]]:
        """Return the rows of a table in order."""
        return self.ask(f"SELECT {columns} FROM {table} ORDER BY ALL")


@pytest.fixture
def loads(tmp_path: Path) -> Iterator[Loads]:
    """A fresh database and pipeline."""
    with duckdb.connect() as connection:
        yield Loads(
            dlt.pipeline(
                f"singer{next(_numbers)}",
                destination=dlt.destinations.duckdb(connection),
                dataset_name="raw",
                pipelines_dir=str(tmp_path),
            ),
            connection,
        )


@pytest.fixture
def another(loads: Loads, tmp_path: Path) -> Callable[[], Loads]:
    """The same database from another machine: a pipeline of the same name that knows nothing yet."""

    def make() -> Loads:
        pipeline = dlt.pipeline(
            loads.pipeline.pipeline_name,
            destination=dlt.destinations.duckdb(loads.connection),
            dataset_name="raw",
            pipelines_dir=str(tmp_path / f"another{next(_numbers)}"),
        )
        return Loads(pipeline, loads.connection)

    return make
