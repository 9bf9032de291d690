"""What dlt's DuckDB destination makes of a pipeline, this one has to make of it too, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from differential.cases import CASES

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("name", CASES)
def test_the_tables_are_those_of_dlts_own_destination(
    name: str, both: Callable[[str, str], tuple[Any, Any]]
) -> None:
    expected, actual = both(CASES[name].group, name)
    assert expected.keys() == actual.keys()
    for table, rows in expected.items():
        assert rows == actual[table], table


def test_the_cases_leave_rows_to_compare(both: Callable[[str, str], tuple[Any, Any]]) -> None:
    empty = [name for name, case in CASES.items() if not any(both(case.group, name)[0].values())]
    assert empty == []
