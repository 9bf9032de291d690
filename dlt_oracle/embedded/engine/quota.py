"""Segments and quotas: a table takes space at its first row, and only where its owner may.

Oracle creates a table's segment with its first insert (deferred segment creation), which is when a missing
quota is found: ORA-01950. A limited quota is looked at with every insert: ORA-01536.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError

if TYPE_CHECKING:
    from dlt_oracle.embedded.engine.connection import Connection
    from dlt_oracle.embedded.engine.dictionary import DictionaryCache

UNLIMITED = -1


def limit(connection: Connection, cache: DictionaryCache, owner: str, tablespace: str) -> int | None:
    """Return the bytes a user may use in a tablespace: None for nothing at all, UNLIMITED for no limit."""
    if cache.privileges(owner).has("UNLIMITED TABLESPACE"):
        return UNLIMITED
    row = connection.execute(
        "SELECT max_bytes FROM dict.quotas WHERE username = %s AND tablespace = %s", (owner, tablespace)
    ).fetchone()
    return int(row[0]) if row else None


def used(connection: Connection, owner: str, tablespace: str) -> int:
    """Return the bytes of a user's segments in a tablespace, indexes included."""
    row = connection.execute(
        "SELECT coalesce(sum(pg_total_relation_size(to_regclass('data.t' || o.object_id))), 0)::bigint"
        " FROM dict.objects AS o JOIN dict.tables AS t USING (object_id)"
        " WHERE o.owner = %s AND t.tablespace = %s AND t.segment_created",
        (owner, tablespace),
    ).fetchone()
    return int(row[0]) if row else 0


def note_segment(connection: Connection, object_id: int) -> None:
    """Write that a table has a segment."""
    connection.execute("UPDATE dict.tables SET segment_created = true WHERE object_id = %s", (object_id,))


def create_segment(
    connection: Connection, cache: DictionaryCache, object_id: int, owner: str, tablespace: str
) -> None:
    """Give a table its segment at once (AS SELECT, SEGMENT CREATION IMMEDIATE): ORA-01950, ORA-01536."""
    allowed = limit(connection, cache, owner, tablespace)
    if allowed is None:
        raise OracleError(1950, tablespace)
    if allowed != UNLIMITED and used(connection, owner, tablespace) >= allowed:
        raise OracleError(1536, tablespace)
    note_segment(connection, object_id)
