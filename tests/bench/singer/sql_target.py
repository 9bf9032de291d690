"""What the Singer SDK gives to whoever writes a target for Oracle: SQLTarget, SQLSink, and a few types.

Runs in an environment that has singer-sdk and oracledb: `sql_target.py --config FILE --input FILE`. As lean
as the SDK allows: a stream is a table, records are appended by the SDK's own INSERT through SQLAlchemy's
dialect and the driver's `executemany`. It costs less than a whole target would: no merge, no metadata, and
datetimes are bound as DATE, without their fractions.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import typing as th
from singer_sdk.sql import SQLConnector, SQLSink, SQLTarget
from sqlalchemy.dialects import oracle

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine


class OracleConnector(SQLConnector):
    """Types of columns."""

    allow_column_alter = False

    def to_sql_type(self, jsonschema_type: dict[str, Any]) -> TypeEngine[Any]:
        """Numbers, timestamps, and text for the rest."""
        types = jsonschema_type.get("type", [])
        if jsonschema_type.get("format") == "date-time":
            return oracle.TIMESTAMP(timezone=True)
        if "integer" in types or "number" in types:
            return oracle.NUMBER()
        return oracle.NUMBER(1) if "boolean" in types else oracle.VARCHAR2(4000)


class OracleSink(SQLSink[OracleConnector]):
    """The SDK's own sink, which leaves it to its heirs to bind objects."""

    connector_class = OracleConnector

    def preprocess_record(self, record: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - the SDK's signature
        """Objects and lists become JSON text."""
        for name, value in record.items():
            if isinstance(value, (dict, list)):
                record[name] = json.dumps(value)
        return record


class TargetOracle(SQLTarget):
    """The SDK's own target."""

    name = "target-oracle"
    config_jsonschema: ClassVar = th.PropertiesList(th.Property("sqlalchemy_url", th.StringType)).to_dict()
    default_sink_class = OracleSink


if __name__ == "__main__":
    TargetOracle.cli()
