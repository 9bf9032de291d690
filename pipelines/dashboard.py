"""Look at the quickstart's pipeline and tables in dlt's dashboard. Needs marimo and ibis-framework.

python pipelines/dashboard.py .oracle
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# dlt's own command for this, `dlt pipeline … show`, wants one more package.
from dlt._workspace.helpers.dashboard.runner import run_dashboard_command

DEFAULT_PORT = 2718


def main(directory: Path, port: int = DEFAULT_PORT) -> None:
    """Serve the dashboard on 127.0.0.1 until Ctrl-C."""
    _, *arguments = run_dashboard_command(
        "quickstart", pipelines_dir=str(directory / "pipelines"), host="127.0.0.1", port=port, headless=True
    )
    credentials = {"DESTINATION__ORACLE__CREDENTIALS": f"oracle+embedded:///{directory}"}
    command = [sys.executable, "-m", "marimo", *arguments]
    subprocess.run(command, env=os.environ | credentials, check=False)  # noqa: S603 - no shell, own arguments


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
