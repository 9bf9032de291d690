"""Releases of Oracle Database, and what each can do that the destination cares about."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEXT = re.compile(r"(\d+)(?:\.(\d+))?[\d.]*(?:c|ai)?", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class ServerVersion:
    """A release. ``major`` is 12, 18, 19, 21, 23 …; ``minor`` matters for 12 alone."""

    major: int
    minor: int = 0

    @classmethod
    def parse(cls, text: str) -> ServerVersion:
        """Read ``19``, ``19c``, ``23ai``, ``12.2`` or a full number. Raises ValueError, before 12.2 too."""
        match = _TEXT.fullmatch(text.strip())
        version = cls(int(match[1]), int(match[2] or 0)) if match else None
        if version is None or version < OLDEST:
            raise ValueError(
                f"{text!r} is not a release of Oracle Database that can be loaded: write 12.2, 18c, 19c, "
                "21c, 23ai or later."
            )
        return version

    @property
    def has_json(self) -> bool:
        """Whether JSON is a column type (21c: SQL Language Reference 21c, "Data Types")."""
        return self >= ServerVersion(21)

    @property
    def has_boolean(self) -> bool:
        """Whether BOOLEAN is a column type (23ai)."""
        return self >= ServerVersion(23)


OLDEST = ServerVersion(12, 2)
DEFAULT = ServerVersion(19)
"""Assumed where neither a setting nor a server says more: its SQL and types are understood by later ones."""
