"""Bytes that a real database sent, where this checkout has them beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[4] / "shared" / "data" / "wire"


@pytest.fixture(scope="session")
def wire_bytes() -> Path:
    """The folder with bytes of a real database; it is no part of this repository."""
    if not _FOLDER.is_dir():
        pytest.skip(f"no bytes of a real database in {_FOLDER}")
    return _FOLDER
