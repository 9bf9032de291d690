"""What a user may do: system privileges, object privileges, and the answer when one is missing.

Oracle's rule for objects (SQL Language Reference, "GRANT"): who may do nothing at all with an object is
told that it does not exist (ORA-00942); who may do something with it, but not this, gets ORA-01031.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlt_oracle.embedded.catalog.store import SchemaObject

# Object privilege -> the system privilege that says the same of every schema but SYS.
_ANY_TABLE: Mapping[str, tuple[str, ...]] = {
    "SELECT": ("SELECT ANY TABLE", "READ ANY TABLE"),
    "READ": ("SELECT ANY TABLE", "READ ANY TABLE"),
    "INSERT": ("INSERT ANY TABLE",),
    "UPDATE": ("UPDATE ANY TABLE",),
    "DELETE": ("DELETE ANY TABLE",),
    "LOCK": ("LOCK ANY TABLE",),
    "ALTER": ("ALTER ANY TABLE",),
    "INDEX": ("CREATE ANY INDEX",),
    "REFERENCES": (),
}
_KNOW_TABLES = frozenset(
    {
        *(name for names in _ANY_TABLE.values() for name in names),
        "DROP ANY TABLE",
        "COMMENT ANY TABLE",
    }
)
_ANY_SEQUENCE: Mapping[str, tuple[str, ...]] = {
    "SELECT": ("SELECT ANY SEQUENCE",),
    "ALTER": ("ALTER ANY SEQUENCE",),
}
_KNOW_SEQUENCES = frozenset({"SELECT ANY SEQUENCE", "ALTER ANY SEQUENCE", "DROP ANY SEQUENCE"})
# READ is SELECT without FOR UPDATE; LOCK TABLE and SELECT FOR UPDATE need no privilege of their own.
_IMPLIED_BY: Mapping[str, frozenset[str]] = {
    "SELECT": frozenset({"SELECT", "READ"}),
    "READ": frozenset({"SELECT", "READ"}),
    "LOCK": frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "ALTER"}),
}
_CATALOG_ROLES = frozenset({"SELECT_CATALOG_ROLE"})


@dataclass(frozen=True)
class Privileges:
    """One user's privileges at one moment; ``grantees`` are the user, PUBLIC and every role held."""

    user: str
    grantees: frozenset[str]
    system: frozenset[str]
    objects: Mapping[int, frozenset[str]]

    def has(self, privilege: str) -> bool:
        """Whether the user holds a system privilege, directly or by a role."""
        return privilege in self.system

    def require(self, privilege: str) -> None:
        """Raise ORA-01031 without the system privilege."""
        if privilege not in self.system:
            raise OracleError(1031)

    def require_in(self, owner: str, own: str, anywhere: str) -> None:
        """Raise ORA-01031 unless the user may do in schema ``owner`` what the two privileges allow."""
        self.require(own if owner == self.user else anywhere)

    @property
    def reads_catalog(self) -> bool:
        """Whether DBA_ and V$ views exist for the user."""
        return bool(self.grantees & _CATALOG_ROLES) or "SELECT ANY DICTIONARY" in self.system

    def knows(self, found: SchemaObject) -> bool:
        """Whether the object exists for the user at all."""
        if found.owner in {self.user, "PUBLIC"} or found.object_id in self.objects:
            return True
        known_by = _KNOW_SEQUENCES if found.type == "SEQUENCE" else _KNOW_TABLES
        return bool(self.system & known_by)

    def may(self, privilege: str, found: SchemaObject) -> bool:
        """Whether the user holds an object privilege on the object."""
        if found.owner == self.user:
            return True
        granted = self.objects.get(found.object_id, frozenset())
        if granted & _IMPLIED_BY.get(privilege, frozenset({privilege})):
            return True
        anywhere = _ANY_SEQUENCE if found.type == "SEQUENCE" else _ANY_TABLE
        return any(name in self.system for name in anywhere.get(privilege, ()))

    def require_on(self, privilege: str, found: SchemaObject, position: int = 0) -> None:
        """Raise ORA-00942 for an object the user may not know, ORA-01031 for what is not allowed on it."""
        if not self.knows(found):
            raise OracleError(2289 if found.type == "SEQUENCE" else 942, position=position)
        if not self.may(privilege, found):
            raise OracleError(1031, position=position)
