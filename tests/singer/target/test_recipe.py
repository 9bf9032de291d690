"""The lines of the how-to that run tap and target without Meltano, as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs/how-to/use-as-meltano-loader.md"
TAP = """#!/bin/sh
echo "$@" >> arguments
echo '{"type":"SCHEMA","stream":"items","key_properties":[],"schema":{"properties":{"n":{"type":"integer"}}}}'
[ -e state.json ] || echo '{"type":"STATE","value":{"n": 1}}'
"""
TARGET = f"""#!/bin/sh
exec {sys.executable} -m dlt_oracle.singer.target.cli "$@"
"""


def test_the_first_run_has_no_state_and_one_that_prints_none_keeps_the_last(
    user: Any, tmp_path: Path
) -> None:
    recipe = re.search(r"## Without Meltano\n+```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert recipe is not None
    for name, script in (("tap-something", TAP), ("target-oracle", TARGET)):
        (tmp_path / name).write_text(script, encoding="utf-8")
        (tmp_path / name).chmod(0o700)
    (tmp_path / "target.json").write_text(json.dumps(user.credentials), encoding="utf-8")
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for _ in range(2):
        subprocess.run(["sh", "-c", recipe[1]], cwd=tmp_path, env=environ, check=False, timeout=60)
    arguments = (tmp_path / "arguments").read_text(encoding="utf-8").splitlines()
    assert arguments == ["--config tap.json", "--config tap.json --state state.json"]
    assert json.loads((tmp_path / "state.json").read_bytes()) == {"n": 1}
