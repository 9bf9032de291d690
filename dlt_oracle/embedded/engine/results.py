"""Open queries as the wire reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dlt_oracle.embedded.engine.transaction import Cursor
    from dlt_oracle.embedded.errors import OracleError
    from dlt_oracle.embedded.model import Column, Row

    Decoder = Callable[[Any], Any]
    Translate = Callable[[psycopg.Error], OracleError]


class EngineResultSet:
    """One open query; implements ``model.ResultSet``. ``translate`` makes Oracle errors of PostgreSQL's."""

    def __init__(
        self,
        columns: tuple[Column, ...],
        decoders: Sequence[Decoder | None],
        cursor: Cursor,
        translate: Translate,
    ) -> None:
        self._columns = columns
        self._decoders = [(index, decode) for index, decode in enumerate(decoders) if decode is not None]
        self._cursor = cursor
        self._translate = translate

    @property
    def columns(self) -> tuple[Column, ...]:
        """The select list, described."""
        return self._columns

    def fetch(self, rows: int) -> list[Row]:
        """Return up to ``rows`` rows; fewer means the end."""
        try:
            fetched = self._cursor.fetch(rows)
        except psycopg.Error as error:
            raise self._translate(error) from None
        return decode_rows(fetched, self._decoders)

    def close(self) -> None:
        """Free the cursor. Never raises."""
        try:
            self._cursor.close()
        except psycopg.Error:
            return  # the connection is gone, and the cursor with it


def decode_rows(rows: list[tuple[Any, ...]], decoders: Sequence[tuple[int, Decoder]]) -> list[Row]:
    """Bring rows into ``model``'s form; only the columns that differ from it are touched."""
    if not decoders:
        return list(rows)
    decoded: list[Row] = []
    for row in rows:
        values = list(row)
        for index, decode in decoders:
            value = values[index]
            if value is not None:
                values[index] = decode(value)
        decoded.append(values)
    return decoded
