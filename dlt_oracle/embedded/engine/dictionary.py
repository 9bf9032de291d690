"""The dictionary in memory: one cache for the server, one view of it for each session.

The server is the only process that changes the dictionary, so a cache that is emptied when a DDL has
committed is never wrong for longer than that; a statement that was compiled a moment before fails in
PostgreSQL (no such table) and is compiled again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.catalog import store
from dlt_oracle.embedded.engine import quota
from dlt_oracle.embedded.engine.privileges import Privileges
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import Column, OracleType, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.compile import compile_view
from dlt_oracle.embedded.sql.dictionary import (
    Identity,
    Relation,
    RelationColumn,
    RelationKind,
    SequenceObject,
)
from dlt_oracle.embedded.sql.parse import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.embedded.catalog.store import SchemaObject, StoredConstraint, StoredTable
    from dlt_oracle.embedded.engine.connection import Connection

MAX_SYNONYM_DEPTH = 16


@dataclass(frozen=True)
class UserAccount:
    """An account as the login needs it."""

    username: str
    salt: bytes | None
    password_hash: bytes | None
    locked: bool
    user_id: int


class DictionaryCache:
    """What was read from the dictionary since the last DDL. Thread-safe."""

    def __init__(self, connection: Connection, version: str, max_string_bytes: int) -> None:
        self.version = version
        self.max_string_bytes = max_string_bytes
        self.generation = 0
        self._connection = connection
        self._lock = threading.RLock()
        self._objects: dict[tuple[str, str], SchemaObject | None] = {}
        self._tables: dict[int, StoredTable] = {}
        self._relations: dict[int, Relation] = {}
        self._beneath: dict[int, dict[int, SchemaObject]] = {}
        self._privileges: dict[str, Privileges] = {}
        self._limits: dict[tuple[str, str], int | None] = {}
        self._catalog = self._load_catalog()

    def invalidate(self) -> None:
        """Forget everything; call it when a DDL has committed."""
        with self._lock:
            self.generation += 1
            self._objects.clear()
            self._tables.clear()
            self._relations.clear()
            self._beneath.clear()
            self._privileges.clear()
            self._limits.clear()

    def parse(self, sql: str) -> ast.Statement:
        """Parse a statement as this database's version and string size allow. Raises OracleError."""
        return parse(sql, version=self.version, max_string_bytes=self.max_string_bytes)

    def parse_query(self, sql: str) -> ast.Query:
        """Parse a query that the dictionary keeps as text."""
        statement = self.parse(sql)
        if not isinstance(statement, ast.SelectStatement):
            raise OracleError(900)
        return statement.query

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def object(self, owner: str, name: str) -> SchemaObject | None:
        """Return a table, view, sequence or synonym, or None."""
        key = (owner, name)
        with self._lock:
            if key not in self._objects:
                self._objects[key] = store.find_object(self._connection, owner, name)
            return self._objects[key]

    def object_of_id(self, object_id: int) -> SchemaObject | None:
        """Return an object of any kind by its id, or None."""
        with self._lock:
            return store.object_of_id(self._connection, object_id)

    def table(self, found: SchemaObject) -> StoredTable:
        """Return a table with its columns."""
        with self._lock:
            if found.object_id not in self._tables:
                self._tables[found.object_id] = store.load_table(self._connection, found)
            return self._tables[found.object_id]

    def table_names(self, owner: str) -> list[str]:
        """Return the names of a user's tables."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT name FROM dict.objects WHERE owner = %s AND type = 'TABLE' ORDER BY name", (owner,)
            ).fetchall()
        return [name for (name,) in rows]

    def synonym_target(self, synonym: SchemaObject) -> SchemaObject | None:
        """Return the object a synonym names, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT target_owner, target_name FROM dict.synonyms WHERE object_id = %s",
                (synonym.object_id,),
            ).fetchone()
            return self.object(*row) if row else None

    def constraint(self, constraint_id: int) -> StoredConstraint | None:
        """Return a constraint by its id, or None."""
        with self._lock:
            return store.constraint_of_id(self._connection, constraint_id)

    def constraint_of_index(self, index_id: int) -> str | None:
        """Return ``OWNER.NAME`` of the constraint that an index enforces, else of the index itself."""
        with self._lock:
            row = self._connection.execute(
                "SELECT coalesce(k.owner || '.' || k.name, o.owner || '.' || o.name) FROM dict.objects AS o"
                " LEFT JOIN dict.constraints AS k ON k.index_id = o.object_id WHERE o.object_id = %s",
                (index_id,),
            ).fetchone()
        return row[0] if row else None

    def has_foreign_keys(self, object_id: int) -> bool:
        """Whether a table has an enabled foreign key of its own."""
        with self._lock:
            found = store.load_constraints(self._connection, object_id)
        return any(constraint.type == "R" and constraint.enabled for constraint in found)

    def make_segment(self, table: StoredTable) -> None:
        """Give a table space at its first row, and see that its owner has any left (ORA-01950, ORA-01536).

        It is no part of the inserting transaction, in Oracle neither: a rollback leaves the segment.
        """
        if table.tablespace is None:
            return
        with self._lock:
            key = (table.object.owner, table.tablespace)
            if key not in self._limits:
                self._limits[key] = quota.limit(self._connection, self, *key)
            limit = self._limits[key]
            if limit is None or (limit != quota.UNLIMITED and quota.used(self._connection, *key) >= limit):
                raise OracleError(1950 if limit is None else 1536, table.tablespace)
            if not table.segment_created:
                quota.note_segment(self._connection, table.object.object_id)
                self._tables.pop(table.object.object_id, None)

    def write_sessions(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Replace the rows of ``dict.sessions``."""
        with self._lock, self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("DELETE FROM dict.sessions")
            cursor.executemany(f"INSERT INTO dict.sessions VALUES ({', '.join(['%s'] * 11)})", rows)

    def account(self, username: str) -> UserAccount | None:
        """Return an account, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT username, salt, password_hash, locked, user_id FROM dict.users WHERE username = %s",
                (username,),
            ).fetchone()
        return UserAccount(*row) if row else None

    def privileges(self, user: str) -> Privileges:
        """Return what a user may do."""
        with self._lock:
            if user not in self._privileges:
                self._privileges[user] = self._load_privileges(user)
            return self._privileges[user]

    def catalog_names(self) -> list[str]:
        """Return the names of SYS's views."""
        return sorted(self._catalog)

    def catalog_view(self, name: str) -> tuple[Relation, bool] | None:
        """Return one of SYS's views and whether everybody may read it, or None."""
        return self._catalog.get(name)

    def relation(self, found: SchemaObject) -> Relation:
        """Return a table or view as statements see it. Raises ORA-04063 for a view that is not valid."""
        with self._lock:
            if found.object_id not in self._relations:
                make = self._view_relation if found.type == "VIEW" else self._table_relation
                self._relations[found.object_id] = make(found)
            return self._relations[found.object_id]

    def beneath(self, found: SchemaObject) -> dict[int, SchemaObject]:
        """Return what a view that was resolved reads, by id; nothing for a table."""
        with self._lock:
            return self._beneath.get(found.object_id, {})

    def _table_relation(self, found: SchemaObject) -> Relation:
        return relation_of(self.table(found))

    def _view_relation(self, found: SchemaObject) -> Relation:
        row = self._connection.execute(
            "SELECT text FROM dict.views WHERE object_id = %s", (found.object_id,)
        ).fetchone()
        names = [column.name for column in store.load_columns(self._connection, found.object_id)]
        text = row[0] if row else ""
        try:
            query = self.parse_query(text)
            # A view reads with its owner's rights, and its names are its owner's.
            dictionary = SessionDictionary(self, found.owner, found.owner)
            relation = compile_view(query, dictionary, found.owner, found.name, names)
        except OracleError as error:
            raise OracleError(4063, f'view "{found.owner}.{found.name}"') from error
        used = {each.object_id: each for each in dictionary.used.values()}
        self._beneath[found.object_id] = used | dictionary.beneath
        return relation

    def _load_privileges(self, user: str) -> Privileges:
        grantees = self._connection.execute(
            "WITH RECURSIVE held (name) AS (SELECT %s UNION SELECT 'PUBLIC' UNION"
            " SELECT granted.role FROM dict.role_privs AS granted JOIN held ON granted.grantee = held.name)"
            " SELECT name FROM held",
            (user,),
        ).fetchall()
        names = [name for (name,) in grantees]
        system = self._connection.execute(
            "SELECT privilege FROM dict.sys_privs WHERE grantee = ANY(%s)", (names,)
        ).fetchall()
        objects: dict[int, frozenset[str]] = {}
        for object_id, held in self._connection.execute(
            "SELECT object_id, array_agg(privilege) FROM dict.tab_privs WHERE grantee = ANY(%s) GROUP BY 1",
            (names,),
        ).fetchall():
            objects[object_id] = frozenset(held)
        return Privileges(user, frozenset(names), frozenset(name for (name,) in system), objects)

    def _load_catalog(self) -> dict[str, tuple[Relation, bool]]:
        columns: dict[str, list[RelationColumn]] = {}
        for view, position, name, domain in self._connection.execute(
            "SELECT view_name, position, name, domain FROM dict.catalog_columns ORDER BY view_name, position"
        ).fetchall():
            column = RelationColumn(Column(name, _domain_type(domain)), f"c{position}")
            columns.setdefault(view, []).append(column)
        return {
            name: (Relation("SYS", name, RelationKind.VIEW, source, tuple(columns[name])), everybody)
            for name, source, everybody in self._connection.execute(
                "SELECT name, source, everybody FROM dict.catalog_views"
            ).fetchall()
        }


def relation_of(table: StoredTable) -> Relation:
    """Return a stored table as the translator sees it."""
    columns = tuple(
        RelationColumn(
            Column(column.name, column.type, column.nullable),
            column.sql,
            column.default_sql,
            column.default_on_null,
            Identity(column.identity) if column.identity else None,
            column.hidden,
            column.virtual,
        )
        for column in table.columns
    )
    return Relation(table.object.owner, table.object.name, RelationKind.TABLE, table.sql, columns)


_DOMAINS = {
    "num": OracleType(TypeName.NUMBER),
    "dat": OracleType(TypeName.DATE),
    "lng": OracleType(TypeName.LONG),
    "clb": OracleType(TypeName.CLOB),
    "raw8": OracleType(TypeName.RAW, length=8),
}


def _domain_type(domain: str) -> OracleType:
    """Return the Oracle type that a domain of ``publish.sql`` stands for."""
    return _DOMAINS.get(domain) or OracleType(TypeName.VARCHAR2, length=int(domain.removeprefix("v")))


class SessionDictionary:
    """The dictionary for one user and current schema; implements ``sql.dictionary.Dictionary``.

    It remembers what it resolved (:attr:`used`), so that the session can ask for rights and prepare
    private copies of temporary tables before it runs the statement.
    """

    def __init__(self, cache: DictionaryCache, user: str, current_schema: str) -> None:
        self._cache = cache
        self._user = user
        self._schema = current_schema
        self.used: dict[tuple[str, str], SchemaObject] = {}
        self.beneath: dict[int, SchemaObject] = {}  # what views among them read
        self.catalog_used: set[str] = set()

    @property
    def version(self) -> str:
        """``19c``, ``21c`` or ``23ai``."""
        return self._cache.version

    @property
    def max_string_bytes(self) -> int:
        """4000 or 32767."""
        return self._cache.max_string_bytes

    def relation(self, owner: str | None, name: str, position: int = 0) -> Relation:
        """Resolve a table, view or synonym; see ``sql.dictionary.Dictionary``."""
        found = self.resolve(owner, name)
        if found is None:
            return self._catalog_relation(owner, name, position)
        if found.type not in {"TABLE", "VIEW"} or not self._cache.privileges(self._user).knows(found):
            raise OracleError(942, position=position)
        self.used[(found.owner, found.name)] = found
        relation = self._cache.relation(found)
        self.beneath.update(self._cache.beneath(found))
        return relation

    def tables(self) -> tuple[SchemaObject, ...]:
        """Return every table that was resolved, those under views too."""
        found = {each.object_id: each for each in self.used.values()} | self.beneath
        return tuple(each for each in found.values() if each.type == "TABLE")

    def sequence(self, owner: str | None, name: str) -> SequenceObject | None:
        """Resolve a sequence, or return None."""
        found = self.resolve(owner, name)
        if found is None or found.type != "SEQUENCE":
            return None
        if not self._cache.privileges(self._user).knows(found):
            return None
        self.used[(found.owner, found.name)] = found
        return SequenceObject(found.owner, found.name, f"data.s{found.object_id}")

    def resolve(self, owner: str | None, name: str) -> SchemaObject | None:
        """Return the object behind a name, synonyms followed; None for nothing or one of SYS's views.

        Raises ORA-00980 for a synonym that leads nowhere or in a circle.
        """
        found = self._cache.object(owner or self._schema, name)
        if found is None and owner is None and self._cache.catalog_view(name) is None:
            found = self._cache.object("PUBLIC", name)
        return found if found is None or found.type != "SYNONYM" else self._follow(found)

    def _follow(self, synonym: SchemaObject) -> SchemaObject | None:
        target: SchemaObject | None = synonym
        for _ in range(MAX_SYNONYM_DEPTH):
            if target is None:
                break
            if target.type != "SYNONYM":
                return target
            target = self._cache.synonym_target(target)
        raise OracleError(980)

    def _catalog_relation(self, owner: str | None, name: str, position: int) -> Relation:
        view = self._cache.catalog_view(name) if owner in {None, "SYS", "PUBLIC"} else None
        if view is None:
            raise OracleError(942, position=position)
        relation, everybody = view
        if not everybody and not self._cache.privileges(self._user).reads_catalog:
            raise OracleError(942, position=position)
        self.catalog_used.add(name)
        return relation
