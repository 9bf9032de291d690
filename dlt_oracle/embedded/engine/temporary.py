"""Global temporary tables: the definition is everybody's, the rows are one session's.

The table ``data.t<id>`` is a pattern without rows. A session that touches the table gets a copy of it in
``pg_temp``, with the same checks and indexes under the same names, so that errors name them rightly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.catalog import store

if TYPE_CHECKING:
    from dlt_oracle.embedded.catalog.store import StoredTable
    from dlt_oracle.embedded.engine.connection import Connection

_ON_COMMIT = {"SYS$TRANSACTION": "DELETE ROWS", "SYS$SESSION": "PRESERVE ROWS"}


class TemporaryTables:
    """One session's copies."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._versions: dict[int, int] = {}
        self._filled: dict[int, str | None] = {}  # tables that may hold rows, with their duration

    def prepare(self, table: StoredTable) -> None:
        """Make the session's copy, unless one of the present definition is there."""
        object_id, version = table.object.object_id, table.definition_version
        if self._versions.get(object_id) == version:
            return
        existing = self._connection.execute(
            "SELECT obj_description(to_regclass(%s), 'pg_class')", (f"pg_temp.t{object_id}",)
        ).fetchone()
        if existing is None or existing[0] != str(version):
            self._make(table)
        self._versions[object_id] = version

    def _make(self, table: StoredTable) -> None:
        name = f"t{table.object.object_id}"
        self._connection.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        self._connection.execute(
            f"CREATE TEMP TABLE {name} (LIKE data.{name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
            f" INCLUDING GENERATED) ON COMMIT {_ON_COMMIT[table.duration or 'SYS$TRANSACTION']}"
        )
        for index in store.load_indexes(self._connection, table.object.object_id):
            definition = self._connection.execute(
                "SELECT pg_get_indexdef(%s::regclass)", (index.sql,)
            ).fetchone()
            if definition is not None:
                command = definition[0].replace(f" ON data.{name} ", f" ON pg_temp.{name} ", 1)
                self._connection.execute(command)
        self._connection.execute(f"COMMENT ON TABLE pg_temp.{name} IS '{table.definition_version}'")

    def wrote(self, table: StoredTable) -> None:
        """Note that the session changed rows of the table."""
        self._filled[table.object.object_id] = table.duration

    def has_rows(self, object_id: int) -> bool:
        """Whether the session may have rows in the table: it wrote some, and nothing has emptied it since."""
        return object_id in self._filled

    def truncate(self, table: StoredTable) -> None:
        """TRUNCATE empties the session's own copy."""
        self.prepare(table)
        self._connection.execute(f"TRUNCATE pg_temp.t{table.object.object_id}")
        self._filled.pop(table.object.object_id, None)

    def transaction_ended(self) -> None:
        """After COMMIT or ROLLBACK.

        Rows that last a transaction are gone, and perhaps young copies with them.
        """
        self._filled = {key: duration for key, duration in self._filled.items() if duration == "SYS$SESSION"}
        self._versions.clear()
