"""Ask an Oracle grammar whether a statement's syntax is right; one Node process answers all questions.

What the grammar said is kept on disk, by its version and the text it read: most runs start no Node at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import threading
from typing import TYPE_CHECKING

from judge.install import NODE_DIR, find_node, fingerprint, install

if TYPE_CHECKING:
    from pathlib import Path

_ANSWER_SECONDS = 90
_END_SECONDS = 5


class GrammarError(RuntimeError):
    """The grammar's process did not answer; says nothing about the statement."""


class Grammar:
    """The grammar, with its memory in the directory ``cache`` (none: it remembers nothing)."""

    def __init__(self, cache: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._known: dict[str, str] = {}
        self._file: Path | None = None
        if cache is not None:
            version = fingerprint(NODE_DIR / "package-lock.json", NODE_DIR / "parse.js")
            self._file = cache / f"grammar-{version[:16]}.jsonl"
            self._read()

    def _read(self) -> None:
        if self._file is None or not self._file.exists():
            return
        for line in self._file.read_text().splitlines():
            with contextlib.suppress(ValueError):  # a line that another process is just writing
                key, said = json.loads(line)
                self._known[key] = said

    def objection(self, text: str) -> str:
        """Give the grammar's first objection to the text, or nothing.

        Raises:
            GrammarError: the process died or was silent for 90 seconds.
        """
        key = hashlib.sha256(text.encode()).hexdigest()[:32]
        with self._lock:
            if key not in self._known:
                self._known[key] = self._ask(text)
                self._remember(key)
            return self._known[key]

    def _remember(self, key: str) -> None:
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a") as file:
                file.write(json.dumps([key, self._known[key]]) + "\n")

    def _ask(self, text: str) -> str:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(_ANSWER_SECONDS, process.kill)
        watch.start()
        try:
            process.stdin.write(json.dumps({"sql": text}) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            watch.cancel()
        if not answer:
            self.close()
            raise GrammarError(f"the grammar gave no answer to {text[:200]!r}; Node said why on stderr")
        syntax: list[str] = json.loads(answer)["syntax"]
        return syntax[0] if syntax else ""

    def _start(self) -> subprocess.Popen[str]:
        install()
        self._process = subprocess.Popen(
            [find_node().program, str(NODE_DIR / "parse.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self._process

    def close(self) -> None:
        """End the process; the next question starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
