"""What the grammar said of each text it read, so that no run asks twice.

An answer is a function of the pinned grammar and the text. Those of the project's own statements are kept
in `answers.jsonl`, for a grammar's first reading takes seconds where the next takes milliseconds: its first
line is a digest of the grammar's lock file and script, and answers of another grammar are not read. What a
run asks beside them goes into pytest's cache. `make answers` asks everything anew and writes the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from judge.install import NODE_DIR, fingerprint

KEPT = Path(__file__).parent / "answers.jsonl"
_FILE = "answers.jsonl"
ASK_ANEW = "JUDGE_ASK_ANEW"
"""Environment variable; set, the kept answers are not read."""


def _grammar() -> str:
    return fingerprint(NODE_DIR / "package-lock.json", NODE_DIR / "parse.js")[:16]


class Answers:
    """The kept answers and those in the directory ``cache`` (none: nothing is remembered nor known)."""

    def __init__(self, cache: Path | None = None) -> None:
        self._known: dict[str, str] = {}
        self._file: Path | None = None
        if cache is None:
            return
        if not os.environ.get(ASK_ANEW):
            self._known |= _read(KEPT)
        self._file = cache / _FILE
        self._known |= _read(self._file)

    def get(self, text: str) -> str | None:
        """Give the grammar's first objection to the text, "" for none; None when it was never asked."""
        return self._known.get(_key(text))

    def remember(self, text: str, said: str) -> None:
        """Note what the grammar said of the text."""
        key = _key(text)
        self._known[key] = said
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            if file.tell() == 0:
                file.write(json.dumps(_grammar()) + "\n")
            file.write(json.dumps([key, said]) + "\n")


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    head, *lines = file.read_text(encoding="utf-8").splitlines() or [""]
    if head != json.dumps(_grammar()):
        return {}
    known = {}
    for line in lines:
        with contextlib.suppress(ValueError):  # a line that another process is just writing
            key, said = json.loads(line)
            known[key] = said
    return known


def keep(caches: list[Path]) -> int:
    """Write what runs with these cache directories were told as the kept answers; give their number."""
    found: dict[str, str] = {}
    for cache in caches:
        found |= _read(cache / _FILE)
    lines = [json.dumps(_grammar()), *(json.dumps([key, found[key]]) for key in sorted(found))]
    KEPT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(found)
