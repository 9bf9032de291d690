"""JSON functions and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql import ast
    from dlt_oracle.embedded.sql.analyze_scope import Scope
    from dlt_oracle.embedded.sql.analyze_types import Typed

HANDLERS: dict[type[ast.Expression], Callable[[Any, Scope], Typed]] = {}
