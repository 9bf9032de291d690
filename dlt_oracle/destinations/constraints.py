"""What a violated constraint is about: an error has only its name, and most names are generated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt.destinations.exceptions import DatabaseException

from dlt_oracle.destinations import errors
from dlt_oracle.destinations.sql import constraints

if TYPE_CHECKING:
    from dlt_oracle.destinations.sql_client import OracleSqlClient

_KINDS = {
    "ORA-00001": "unique constraint",
    "ORA-02290": "check constraint",
    "ORA-02291": "foreign key",
    "ORA-02292": "foreign key",
}
_NAME = re.compile(r"\((?P<owner>[^().]+)\.(?P<name>[^()]+)\)")


@dataclass(frozen=True)
class Violated:
    """A constraint, or unique index, and what it stands on; all names as they are stored."""

    kind: str
    name: str
    table: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        """Return a sentence."""
        return f"The {self.kind} {self.name} is that of table {self.table} on {', '.join(self.columns)}."


def explained(client: OracleSqlClient, error: DatabaseException, purpose: str) -> DatabaseException:
    """Return ``error`` with what was being done, and with the constraint that it is about."""
    return errors.explained(error, purpose, str(violated(client, error) or ""))


def violated(client: OracleSqlClient, error: BaseException) -> Violated | None:
    """Return the constraint that ``error``, the driver's or dlt's, is about; None where it is about none."""
    code = errors.code_of(error)
    found = _NAME.search(str(error))
    if code not in _KINDS or found is None:
        return None
    address = found["owner"], found["name"]
    try:
        # A unique index of a user's own has no constraint.
        rows = client.ask(constraints.columns(), *address)
        rows = rows or client.ask(constraints.index_columns(), *address)
    except DatabaseException:
        return None  # the error itself matters more than what it is about
    if not rows:
        return None
    return Violated(_KINDS[code], found["name"], rows[0][0], tuple(name for _, name in rows))
