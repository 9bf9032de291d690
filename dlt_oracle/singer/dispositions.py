"""How the rows of a stream meet those that are there: dlt's write disposition and keys.

============================ ======================= ==========================================
replication method           keys                    disposition
============================ ======================= ==========================================
INCREMENTAL, LOG_BASED       yes                     merge
INCREMENTAL, LOG_BASED       no                      append
FULL_TABLE, with versions    yes                     merge, and old versions go (activation)
FULL_TABLE, with versions    no                      append, and old versions go (activation)
FULL_TABLE, no versions      either                  replace; open-ended: merge or append by keys
not known                    yes                     merge
not known                    no                      append
============================ ======================= ==========================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dlt_oracle.singer.errors import MissingKey

if TYPE_CHECKING:
    from dlt_oracle.singer.options import Method, Options

SEQUENCE = "_sdc_sequence"
DELETED_AT = "_sdc_deleted_at"
TABLE_VERSION = "_sdc_table_version"


@dataclass(frozen=True)
class Plan:
    """What dlt is told of a table. ``keys``: column names, empty unless rows are merged by them."""

    disposition: Literal["append", "merge", "replace"]
    keys: tuple[str, ...] = ()

    def column_hints(self, name: str, *, hard_delete: bool) -> dict[str, Any]:
        """Return what the plan says of column ``name``."""
        if self.disposition != "merge":
            return {}
        if name == SEQUENCE:
            # Without it dlt keeps any of the rows with a key, in practice the first.
            return {"dedup_sort": "desc"}
        return {"hard_delete": True} if name == DELETED_AT and hard_delete else {}


def plan(
    stream: str,
    keys: tuple[str, ...],
    options: Options,
    *,
    versioned: bool,
    was_replaced: bool,
) -> Plan:
    """Decide for ``stream``, whose table has these key columns.

    ``versioned``: the tap has sent versions. ``was_replaced``: an earlier package of this run has replaced
    the table already. Raises MissingKey where the user wants a merge and there are no keys.
    """
    wanted = options.disposition(stream)
    if wanted == "auto":
        wanted = _by_method(options.methods.get(stream), keys, versioned=versioned, options=options)
    if wanted == "replace" and was_replaced:
        wanted = "merge" if keys else "append"
    if wanted == "merge" and not keys:
        raise MissingKey(
            "write_disposition='merge' needs keys, and the tap says none. Give primary_key={...}",
            stream=stream,
        )
    return Plan(wanted, keys if wanted == "merge" else ())


def _by_method(
    method: Method | None, keys: tuple[str, ...], *, versioned: bool, options: Options
) -> Literal["append", "merge", "replace"]:
    if method == "FULL_TABLE" and not versioned and not options.open_ended:
        return "replace"
    return "merge" if keys else "append"
