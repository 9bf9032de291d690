"""Replace by swap (``staging-optimized``): the staging table takes the target's name, and the other way.

Three renames, each of which commits: no transaction can hold them together. So what is to be done is
written into the ledger first, by OBJECT_ID, which a table keeps when its name changes; whoever runs the job
again goes on from where the dictionary says things are::

    target  staging  aside
    old     new      -        written down; nothing renamed yet
    -       new      old      readers see ORA-00942 here, for the time of one rename
    new     -        old
    new     old      -        done; the old rows are truncated

Before that the staging table becomes the target's twin: grants, comments, unique constraints, and the indexes
on the keys of merges. What cannot be carried over (triggers, indexes and named constraints of the user's
own, partitions …) is an obstacle: the caller then deletes and inserts instead.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt.destinations.exceptions import DatabaseTerminalException

from dlt_oracle.destinations.ledger_rows import alone, chain_lock
from dlt_oracle.destinations.sql import ddl, indexes, ledger, names, twins
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlglot import exp

    from dlt_oracle.destinations.sql_client import OracleSqlClient

KIND = "swap"
_MAX_IN_LIST = 1000  # ORA-01795

# What has to be the same of both tables.
_SAME: dict[str, Callable[[], exp.Select]] = {
    "columns": twins.columns,
    "storage properties": twins.properties,
    "checks": twins.checks,
}


@dataclass(frozen=True)
class Swap:
    """One table's swap: the two tables, and the name at which the old one stands in between."""

    target: exp.Table
    staging: exp.Table

    @classmethod
    def of_names(cls, owner: str, target: str, staging_owner: str, staging: str) -> Swap:
        """Return the swap of stored names."""
        return cls(names.table(owner, target), names.table(staging_owner, staging))

    def names(self) -> tuple[str, str, str, str]:
        """Return the stored names: the owner and name of the target, then those of the staging table."""
        return self.target.db, self.target.name, self.staging.db, self.staging.name

    @property
    def aside(self) -> exp.Table:
        """The old table between two renames."""
        table = self.target.copy()
        table.this.set("this", twins.aside_name(self.target.name))
        return table


def swaps(client: OracleSqlClient, tables: Iterable[str]) -> list[Swap]:
    """Return the swaps of tables, by dlt's names for them. Not for use in staging mode, as jobs run in."""
    found = []
    for name in tables:
        with client.with_staging_dataset():
            staging = client.table(name)
        found.append(Swap(client.table(name), staging))
    return found


def swap_tables(client: OracleSqlClient, load_id: str, work: Sequence[Swap]) -> str | None:
    """Swap tables with their staging tables; may be called again after a crash.

    For use under ``chain_lock``. Returns what is in the way, before anything has been changed, or None when
    all are swapped.
    Raises DatabaseTerminalException when the staging table that was to be swapped in is gone.
    """
    decided = _decided(client, load_id, work)
    if not decided:
        reason = next(filter(None, (_obstacle(client, item) for item in work)), None)
        if reason is not None:
            return reason
    for item in work:
        if not decided or _is_untouched(client, item, decided[item.target.name]):
            _make_twin(client, item)
    decided = decided or _decide(client, load_id, work)
    for position, item in enumerate(work):
        refusal = _rename(client, item, decided[item.target.name])
        if refusal is not None:
            _swap_back(client, work[:position])
            for each in work:
                _strip(client, each)
            return refusal
    for item in work:
        _tidy(client, item)
    return None


def repair(client: OracleSqlClient, tables: Mapping[str, str]) -> None:
    """Give every table its name back where a process died between two renames.

    ``tables``: the root of each. A target that is missing comes back with its old rows: the load that was to
    replace them is still pending, or was given up. A swap that another session is just making needs no
    repair: its end is waited for.
    """
    work = dict(zip(tables, swaps(client, tables), strict=True))
    aside = _existing(client, [item.aside for item in work.values()])
    for name, item in work.items():
        if item.aside.name in aside:
            with alone(client, chain_lock(tables[name])):
                _repair(client, item)


def _repair(client: OracleSqlClient, item: Swap) -> None:
    found = _object_ids(client, item)
    if item.aside.name not in found:
        return
    if item.target.name not in found:
        _run(client, twins.rename(item.aside, item.target.name))
    elif item.staging.name not in found:
        _run(client, twins.rename(item.aside, item.staging.name))


def recorded(client: OracleSqlClient, load_id: str, kind: str, table: str) -> bool:
    """Say whether the ledger knows that a kind of work is done for a table of a load."""
    return any(name == table for name, _ in _recorded(client, load_id, kind))


def _decided(client: OracleSqlClient, load_id: str, work: Sequence[Swap]) -> dict[str, str]:
    wanted = {item.target.name for item in work}
    return {table: object_id for table, object_id in _recorded(client, load_id, KIND) if table in wanted}


def _recorded(client: OracleSqlClient, load_id: str, kind: str) -> list[tuple[Any, ...]]:
    return client.ask(ledger.recorded(client.table(ledger.TABLE_NAME)), load_id, kind)


def _decide(client: OracleSqlClient, load_id: str, work: Sequence[Swap]) -> dict[str, str]:
    decided = {item.target.name: _object_ids(client, item)[item.staging.name] for item in work}
    now = dt.datetime.now(dt.timezone.utc)
    with client.begin_transaction():
        for table, object_id in decided.items():
            client.execute(
                ledger.record(client.table(ledger.TABLE_NAME)), load_id, KIND, table, object_id, None, now
            )
    return decided


def _obstacle(client: OracleSqlClient, item: Swap) -> str | None:
    owner, target, staging = item.target.db, item.target.name, item.staging.name
    if client.config.ddl == "verify":
        return 'the loader may change no tables (`ddl = "verify"`)'
    if owner != item.staging.db:
        return f"the staging dataset is in another schema, {item.staging.db}"
    if owner != client.facts.user:
        return f"the tables belong to {owner}, not to the session's user {client.facts.user}"
    found = client.ask(twins.burdens(), *((owner, target) * len(twins.BURDENS)))
    if found:
        return f"{target} has {found[0][0]}"
    for what, query in _SAME.items():
        ours, theirs = _of_both(client, query(), item)
        if ours != theirs:
            return f"the {what} of {staging} are not those of {target}"
    return None


def _make_twin(client: OracleSqlClient, item: Swap) -> None:
    wanted, given = _of_both(client, twins.grants(), item)
    for grantee, privilege, grantable in wanted:
        if (grantee, privilege, grantable) not in given:
            _run(client, twins.grant(item.staging, privilege, grantee, grantable=grantable == "YES"))
    wanted, given = _of_both(client, twins.table_comments(), item)
    if wanted != given:
        _run(client, twins.comment(item.staging, wanted[0][0] or ""))
    wanted, given = _of_both(client, twins.column_comments(), item)
    for name, text in set(wanted) - set(given):
        _run(client, twins.comment(item.staging, text or "", name))
    wanted, given = _of_both(client, twins.unique_columns(), item)
    built = list(_by_name(given).values())
    for columns in _by_name(wanted).values():
        if columns not in built:
            _run(client, twins.add_unique(item.staging, columns))
    wanted, given = _of_both(client, twins.key_indexes(), item)
    built = list(_by_name(given).values())
    taken = _by_name(wanted)
    for name, columns in taken.items():
        if columns not in built:
            places = (indexes.on_same_key(table, name) for table in (item.staging, item.target))
            free = next(index for index in places if index.name not in taken)
            _run(client, indexes.create(free, item.staging.copy(), columns))


def _is_untouched(client: OracleSqlClient, item: Swap, new: str) -> bool:
    found = _object_ids(client, item)
    return item.target.name in found and found.get(item.staging.name) == new


def _rename(client: OracleSqlClient, item: Swap, new: str) -> str | None:
    """Give the target's name to the table whose object id is ``new``, and the other way.

    Returns why nothing was renamed, where the server refuses the first rename.
    """
    found = _object_ids(client, item)
    target, staging, aside = item.target.name, item.staging.name, item.aside.name
    if found.get(target) != new:
        if found.get(staging) != new:
            raise DatabaseTerminalException(
                LookupError(
                    f"The staging table {staging} is not the one that was loaded to replace {target} (object "
                    f"{new}): it was dropped or replaced meanwhile. Run the pipeline again with new data."
                )
            )
        if target in found:
            try:
                _run(client, twins.rename(item.target, aside))
            except DatabaseTerminalException as error:
                return f"{target} cannot be renamed: {error.dbapi_exception}"
        _run(client, twins.rename(item.staging, target))
    if aside in _object_ids(client, item):
        _run(client, twins.rename(item.aside, staging))
    return None


def _swap_back(client: OracleSqlClient, work: Sequence[Swap]) -> None:
    """Swap what was swapped and not tidied: the chain is replaced as a whole, or not at all."""
    for item in reversed(work):
        refusal = _rename(client, item, _object_ids(client, item)[item.staging.name])
        if refusal is not None:
            raise DatabaseTerminalException(RuntimeError(refusal))


def _tidy(client: OracleSqlClient, item: Swap) -> None:
    """Empty the old table, which is the staging table now, and take what a target has."""
    _strip(client, item)
    new, _ = _of_both(client, twins.key_indexes(), item)
    for name in _by_name(new):
        index = indexes.on_same_key(item.target, name)
        if index.name != name:
            _run(client, indexes.rename(names.table(index.db, name), index.name))
    _run(client, ddl.truncate_table(item.staging.copy()))


def _strip(client: OracleSqlClient, item: Swap) -> None:
    """Take the staging table's unique constraints and indexes: staged rows may repeat."""
    _, staged = _of_both(client, twins.unique_columns(), item)
    for name in _by_name(staged):
        _run(client, twins.drop_constraint(item.staging, name))
    _, staged = _of_both(client, twins.key_indexes(), item)
    for name in _by_name(staged):
        _run(client, indexes.drop(names.table(item.staging.db, name)))


def _by_name(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[str]]:
    """Return the columns of each constraint or index."""
    found: dict[str, list[str]] = {}
    for name, column in rows:
        found.setdefault(name, []).append(column)
    return found


def _object_ids(client: OracleSqlClient, item: Swap) -> dict[str, str]:
    return _existing(client, [item.target, item.staging, item.aside])


def _existing(client: OracleSqlClient, tables: Sequence[exp.Table]) -> dict[str, str]:
    """Return the object ids of those of ``tables`` (all in one schema) that exist, by name."""
    found: dict[str, str] = {}
    for start in range(0, len(tables), _MAX_IN_LIST):
        part = [table.name for table in tables[start : start + _MAX_IN_LIST]]
        rows = client.ask(twins.object_ids(len(part)), tables[0].db, *part)
        found |= {name: str(object_id) for name, object_id in rows}
    return found


def _of_both(
    client: OracleSqlClient, query: exp.Select, item: Swap
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return the answer for the target and for the staging table."""
    target, staging = item.target.name, item.staging.name
    rows = client.ask(query, item.target.db, target, staging)
    ours, theirs = ([row[1:] for row in rows if row[0] == name] for name in (target, staging))
    return ours, theirs


def _run(client: OracleSqlClient, statement: exp.Expression) -> None:
    client.execute_sql(render(statement))
