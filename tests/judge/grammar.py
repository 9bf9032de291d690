"""Ask an Oracle grammar whether a statement's syntax is right; one Node process answers all questions.

What it said is kept (`answers`): most runs start no Node but for what is new.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from typing import TYPE_CHECKING

from judge.answers import Answers
from judge.install import NODE_DIR, find_node, install

if TYPE_CHECKING:
    from pathlib import Path

_ANSWER_SECONDS = 90
_END_SECONDS = 5


class GrammarError(RuntimeError):
    """The grammar's process did not answer; says nothing about the statement."""


class Grammar:
    """The grammar; it answers from what is kept and from ``cache`` first (none: Node reads every text)."""

    def __init__(self, cache: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._answers = Answers(cache)

    def objection(self, text: str) -> str:
        """Give the grammar's first objection to the text, or nothing.

        Raises:
            GrammarError: the process died or was silent for 90 seconds.
        """
        with self._lock:
            said = self._answers.get(text)
            if said is None:
                said = self._ask(text)
                self._answers.remember(text, said)
            return said

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
