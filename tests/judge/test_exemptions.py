from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from judge import VERSIONS, shape
from judge.exemptions import EXEMPTIONS, exempted
from judge.gaps import bridge

if TYPE_CHECKING:
    from judge import Judge

GOLDEN = Path(__file__).parents[1] / "destinations" / "golden"
EXEMPTED = {  # and whether the package sends it
    "set operations with ALL": False,
    "OVER with the name of a window": False,
    "the clause WINDOW": False,
    "IF [NOT] EXISTS": False,
    "rows of VALUES": False,
    "IS [NOT] TRUE": False,
    "the type VECTOR": True,
    "FROM_VECTOR with RETURNING": True,
    "privileges on a schema": False,
}


def test_what_later_releases_are_exempted_from_is_known_by_name() -> None:
    sent = {
        name
        for file in (*GOLDEN.glob("*_21c.sql"), *GOLDEN.glob("*_23ai.sql"))
        for statement in file.read_text(encoding="utf-8").strip().split(";\n\n")
        for name in exempted(shape(statement.removesuffix(";")), VERSIONS[file.stem.rpartition("_")[2]])
    }
    assert {name: name in sent for name in EXEMPTIONS} == EXEMPTED


@pytest.mark.parametrize("name", EXEMPTIONS)
def test_what_is_exempted_is_refused_before_its_version(name: str, judge: Judge) -> None:
    exemption = EXEMPTIONS[name]
    accepting = [version for version in VERSIONS if judge.verdict(exemption.example, version).ok]
    assert accepting == [version for version, number in VERSIONS.items() if number >= exemption.since]


@pytest.mark.parametrize("name", EXEMPTIONS)
def test_the_grammar_cannot_read_what_is_exempted_from_it(name: str, judge: Judge) -> None:
    form = shape(EXEMPTIONS[name].example)
    assert exempted(form, VERSIONS["23ai"]) == [name]
    # As 19c reads it nothing stands in for it.
    assert judge.objection(bridge(form, VERSIONS["19c"]))
    assert not judge.objection(bridge(form, VERSIONS["23ai"]))
