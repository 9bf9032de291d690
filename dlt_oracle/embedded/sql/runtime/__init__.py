"""The PostgreSQL side of the translator: schema ``ora``, its types and functions, as SQL files.

Everything in the files may be run again over an older state of itself; run as a superuser.
"""

from __future__ import annotations

from importlib.resources import files


def script() -> str:
    """Return the SQL that makes or renews schema ``ora``: one script, to run in one transaction."""
    parts = sorted((file for file in files(__name__).iterdir() if file.name.endswith(".sql")), key=_name)
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


def _name(file: object) -> str:
    return str(getattr(file, "name", ""))
