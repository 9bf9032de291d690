"""The columns of one stream's table: what the SCHEMA describes, under the names that the table has."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer import values
from dlt_oracle.singer.column_types import ColumnType, Kind, for_destination, of_stored
from dlt_oracle.singer.dispositions import SEQUENCE, TABLE_VERSION
from dlt_oracle.singer.errors import NameCollision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dlt.common.normalizers.naming import NamingConvention
    from dlt.common.schema import Schema

    from dlt_oracle.singer.options import Options

_VARIANT = "__v_text"
"""How dlt names the column beside one that a value does not fit."""

LOAD_ID, ROW_ID = "_dlt_load_id", "_dlt_id"
_RESERVED = frozenset({LOAD_ID, ROW_ID, "_dlt_parent_id", "_dlt_root_id", "_dlt_list_idx"})
_OURS = frozenset({SEQUENCE, TABLE_VERSION})
"""Columns that merges and activations go by. A property called so, of a table that was loaded, makes way."""
_NAMELESS = "unnamed"


@dataclass(frozen=True)
class Column:
    """A property of records, called ``source``, and the column it goes to.

    ``variant``: the column for values that do not fit, as text. ``is_key``: one of the keys.
    """

    source: str
    name: str
    variant: str
    type: ColumnType
    is_key: bool = False


@dataclass(frozen=True)
class Package:
    """What the load package in the making says: its id, how names are made, what its tables hold already.

    ``oracle``: the destination is an Oracle. ``id_columns``: those of dlt's own columns that dlt does not
    add to Arrow tables by itself, unless it is configured to.
    """

    load_id: str
    schema: Schema
    oracle: bool
    id_columns: frozenset[str] = frozenset({LOAD_ID, ROW_ID})

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
    line: int | None = None,
) -> list[Column]:
    """Return the columns for properties of these ``types``.

    A column in ``stored`` keeps its type: values that do not fit go beside it. Raises NameCollision,
    of ``line``.
    """
    keys = set(keys)
    names: dict[str, str] = {}  # column: property
    for source in types:
        name = package.naming.normalize_path(source) or _NAMELESS
        if (name in names or name in _RESERVED) and options.collisions == "error":
            raise NameCollision(_collision(name, source, names), stream=stream, line=line)
        name = _free(name, names)
        names[name] = source
    made = []
    for name, source in names.items():
        described = for_destination(types[source], options, oracle=package.oracle)
        type_ = _as_stored(stored.get(name), described)
        variant = name + _VARIANT
        made.append(Column(source, name, _free(variant, names), type_, source in keys))
    return made


def _as_stored(stored: ColumnType | None, described: ColumnType) -> ColumnType:
    # A table does not say whether its bytes came as hexadecimal or base64, and a text may get longer.
    is_told = stored is not None and (
        stored.hints["data_type"] == described.hints["data_type"] in ("binary", "text")
    )
    return described if stored is None or is_told else stored


def _collision(name: str, source: str, names: Mapping[str, str]) -> str:
    what = (
        f"the properties {names[name]!r} and {source!r} both become the column {name!r}"
        if name in names
        else f"the property {source!r} becomes the column {name!r}, which is dlt's own"
    )
    return f"{what}. Deselect it in the catalog, or set collisions='suffix'"


def _free(name: str, names: Mapping[str, str]) -> str:
    """Return ``name``, with a number behind it if it is taken."""
    candidates = itertools.chain([name], (f"{name}_{number}" for number in itertools.count(2)))
    return next(one for one in candidates if one not in names and one not in _RESERVED | _OURS)


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
