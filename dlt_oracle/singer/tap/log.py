"""What a tap writes to its standard error: forwarded to our log, its last lines kept for an error's text."""

from __future__ import annotations

import json
import logging
import re
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
    """The log of one run. ``told_to_stop``: the tap says that somebody stopped it."""

    def __init__(self, name: str, mask: Mask) -> None:
        self.told_to_stop = False
        self._logger = logging.getLogger(f"singer.{name}")
        self.mask = mask
        self._level = logging.INFO
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)

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
        self._logger.log(logging.DEBUG if _METRIC in text else self._level, "%s", text)

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
