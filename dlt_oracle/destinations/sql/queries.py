"""Around queries of users: their text stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from dlt_oracle.destinations.sql.dialect import NAME, TextOf, UserQuery
from dlt_oracle.destinations.sql.names import column, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Conversion = Callable[[str], exp.Expression]


def converted(query: str, columns: Mapping[str, Conversion | None]) -> exp.Select:
    """Select ``columns`` from ``query``, each as it is or through its conversion."""
    return exp.select(
        *(
            exp.alias_(convert(name), identifier(name)) if convert else column(name)
            for name, convert in columns.items()
        )
    ).from_(UserQuery(this=query))


# The driver returns a zoned timestamp as its local time, without the offset: only UTC can be told.


def extract_utc(name: str) -> exp.Expression:
    """Return a zoned timestamp's instant in UTC, without a zone."""
    return exp.Anonymous(this="SYS_EXTRACT_UTC", expressions=[column(name)])


def at_utc(name: str) -> exp.Expression:
    """Return a zoned timestamp in UTC."""
    return exp.AtTimeZone(this=column(name), zone=exp.Literal.string("+00:00"))


def document_text(name: str) -> exp.Expression:
    """Return the text of a document of type JSON, which the driver does not fetch into Arrow."""
    return TextOf(this=column(name), function="JSON_SERIALIZE")


def vector_text(name: str) -> exp.Expression:
    """Return a VECTOR as text."""
    return TextOf(this=column(name), function="FROM_VECTOR")


def in_dataset(query: str, table: Callable[[str], exp.Table], fold: Callable[[str], str]) -> Any:
    """Return ``query`` with the tables that it names without an owner taken from a dataset.

    ``table`` resolves a table's name in the dataset, ``fold`` is how the dataset stores names. None where
    no name is left to resolve, or where the query is not understood.
    """
    try:
        tree: Any = parse_one(query, dialect=NAME)
    except SqlglotError:
        return None
    own = {cte.alias.upper() for cte in tree.find_all(exp.CTE)} | {"DUAL"}
    wanted = [
        found
        for found in tree.find_all(exp.Table)
        if not found.args.get("db")
        and isinstance(found.this, exp.Identifier)
        and found.name.upper() not in own
    ]
    if not wanted or not isinstance(tree, exp.Query):
        return None
    resolved = {id(found): table(found.name) for found in wanted}
    for name in tree.find_all(exp.Identifier):
        name.set("this", fold(name.name))
        name.set("quoted", name.quoted or name.name.startswith("_"))
    for found in wanted:
        if not found.alias:
            # Columns may be qualified with the name that the table has in the query.
            found.set("alias", exp.TableAlias(this=found.this.copy()))
        for part in ("this", "db"):
            found.set(part, resolved[id(found)].args[part])
    return tree
