"""Around queries of users: their text stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from dlt_oracle.destinations.sql.dialect import UserQuery
from dlt_oracle.destinations.sql.names import column, identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def in_utc(query: str, columns: Sequence[str], moments: Collection[str]) -> exp.Select:
    """Select ``columns`` from ``query``, those in ``moments`` as timestamps in UTC without a zone."""
    return exp.select(
        *(
            exp.alias_(exp.Anonymous(this="SYS_EXTRACT_UTC", expressions=[column(name)]), identifier(name))
            if name in moments
            else column(name)
            for name in columns
        )
    ).from_(UserQuery(this=query))
