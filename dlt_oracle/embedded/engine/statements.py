"""A parsed statement, and what was compiled of it so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

    from dlt_oracle.embedded.model import StatementKind
    from dlt_oracle.embedded.sql import ast


class EngineStatement:
    """A statement that passed the gate; implements ``model.Statement``.

    Compiled forms are kept per dictionary generation, schema and bind types; one is enough for a loop of
    executions, so only the last is kept.
    """

    def __init__(self, text: str, tree: ast.Statement) -> None:
        self.text = text
        self.tree = tree
        self._key: Hashable = None
        self._compiled: Any = None

    @property
    def kind(self) -> StatementKind:
        """Query, DML, DDL, PL/SQL or control."""
        return self.tree.kind

    @property
    def binds(self) -> tuple[str, ...]:
        """Bind names, one per occurrence in SQL, one per unique name in PL/SQL."""
        return self.tree.binds

    @property
    def out_binds(self) -> frozenset[int]:
        """Positions in ``binds`` that carry no value in a row."""
        return self.tree.out_binds

    def compiled(self, key: Hashable) -> Any:
        """Return what was compiled under ``key``, or None."""
        return self._compiled if key == self._key else None

    def keep(self, key: Hashable, compiled: Any) -> None:
        """Keep a compiled form."""
        self._key, self._compiled = key, compiled
