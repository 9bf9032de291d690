import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a statement with its golden file; with GOLDEN_UPDATE=1 write the file anew (`make golden`)."""

    def check(name: str, sql: str) -> None:
        path = GOLDEN / f"{name}.sql"
        text = sql.rstrip("\n") + "\n"
        if os.environ.get("GOLDEN_UPDATE"):
            path.write_text(text, encoding="utf-8")
        assert path.exists(), (
            f"{path.name} does not exist: write it with `make golden` and read it as a review"
        )
        assert text == path.read_text(encoding="utf-8")

    return check
