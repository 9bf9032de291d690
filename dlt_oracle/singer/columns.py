"""The columns of one stream's table: what the SCHEMA describes, under the names that the table has."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer import values
from dlt_oracle.singer.column_types import ColumnType, Kind, for_destination, of_stored
from dlt_oracle.singer.errors import NameCollision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dlt.common.normalizers.naming import NamingConvention
    from dlt.common.schema import Schema

    from dlt_oracle.singer.options import Options

_VARIANT = "__v_text"
"""How dlt names the column beside one that a value does not fit."""


@dataclass(frozen=True)
class Column:
    """A property of records, called ``source``, and the column it goes to; ``is_key``: one of the keys."""

    source: str
    name: str
    type: ColumnType
    is_key: bool = False

    @property
    def variant(self) -> str:
        """The column for values that do not fit, as text."""
        return self.name + _VARIANT


@dataclass(frozen=True)
class Package:
    """What the load package in the making says: its id, how names are made, what its tables hold already.

    ``oracle``: the destination is an Oracle. ``adds_ids``: dlt adds its own columns to Arrow tables by
    itself, because it is configured to.
    """

    load_id: str
    schema: Schema
    oracle: bool
    adds_ids: bool = False

    @property
    def naming(self) -> NamingConvention:
        """How names are made."""
        return self.schema.naming

    def table_name(self, stream: str) -> str:
        """Return the name of the table of ``stream``."""
        return str(self.naming.normalize_table_identifier(stream))

    def stored_types(self, stream: str) -> dict[str, ColumnType]:
        """Return the types of the columns that the table of ``stream`` has."""
        table = self.schema.tables.get(self.table_name(stream))
        stored = {name: of_stored(column) for name, column in (table["columns"] if table else {}).items()}
        return {name: type_ for name, type_ in stored.items() if type_ is not None}


def make(
    types: Mapping[str, ColumnType],
    keys: Iterable[str],
    package: Package,
    options: Options,
    stored: Mapping[str, ColumnType],
    stream: str,
) -> list[Column]:
    """Return the columns for properties of these ``types``.

    A column in ``stored`` keeps its type: values that do not fit go beside it. Raises NameCollision.
    """
    keys = set(keys)
    made: dict[str, Column] = {}
    for property_, described in types.items():
        name = package.naming.normalize_path(property_)
        if name in made:
            name = _other_name(name, property_, made, options, stream)
        type_ = stored.get(name) or for_destination(described, options.numbers, oracle=package.oracle)
        made[name] = Column(property_, name, _same_encoding(type_, described), property_ in keys)
    return list(made.values())


def _same_encoding(type_: ColumnType, described: ColumnType) -> ColumnType:
    return described if type_.hints.get("data_type") == "binary" == described.hints["data_type"] else type_


def _other_name(name: str, property_: str, made: Mapping[str, Column], options: Options, stream: str) -> str:
    if options.collisions == "error":
        raise NameCollision(
            f"the properties {made[name].source!r} and {property_!r} both become the column {name!r}. "
            "Deselect one in the catalog, or set collisions='suffix'",
            stream=stream,
        )
    number = 2
    while f"{name}_{number}" in made:
        number += 1
    return f"{name}_{number}"


def type_of(value: Any) -> ColumnType:
    """Return a type for a property that no SCHEMA describes, by the first value it has."""
    kind = next((kind for python, kind in _INFERRED if isinstance(value, python)), Kind.JSON)
    fits = kind is not Kind.INTEGER or value in values.INT64
    return ColumnType(kind if fits else Kind.STRING)


_INFERRED: Sequence[tuple[type | tuple[type, ...], Kind]] = (
    (bool, Kind.BOOLEAN),
    (int, Kind.INTEGER),
    ((float, Decimal), Kind.NUMBER),
    (str, Kind.STRING),
)
