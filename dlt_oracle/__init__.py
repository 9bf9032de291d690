"""Load Oracle Database from Python with dlt.

dlt imports this module in every process of an environment that has it installed: it stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlt_oracle.destinations import oracle

__all__ = ["oracle"]


def __getattr__(name: str) -> Any:
    """Import the destination when it is asked for."""
    if name == "oracle":
        from dlt_oracle.destinations import oracle

        return oracle
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
