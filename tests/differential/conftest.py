"""The same pipelines into dlt's own DuckDB destination and into the database under test, once per group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dlt
import duckdb
import pytest
from differential.harness import load

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("differential"))


@pytest.fixture(scope="session")
def reference() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        yield connection


@pytest.fixture(scope="session")
def owner(target: Any) -> Iterator[Any]:
    with target.new_user() as user:
        yield user


@pytest.fixture(scope="session")
def both(
    directory: str, reference: duckdb.DuckDBPyConnection, owner: Any
) -> Callable[[str, str], tuple[Any, Any]]:
    """Return what a case left in DuckDB and in Oracle; a group is loaded when its first case asks."""
    loaded: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}

    def ask(group: str, case: str) -> tuple[Any, Any]:
        if group not in loaded:
            strategy = group if group in ("truncate-and-insert", "insert-from-staging") else None
            destinations = (
                dlt.destinations.duckdb(reference, replace_strategy=strategy),
                oracle(owner.credentials, replace_strategy=strategy),
            )
            loaded[group] = tuple(  # type: ignore[assignment]
                load(
                    dlt.pipeline(
                        f"{group}_{destination.destination_name}",
                        destination=destination,
                        dataset_name=group.replace("-", "_"),
                        pipelines_dir=directory,
                    ),
                    group,
                )
                for destination in destinations
            )
        expected, actual = loaded[group]
        return expected[case], actual[case]

    return ask
