"""What dlt's DuckDB destination makes of a pipeline, this one has to make of it too, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from differential.cases import CASES, GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

# A group is loaded as a whole: these always, the others under stress.
ALWAYS = ("delete-insert", "upsert", "scd2")


def _marks(group: str) -> tuple[pytest.MarkDecorator, ...]:
    return () if group in ALWAYS else (pytest.mark.stress,)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=_marks(case.group)) for name, case in CASES.items()]
)
def test_the_tables_are_those_of_dlts_own_destination(
    name: str, both: Callable[[str, str], tuple[Any, Any]]
) -> None:
    expected, actual = both(CASES[name].group, name)
    assert expected.keys() == actual.keys()
    for table, rows in expected.items():
        assert rows == actual[table], table


@pytest.mark.parametrize("group", [pytest.param(group, marks=_marks(group)) for group in GROUPS])
def test_the_cases_leave_rows_to_compare(group: str, both: Callable[[str, str], tuple[Any, Any]]) -> None:
    names = [name for name, case in CASES.items() if case.group == group]
    assert [name for name in names if not any(both(group, name)[0].values())] == []
