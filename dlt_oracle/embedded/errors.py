"""Oracle errors of the embedded server: one table of codes, one exception."""

from __future__ import annotations

# Every code this server answers with, and Oracle's text for it. ``{}`` takes the arguments of
# OracleError. A code that is not here cannot be raised: the table is the list of what is promised.
MESSAGES: dict[int, str] = {
    1: "unique constraint ({}) violated",
    3001: "unimplemented feature",
}


class OracleError(Exception):
    """An error as Oracle reports it.

    ``code`` is the ORA number; ``position`` the character offset in the statement (0 when unknown);
    ``row`` the offset of the failing row of an array DML.
    """

    def __init__(self, code: int, *arguments: object, detail: str = "", position: int = 0) -> None:
        text = MESSAGES[code].format(*arguments)
        self.code = code
        self.text = f"ORA-{code:05d}: {text}" + (f" ({detail})" if detail else "")
        self.position = position
        self.row = 0
        super().__init__(self.text)


def unsupported(what: str, position: int = 0) -> OracleError:
    """The refusal of something Oracle knows and this server does not: loud, with its name."""
    return OracleError(3001, detail=f"the embedded server does not know {what}", position=position)
