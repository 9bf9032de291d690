"""A tap is asked for its catalog, and the answer is remembered."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dlt_oracle.singer.errors import SingerConfigurationError, TapFailed
from dlt_oracle.singer.tap.discovery import catalog_option, discover, forget

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.singer.tap.launch import Tap

HOSTILE = Path(__file__).parents[1] / "hostile_tap.py"


@pytest.fixture
def counted(tap: Callable[..., Tap], tmp_path: Path) -> tuple[Callable[..., Tap], Callable[[], int]]:
    """Make taps whose discoveries are counted, and the counter."""
    runs = tmp_path / "runs"
    return lambda **config: tap(count_discoveries=str(runs), **config), lambda: len(runs.read_bytes())


def test_the_catalog_is_what_the_tap_says(tap: Callable[..., Tap]) -> None:
    catalog = discover(tap())
    assert ([stream.id for stream in catalog.streams], catalog.document["vendor"]) == (
        ["users", "orders"],
        {"kept": True},
    )


def test_what_else_is_printed_does_not_matter(tap: Callable[..., Tap]) -> None:
    assert len(discover(tap("prints_noise")).streams) == 2


def test_it_is_asked_once_for_one_configuration(
    counted: tuple[Callable[..., Tap], Callable[[], int]],
) -> None:
    make, count = counted
    for account in (1, 1, 2):
        discover(make(account=account))
    assert count() == 2


def test_it_is_asked_again_when_the_answer_is_old_or_forgotten(
    counted: tuple[Callable[..., Tap], Callable[[], int]], memory: Path
) -> None:
    make, count = counted
    discover(make())
    (file,) = memory.iterdir()
    os.utime(file, (0, 0))
    discover(make())
    forget(make())
    discover(make())
    discover(make(), max_age=0)
    assert count() == 4


def test_no_secret_is_in_the_name_or_the_text_of_what_is_remembered(
    tap: Callable[..., Tap], memory: Path
) -> None:
    discover(tap(password="hunter22"))
    (file,) = memory.iterdir()
    assert "hunter22" not in file.name + file.read_text(encoding="utf-8")


def test_without_a_place_to_remember_it_still_works(tap: Callable[..., Tap], memory: Path) -> None:
    memory.parent.mkdir(parents=True)
    memory.write_text("in the way", encoding="utf-8")
    assert len(discover(tap()).streams) == 2


def test_a_tap_that_cannot_discover_says_what_else_can_be_done(tap: Callable[..., Tap]) -> None:
    with pytest.raises(TapFailed, match=r"exit code 2[^$]*no such option: --discover[^$]*catalog=False"):
        discover(tap("cannot_discover"))


def test_a_tap_that_prints_no_catalog_says_so(tap: Callable[..., Tap]) -> None:
    with pytest.raises(SingerConfigurationError, match=r"printed no catalog \(15 bytes\)"):
        discover(tap(argv=("/bin/sh", "-c", """echo '{"not": "one"}'""")))


def test_a_tap_of_the_first_generation_gets_its_catalog_by_its_own_option(
    tap: Callable[..., Tap], tmp_path: Path
) -> None:
    old = tmp_path / "old_tap.py"
    shutil.copy(HOSTILE, old)
    assert [catalog_option(tap()), catalog_option(tap(argv=(sys.executable, str(old))))] == [
        "--catalog",
        "--properties",
    ]
