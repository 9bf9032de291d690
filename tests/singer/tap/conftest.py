"""The hostile tap, ready to be started."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
import pytest

from dlt_oracle.singer.tap.command import SingerCommand
from dlt_oracle.singer.tap.config_file import TapConfig
from dlt_oracle.singer.tap.launch import Tap
from dlt_oracle.singer.tap.run import TimeLimits

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = Path(__file__).parents[1] / "hostile_tap.py"


@pytest.fixture
def tap() -> Callable[..., Tap]:
    """Make a tap that does one thing wrong."""

    def make(does: str = "nothing", *, argv: tuple[str, ...] | None = None, **config: Any) -> Tap:
        return Tap(
            SingerCommand(argv or (sys.executable, str(HOSTILE)), "tap-hostile"),
            TapConfig({"does": does, **config}),
            TimeLimits(kill_grace=5),
        )

    return make


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where catalogs are remembered."""
    context = dlt.current.run_context()
    monkeypatch.setattr(type(context), "data_dir", property(lambda _: str(tmp_path / "dlt")))
    return tmp_path / "dlt" / "singer"
