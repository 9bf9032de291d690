from __future__ import annotations

import pytest

from dlt_oracle.embedded.catalog.store import SchemaObject
from dlt_oracle.embedded.engine.privileges import Privileges
from dlt_oracle.embedded.errors import OracleError

TABLE = SchemaObject(17, "OWNER", "T", "TABLE", False, "VALID")
SEQUENCE = SchemaObject(18, "OWNER", "S", "SEQUENCE", False, "VALID")


def _user(*system: str, on_table: tuple[str, ...] = (), name: str = "ME") -> Privileges:
    objects = {17: frozenset(on_table)} if on_table else {}
    return Privileges(name, frozenset({name, "PUBLIC"}), frozenset(system), objects)


def _code(privileges: Privileges, privilege: str, found: SchemaObject = TABLE) -> int:
    with pytest.raises(OracleError) as caught:
        privileges.require_on(privilege, found)
    return caught.value.code


def test_a_stranger_is_told_that_the_object_does_not_exist() -> None:
    assert _code(_user(), "SELECT") == 942
    assert _code(_user(), "SELECT", SEQUENCE) == 2289


def test_who_may_do_something_else_is_told_of_the_missing_right() -> None:
    assert _code(_user(on_table=("SELECT",)), "INSERT") == 1031


def test_the_owner_may_do_everything() -> None:
    for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "INDEX", "REFERENCES"):
        _user(name="OWNER").require_on(privilege, TABLE)


@pytest.mark.parametrize(
    ("system", "privilege"),
    [
        ("SELECT ANY TABLE", "SELECT"),
        ("READ ANY TABLE", "SELECT"),
        ("INSERT ANY TABLE", "INSERT"),
        ("UPDATE ANY TABLE", "UPDATE"),
        ("DELETE ANY TABLE", "DELETE"),
        ("ALTER ANY TABLE", "ALTER"),
        ("CREATE ANY INDEX", "INDEX"),
    ],
)
def test_any_privileges_stand_for_one_object_privilege_each(system: str, privilege: str) -> None:
    allowed = _user(system)
    assert allowed.may(privilege, TABLE)
    assert not allowed.may("REFERENCES", TABLE)


def test_the_catalog_is_read_with_the_role_or_the_privilege() -> None:
    assert not _user("CREATE SESSION").reads_catalog
    assert _user("SELECT ANY DICTIONARY").reads_catalog
    role = Privileges("ME", frozenset({"ME", "SELECT_CATALOG_ROLE"}), frozenset(), {})
    assert role.reads_catalog


def test_a_schema_is_the_own_or_needs_the_any_privilege() -> None:
    _user("CREATE TABLE").require_in("ME", "CREATE TABLE", "CREATE ANY TABLE")
    with pytest.raises(OracleError, match="ORA-01031"):
        _user("CREATE TABLE").require_in("OWNER", "CREATE TABLE", "CREATE ANY TABLE")
