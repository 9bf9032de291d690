"""The command `target-oracle`: from its first moment Ctrl-C ends it, and with 130."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

_CTRL_C = 130


def main() -> int:
    """Run the command and return its exit code."""
    # Imports take a second, in which Python would show where it was. There is nothing yet to clean up, and
    # while there is, the command has a handler of its own.
    signal.signal(signal.SIGINT, _end)
    # Arrow's own allocator keeps more memory, and is no faster here. Arrow looks when it is imported.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    from dlt_oracle.singer.target import command

    return command.main()


def _end(*_: object) -> NoReturn:
    os._exit(_CTRL_C)


if __name__ == "__main__":
    sys.exit(main())
