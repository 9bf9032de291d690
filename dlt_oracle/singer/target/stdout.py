"""Keep stdout for STATE: whatever else writes there, in Python or below it, reaches stderr."""

from __future__ import annotations

import os
import sys

_STDOUT = 1
_STDERR = 2


class StateOutput:
    """The one writer to what was stdout. Made once a process, before anything is loaded.

    ``count``: of the STATEs that were printed.
    """

    def __init__(self) -> None:
        sys.stdout.flush()
        self._descriptor = os.dup(_STDOUT)
        os.dup2(_STDERR, _STDOUT)
        sys.stdout = sys.stderr
        self._last: str | None = None
        self.count = 0

    def write(self, state: str | None) -> None:
        """Print a STATE, raw JSON text, as a line of its own, unless it is the last one again.

        Raises OSError when nobody reads.
        """
        if state is None or state == self._last:
            return
        left = f"{state.strip()}\n".encode()
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._last = state
        self.count += 1
