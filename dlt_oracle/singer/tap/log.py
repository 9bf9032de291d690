"""What a tap writes to its standard error: forwarded to our log, its last lines kept for an error's text."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import deque
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from dlt_oracle.singer.tap.masking import Mask

TAIL_LINES = 50
LINE_LIMIT_BYTES = 64 << 10
"""A longer line is forwarded in pieces: a tap that writes no newline may not fill the memory."""

_LEVELS = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
    "CRITICAL": logging.CRITICAL,
    "FATAL": logging.CRITICAL,
}
# "INFO text" (singer-python), "… | INFO | tap | text" (the SDK), "… level=INFO message=text" (PipelineWise).
_LEVEL = re.compile(rf"\b({'|'.join(_LEVELS)})\b")
_LEVEL_WITHIN = 120  # characters
_METRIC = "METRIC"
# singer-sdk, plugin_base.py: what a tap says when it was told to stop, before it exits with 0.
_TOLD_TO_STOP = "Gracefully shutting down..."


class TapLog:
    """The log of one run. ``told_to_stop``: the tap says that somebody stopped it.

    ``holds_errors``: errors wait until it is known whether they matter: until ``release``, or until there are
    more of them than TAIL_LINES.
    """

    def __init__(self, name: str, mask: Mask, *, holds_errors: bool = False) -> None:
        self.told_to_stop = False
        self._logger = logging.getLogger(f"singer.{name}")
        self.mask = mask
        self._level = logging.INFO
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._held: list[tuple[int, str]] | None = [] if holds_errors else None
        self._lock = threading.Lock()  # whoever releases is another thread

    def read(self, stream: IO[bytes]) -> None:
        """Forward ``stream`` until its end. Meant for a thread of its own."""
        while line := stream.readline(LINE_LIMIT_BYTES):
            self.note(line)

    def note(self, line: bytes) -> None:
        """Forward one line at the level it names, else at that of the line before (a traceback)."""
        written = line.decode("utf-8", errors="replace").rstrip()
        if not written:
            return
        self._level = _level_of(written, self._level)
        text = self.mask(written)
        self._tail.append(text)
        self.told_to_stop = self.told_to_stop or _TOLD_TO_STOP in text
        level = logging.DEBUG if _METRIC in text else self._level
        with self._lock:
            if self._held is not None and level >= logging.ERROR and len(self._held) < TAIL_LINES:
                self._held.append((level, text))
                return
        if level >= logging.ERROR:
            self.release()
        self._logger.log(level, "%s", text)

    def release(self, level: int | None = None) -> None:
        """Hold errors no longer; forward those that were held, at ``level`` instead of their own."""
        with self._lock:
            held, self._held = self._held or (), None
        for own, text in held:
            self._logger.log(level or own, "%s", text)

    @property
    def tail(self) -> str:
        """The last lines, with all secrets masked that are known by now."""
        return self.mask("\n".join(self._tail))


def _level_of(text: str, before: int) -> int:
    if text.startswith("{"):
        try:
            return _LEVELS.get(str(json.loads(text).get("level")).upper(), before)
        except ValueError:
            return before
    if text.startswith("Traceback (most recent call last)"):
        return max(before, logging.ERROR)
    match = _LEVEL.search(text, 0, _LEVEL_WITHIN)
    return _LEVELS[match[1]] if match else before
