"""Kill the target at many random moments, start it again from what it printed, and compare.

usage: kill_many.py [--points N] [--seed N]

Each point is a run of its own into a fresh user's schema: killed at a moment between its start and the end of
an uninterrupted run, checked, started again until it ends by itself, compared with the right answer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb

sys.path.insert(0, str(Path(__file__).parents[2]))

from judge.recorder import Recorder
from singer.target.killing import assert_complete, assert_covered
from singer.target.tap import Tap
from target import User, embedded

if TYPE_CHECKING:
    from target import Target

COMMAND = (sys.executable, "-m", "dlt_oracle.singer.target.cli")
PACKAGE_ROWS = 60


def run(tap: Tap, config: Path, position: int, seconds: float | None) -> tuple[int, int]:
    """Run the target from ``position``, killed after ``seconds``; return exit code and printed position."""
    process = subprocess.Popen(
        [*COMMAND, "--config", config],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": str(config.parent)},  # where a killed one leaves its packages
    )
    killer = threading.Timer(seconds, process.kill) if seconds is not None else None
    if killer:
        killer.start()
    out, _ = process.communicate(b"".join(tap.lines(position)))
    if killer:
        killer.cancel()
    printed = [json.loads(line)["position"] for line in out.splitlines()]
    return process.returncode, printed[-1] if printed else position


def point(tap: Tap, target: Target, directory: Path, moments: list[float]) -> int:
    """Kill at ``moments`` after each start, then run to the end. Return how often it was killed."""
    with target.new_user() as user:
        config = directory / "config.json"
        config.write_text(json.dumps(_settings(user)), encoding="utf-8")
        with oracledb.connect(user=user.name, password=user.password, dsn=user.dsn) as connection:

            def ask(query: str) -> list[tuple[Any, ...]]:
                with connection.cursor() as cursor:
                    return cursor.execute(query).fetchall()

            position, kills = 0, 0
            for moment in moments:
                code, position = run(tap, config, position, moment)
                kills += code != 0
                assert_covered(tap, ask, position)
            code, position = run(tap, config, position, None)
            assert (code, position) == (0, len(tap.changes))
            assert_complete(tap, ask)
            return kills


def _settings(user: User) -> dict[str, Any]:
    return user.credentials | {
        "default_target_schema": "raw",
        "batch_size_rows": PACKAGE_ROWS,
        "hard_delete": True,
    }


def main(points: int, seed: int) -> None:
    """Measure an uninterrupted run, then kill ``points`` times within its time."""
    chance = random.Random(seed)
    with embedded(Recorder()) as target, tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        tap = Tap(changes=240, state_every=10, seed=seed)
        begin = time.monotonic()
        point(tap, target, directory, [])
        whole = time.monotonic() - begin
        print(f"an uninterrupted run: {whole:.1f} s", flush=True)
        kills = 0
        while kills < points:
            moments = [chance.uniform(0, whole) for _ in range(2)]
            kills += point(tap, target, directory, moments)
            print(f"killed {kills} times: nothing lost, nothing doubled", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    main(**vars(parser.parse_args()))
