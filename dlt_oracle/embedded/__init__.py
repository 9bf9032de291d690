"""An embedded stand-in for Oracle Database: Oracle's wire protocol and SQL over PostgreSQL.

For demos and tests on machines without Oracle; it is no product to keep data in. The names here are loaded
when they are used, so that importing the package needs none of the extra ``dlt-oracle[embedded]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlt_oracle.embedded.api import EmbeddedOracle
    from dlt_oracle.embedded.launcher import attach, detach

__all__ = ["EmbeddedOracle", "attach", "detach"]

_HOMES = {"EmbeddedOracle": "api", "attach": "launcher", "detach": "launcher"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
