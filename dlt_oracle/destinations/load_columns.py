"""The columns of a load file with the types that their table really has, and room for what is in the file."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt.common.destination.exceptions import DestinationTerminalException

from dlt_oracle.destinations import promotion
from dlt_oracle.destinations.oracle_types import LOBS
from dlt_oracle.destinations.rows import LoadColumn
from dlt_oracle.destinations.type_mapper import COMPARED_HINTS, TYPE_HINT, longest_text_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dlt.common.destination.typing import PreparedTableSchema
    from dlt.common.schema.typing import TColumnSchema

    from dlt_oracle.destinations.oracle_types import OracleType
    from dlt_oracle.destinations.sql_client import OracleSqlClient
    from dlt_oracle.destinations.type_mapper import OracleTypeMapper


class KeyIsLob(DestinationTerminalException):
    """A column that rows are to be merged by is a LOB in the database."""

    def __init__(self, table: str, column: str, hint: str, type_: OracleType) -> None:
        self.table = table
        self.column = column
        super().__init__(
            f"Table {table!r}, column {column!r}: rows are to be merged by it ({hint}), and in the database "
            f"it is a {type_.ddl}, which Oracle cannot compare: an earlier load, or somebody else, made it "
            "so. Merge by another column, or make the table anew with `refresh`."
        )


@dataclass(frozen=True)
class LoadTable:
    """The table that a file is loaded into, in the dataset that ``client`` is in.

    ``target_dataset``: where the rows go in the end, when that table is a staging table; None otherwise.
    """

    client: OracleSqlClient
    table: PreparedTableSchema
    mapper: OracleTypeMapper
    target_dataset: str | None = None

    def columns(self, names: Sequence[str], longest: Mapping[str, int] | None = None) -> list[LoadColumn]:
        """Return the columns ``names``, by dlt's names, with room for texts of ``longest`` bytes.

        In the order to bind them in: LOBs last, because the driver declares every Arrow string with more
        than 4,000 bytes, and none of those may follow a LONG (ORA-24816).

        Promotes columns: not for use in a transaction. What is wider in a staging table becomes so in its
        target, so that a follow-up finds room. Raises promotion.ColumnNotPromoted and KeyIsLob.
        """
        schema = self.table["columns"]
        wanted = {name: self.mapper.oracle_type(schema[name], self.table) for name in names}
        fixed = {name: self._fixed(schema[name], wanted[name]) for name in names}
        sizes = {name: size for name, size in (longest or {}).items() if fixed[name] is None}
        real = self._make_room(names, sizes)
        if self.target_dataset is not None:
            rooms = {
                name: promotion.room_of(real[name]) for name in names if fixed[name] is None and name in real
            }
            self._check_keys(self._make_room(names, rooms, self.target_dataset))
        columns = [
            LoadColumn(
                name,
                real.get(name, wanted[name]),
                bool(schema[name].get("nullable", True)),
                fixed[name],
                self._merges_by_primary_key and bool(schema[name].get("primary_key")),
            )
            for name in names
        ]
        return sorted(columns, key=lambda column: column.type.bind in LOBS)

    def _fixed(self, column: TColumnSchema, wanted: OracleType) -> str | None:
        """Say why the column stays as long as it is, and what to do; None: it may become longer."""
        reason = promotion.obstacle(column, wanted)
        return reason and f"{reason}. {self._way_out(column, wanted)} the values"

    def _way_out(self, column: TColumnSchema, wanted: OracleType) -> str:
        if TYPE_HINT in column:
            return f"Ask for a longer type by {TYPE_HINT}, or shorten"
        if str(column["name"]).startswith("_dlt"):
            return "Names that begin so are dlt's: rename the column, or shorten"
        if column.get("data_type") != "text":
            return "Shorten"
        room = longest_text_key(self.table)
        if wanted.max_characters is not None or (wanted.key_bytes or 0) < room:
            return "Give the column a larger `precision`, or shorten"
        return f"It may have {room:,} bytes at most beside the table's other keys: use fewer, or shorten"

    def _check_keys(self, stored: Mapping[str, OracleType]) -> None:
        if self.table.get("write_disposition") != "merge":
            return
        for name, type_ in stored.items():
            hints = [hint for hint in COMPARED_HINTS if self.table["columns"][name].get(hint)]
            if hints and type_.bind in LOBS:
                raise KeyIsLob(str(self.table["name"]), name, hints[0], type_)

    @property
    def _merges_by_primary_key(self) -> bool:
        # scd2 finds rows by their version.
        return self.table.get("write_disposition") == "merge" and self.table.get("x-merge-strategy") != "scd2"

    def _make_room(
        self, names: Sequence[str], sizes: Mapping[str, int], dataset: str | None = None
    ) -> dict[str, OracleType]:
        """Return the real types of the columns that exist and can be loaded into."""
        client = self.client
        with client.with_alternative_dataset_name(dataset) if dataset else nullcontext():
            stored = promotion.columns_with_room(
                client, str(self.table["name"]), {client.column(name): sizes.get(name, 0) for name in names}
            )
        types = {name: stored[client.column(name)].type for name in names if client.column(name) in stored}
        return {name: type_ for name, type_ in types.items() if type_ is not None}
