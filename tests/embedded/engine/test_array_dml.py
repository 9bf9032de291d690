from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlt_oracle.embedded.engine.array import run_array
from dlt_oracle.embedded.engine.copying import CopyLoader, failing_row
from dlt_oracle.embedded.engine.transaction import Transaction
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, TypeName

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from dlt_oracle.embedded.engine.connection import Connection

NUMBER = OracleType(TypeName.NUMBER)


def _translate(error: psycopg.Error) -> OracleError:
    return OracleError({"23505": 1, "23514": 2290, "22P02": 1722}[error.sqlstate or ""], "x")


def _load(pg: Connection, values: Sequence[str], *, batch_errors: bool) -> tuple[list[int], list[int]]:
    """Load numbers by COPY; return the rows that are there and the offsets that failed."""
    transaction = Transaction(pg)
    rows: list[tuple[Any, ...]] = [(value,) for value in values]
    loader = CopyLoader(pg, "public.t", [("id", NUMBER, 0)])
    failed: list[int] = []
    try:
        result = run_array(
            transaction, rows, loader.run, _translate, locate=failing_row, batch_errors=batch_errors
        )
        failed = [offset for offset, _ in result.errors]
    except OracleError as error:
        failed = [error.row]
    there = [n for (n,) in pg.execute("SELECT id FROM public.t ORDER BY id").fetchall()]
    transaction.rollback()
    return there, failed


def _model(values: Sequence[str], *, batch_errors: bool) -> tuple[list[int], list[int]]:
    """What row by row execution does."""
    there: list[int] = []
    failed: list[int] = []
    for offset, value in enumerate(values):
        if value.isdigit() and int(value) < 1_000_000 and int(value) not in there:
            there.append(int(value))
            continue
        failed.append(offset)
        if not batch_errors:
            break
    return sorted(there), failed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(["1", "2", "3", "40", "500", "1000000", "bad", "7", "8", "9"]), max_size=12),
    st.booleans(),
)
def test_groups_end_where_single_rows_would(pg: Connection, values: list[str], batch_errors: bool) -> None:  # noqa: FBT001
    expected = _model(values, batch_errors=batch_errors)
    assert _load(pg, values, batch_errors=batch_errors) == expected


def test_a_conversion_error_does_not_hide_an_earlier_duplicate(pg: Connection) -> None:
    assert _load(pg, ["1", "2", "2", "4", "bad"], batch_errors=False) == ([1, 2], [2])


def test_one_failing_row_among_many_is_found_quickly(pg: Connection) -> None:
    transaction = Transaction(pg)
    loader = CopyLoader(pg, "public.t", [("id", NUMBER, 0)])
    calls = 0

    def run(rows: Sequence[Sequence[Any]]) -> int:
        nonlocal calls
        calls += 1
        return loader.run(rows)

    rows = [(str(number),) for number in range(10_000)]
    rows[7_000] = ("3",)
    with pytest.raises(OracleError) as caught:
        run_array(transaction, rows, run, _translate, locate=failing_row)
    assert caught.value.row == 7_000
    assert calls <= 4
    transaction.rollback()


def test_a_failure_of_the_first_row_opens_no_transaction(pg: Connection) -> None:
    transaction = Transaction(pg)
    loader = CopyLoader(pg, "public.t", [("id", NUMBER, 0)])
    with pytest.raises(OracleError):
        run_array(transaction, [("bad",)], loader.run, _translate, locate=failing_row)
    assert not transaction.open
