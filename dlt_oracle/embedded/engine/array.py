"""Array DML: many rows in one statement, and which row failed.

Rows run in groups, each under a savepoint. When a group fails it is undone and cut, until the first failing
row stands alone: in Oracle's order, whatever order PostgreSQL found errors in (COPY reports a conversion
error of row 5 before a duplicate key in row 2). Rows before a failing one stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dlt_oracle.embedded.engine.transaction import Transaction
    from dlt_oracle.embedded.model import Row

    RunGroup = Callable[[Sequence[Row]], int]  # runs rows as one; returns the number of rows changed
    FindFailure = Callable[[psycopg.Error, Sequence[Row]], "int | None"]
    Translate = Callable[[psycopg.Error], OracleError]

GROWTH = 4  # after a failure groups start small, and grow again by this factor
_CONTINUES_NOT = frozenset({1013, 3113, 60, 8177, 54})  # these end the statement even with batch errors


@dataclass
class ArrayResult:
    """What an array DML did: rows changed, and (offset, error) of each row that failed."""

    row_count: int = 0
    errors: list[tuple[int, OracleError]] = field(default_factory=list)


def run_array(
    transaction: Transaction,
    rows: Sequence[Row],
    run: RunGroup,
    translate: Translate,
    *,
    locate: FindFailure = lambda _error, _rows: None,
    batch_errors: bool = False,
) -> ArrayResult:
    """Run ``rows`` through ``run``. Raises the first failing row's OracleError unless ``batch_errors``.

    ``locate`` may tell the offset, in its group, of the row PostgreSQL complained about.
    """
    was_open = transaction.open
    transaction.begin()
    result = ArrayResult()
    done, size = 0, len(rows)
    while done < len(rows):
        group = rows[done : done + size]
        try:
            with transaction.savepoint():
                result.row_count += run(group)
        except psycopg.Error as error:
            if len(group) > 1 and not transaction.connection.closed:
                hint = locate(error, group)
                size = max(1, len(group) // 2 if hint is None else min(hint, len(group) - 1))
                continue
            failure = translate(error)
        except OracleError as error:
            if len(group) > 1:
                size = max(1, len(group) // 2)
                continue
            failure = error
        else:
            done += len(group)
            size = max(1, size * GROWTH)
            continue
        failure.row = done
        result.errors.append((done, failure))
        if not batch_errors or failure.code in _CONTINUES_NOT:
            if done == 0 and not was_open:
                transaction.rollback()  # nothing happened: no transaction was opened
            raise failure
        done, size = done + 1, 1
    return result
