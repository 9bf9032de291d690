"""Pipelines of a user who owns one schema: CREATE SESSION, CREATE TABLE and a quota, nothing more."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import dlt
import oracledb
import pytest

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_numbers = itertools.count(1)


@pytest.fixture
def user(target: Any) -> Iterator[Any]:
    """A fresh user who owns nothing yet."""
    with target.new_user() as fresh:
        yield fresh


@pytest.fixture
def connection(user: Any) -> Iterator[oracledb.Connection]:
    """The plain driver, as the same user."""
    with oracledb.connect(user=user.name, password=user.password, dsn=user.dsn) as connected:
        yield connected


@pytest.fixture
def rows(connection: oracledb.Connection) -> Callable[..., list[tuple[Any, ...]]]:
    """Ask a query through the plain driver."""

    def ask(query: str, *binds: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, list(binds), fetch_lobs=False, fetch_decimals=True)
            return cursor.fetchall()

    return ask


@pytest.fixture
def pipeline(user: Any, tmp_path: Path) -> Callable[..., dlt.Pipeline]:
    """Make a pipeline into the user's schema; each has a working directory of its own."""

    def make(dataset_name: str = "raw", name: str = "test", **settings: Any) -> dlt.Pipeline:
        return dlt.pipeline(
            name,
            destination=oracle(user.credentials, **settings),
            dataset_name=dataset_name,
            pipelines_dir=str(tmp_path / f"pipelines{next(_numbers)}"),
        )

    return make
