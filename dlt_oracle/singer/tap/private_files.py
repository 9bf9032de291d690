"""A private directory for the files that a tap reads: configuration, catalog, state.

They hold secrets. The directory is readable by its owner alone and goes when the tap has ended. What a killed
process left behind, the next one removes: a lock tells whether somebody still uses a directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

_PREFIX = "dlt-oracle-singer-"
_LOCK = ".lock"
_SETTLED_SECONDS = 60
"""A younger directory may be between its making and its locking."""


class PrivateFiles:
    """Files for one run of a tap; removed by ``remove``, at the latest when the interpreter ends."""

    def __init__(self) -> None:
        _remove_abandoned()
        self.directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = os.open(self.directory / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._removal = weakref.finalize(self, _remove, self.directory, self._lock)

    def write(self, name: str, content: bytes) -> Path:
        """Write a new file that only its owner can read, and return where it is."""
        path = self.directory / name
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return path

    def remove(self) -> None:
        """Remove the directory; no effect the second time."""
        self._removal()


def _remove(directory: Path, lock: int) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    os.close(lock)


def _remove_abandoned() -> None:
    """Remove directories of this user whose process was killed."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            status = directory.lstat()
            if status.st_uid != os.getuid() or time.time() - status.st_mtime < _SETTLED_SECONDS:
                continue
            lock = os.open(directory / _LOCK, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)
            finally:
                os.close(lock)
