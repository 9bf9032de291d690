from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dlt_oracle.embedded.engine.cluster import Cluster
from dlt_oracle.embedded.engine.connection import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dlt_oracle.embedded.engine.connection import Connection


@pytest.fixture(scope="session")
def postgres(make_directory: Callable[[], Path]) -> Iterator[Cluster]:
    """A bare PostgreSQL for tests of what lies between the engine and it."""
    cluster = Cluster(make_directory() / "pg")
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def pg(postgres: Cluster) -> Iterator[Connection]:
    """A connection to it, with a table ``t`` of numbers."""
    with connect(postgres.conninfo) as owner:
        owner.execute("CREATE TABLE public.t (id integer PRIMARY KEY CHECK (id < 1000000))")
        with connect(postgres.conninfo) as connection:
            yield connection
        owner.execute("DROP TABLE public.t")
