"""Oracle's errors as dlt's exceptions, by what ``error_codes`` says is to be done about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt.common.destination.exceptions import DestinationTerminalException
from dlt.destinations.exceptions import (
    DatabaseException,
    DatabaseTerminalException,
    DatabaseTransientException,
    DatabaseUndefinedRelation,
)

from dlt_oracle.destinations.error_codes import Action, action_for, advice_for

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXCEPTIONS: dict[Action, type[DatabaseException]] = {
    Action.CREATE: DatabaseUndefinedRelation,
    Action.RETRY: DatabaseTransientException,
    Action.STOP: DatabaseTerminalException,
}
_CODE = re.compile(r"\b((?:ORA|DPY|DPI)-\d{4,5})\b")
_TABLESPACE = re.compile(r"""tablespace ['"]([^'"]+)['"]""")


def code_of(error: BaseException) -> str:
    """Return the error's full code (``ORA-00942``, ``DPY-6005``), or an empty string."""
    first = error.args[0] if error.args else None
    code = getattr(first, "full_code", None)
    if not code:
        match = _CODE.search(str(error))
        code = match[1] if match else ""
    return str(code)


@dataclass(frozen=True)
class Session:
    """Who met an error, as the dictionary stores the names: the user, and the schema of the dataset.

    An empty name is one that is not known.
    """

    user: str = ""
    owner: str = ""

    def advice_for(self, code: str, text: str) -> str:
        """Return what to do about ``code``, with the names that are known. ``text`` is Oracle's."""
        elsewhere = bool(self.user and self.owner) and self.user != self.owner
        tablespace = _TABLESPACE.search(text)
        advice = advice_for(code, elsewhere=elsewhere).replace("<user>", self.user or "<user>")
        return advice.replace("<tablespace>", tablespace[1] if tablespace else "<tablespace>")


class OracleError(Exception):
    """A driver's error with what it was about and what to do; the driver's own is its ``__cause__``.

    ``purpose`` stands before its text, ``detail``, a sentence, behind it.
    """

    def __init__(
        self, error: BaseException, purpose: str = "", detail: str = "", session: Session | None = None
    ) -> None:
        self.code = code_of(error)
        self.purpose = purpose
        self.session = session or Session()
        # The driver appends a link to its help: noise in a log line.
        text = str(error).split("\nHelp: ", maxsplit=1)[0].strip()
        # The driver's own code comes first in its text, what it heard from the server or the listener last.
        codes = (*reversed(_CODE.findall(text)), self.code)
        advice = next(filter(None, (self.session.advice_for(code, text) for code in codes)), "")
        parts = (purpose and f"{purpose}:", _sentence(text), detail, advice)
        super().__init__(" ".join(part for part in parts if part))
        self.__cause__ = error


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", ":")) else f"{text}."


def database_exception(
    error: BaseException, purpose: str = "", session: Session | None = None
) -> DatabaseException:
    """Return dlt's exception for a driver's ``error``."""
    return _EXCEPTIONS[action_for(code_of(error))](OracleError(error, purpose, session=session))


def explained(error: DatabaseException, purpose: str, detail: str) -> DatabaseException:
    """Return ``error``, one of ``database_exception``, with what it was about; others as they are."""
    about = error.dbapi_exception
    if not isinstance(about, OracleError) or about.__cause__ is None:
        return error
    return type(error)(OracleError(about.__cause__, purpose, detail, about.session))


class DdlRefused(DestinationTerminalException):
    """`ddl = "verify"`, and tables are not as a load needs them. ``statements`` would make them so."""

    def __init__(self, statements: Sequence[str]) -> None:
        self.statements = tuple(statements)
        script = "\n".join(f"{statement};" for statement in statements)
        super().__init__(
            'The loader may change no tables (`ddl = "verify"` under [destination.oracle]), and nothing was '
            f"changed. Ask the DBA to run this, then run the pipeline again:\n\n{script}\n"
        )


class StagingTaken(DestinationTerminalException):
    """Rows that a load had staged may be gone: its staging table belongs to another load, or to none.

    ``others``: the loads that have claimed it, each with the name of its pipeline.
    """

    def __init__(
        self,
        *,
        table: str,
        staging_table: str,
        load_id: str,
        pipeline: str,
        others: Sequence[tuple[str, str]],
    ) -> None:
        self.table = table
        self.load_id = load_id
        taken = " and ".join(f"load {owner} of pipeline {name!r} took it" for owner, name in others)
        super().__init__(
            f"Load {load_id} of pipeline {pipeline!r} can no longer finish table {table!r}: the rows that it "
            f"staged in {staging_table} may be gone ({taken or 'the table was made anew'}). Nothing more of "
            f"it was merged or replaced. Give the load up (`dlt pipeline {pipeline} abort-packages`) and run "
            "the pipeline again, which extracts anew. Two pipelines must not merge or replace one table at "
            "the same time, unless each has a `staging_dataset_name_layout` of its own."
        )


class RejectedValue(DestinationTerminalException):
    """A value that its column cannot hold. Nothing of the file was loaded.

    ``column`` is empty where the server does not say which it is, nor the row's values.
    """

    def __init__(self, *, table: str, column: str, row: int, reason: str) -> None:
        self.table = table
        self.column = column
        self.row = row
        place = f"Table {table!r}, column {column!r}" if column else f"Table {table!r}"
        super().__init__(
            f"{place}, row {row:,} of the load file: {reason.rstrip('.')}. Nothing of this file was loaded."
        )


class TextTooLong(RejectedValue):
    """A text that its column cannot hold, and the column may be made longer."""
