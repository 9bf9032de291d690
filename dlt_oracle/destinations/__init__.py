"""Oracle Database as a dlt destination."""

from dlt_oracle.destinations.factory import oracle

__all__ = ["oracle"]
