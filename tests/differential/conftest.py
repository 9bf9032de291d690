"""The same pipelines into dlt's own DuckDB destination and into the database under test, once per group."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from differential.harness import Tables, load, load_reference

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def reference() -> Iterator[ProcessPoolExecutor]:
    """Another process for DuckDB: half of the work, and none of it has to wait for the other half."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="session")
def owner(target: Any) -> Iterator[Any]:
    with target.new_user() as user:
        yield user


@pytest.fixture(scope="session")
def both(
    reference: ProcessPoolExecutor, owner: Any, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], tuple[Tables, Tables]]:
    """Return what a case left in DuckDB and in Oracle; a group is loaded when its first case asks."""
    loaded: dict[str, tuple[dict[str, Tables], dict[str, Tables]]] = {}

    def ask(group: str, case: str) -> tuple[Tables, Tables]:
        if group not in loaded:
            directories = [str(tmp_path_factory.mktemp(name)) for name in ("reference", "oracle")]
            expected = reference.submit(load_reference, group, directories[0])
            actual = load(group, oracle(owner.credentials), directories[1])
            loaded[group] = expected.result(), actual
        return loaded[group][0][case], loaded[group][1][case]

    return ask
