"""Keep what the grammar said in the last run: the second half of `make answers`.

usage: keep_answers.py DIRECTORY…, each what pytest was given as its cache directory
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from judge.answers import keep

if __name__ == "__main__":
    sys.stdout.write(f"{keep([Path(name) / 'd' / 'judge' for name in sys.argv[1:]])} answers kept\n")
