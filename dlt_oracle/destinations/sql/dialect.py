"""sqlglot's Oracle dialect, corrected where what it writes is not Oracle 19c.

dlt's relations and models are sqlglot expressions that dlt itself renders, by the name of a dialect: this
one is registered as ``oracledlt``. What it cannot say raises UnsupportedError instead of going out wrong.
Sources: SQL Language Reference 19c; the decision is docs/adr/0011-a-sqlglot-dialect-of-our-own.md.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import ErrorLevel, TokenType, exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.generators.oracle import OracleGenerator
from sqlglot.parsers.oracle import OracleParser

from dlt_oracle.destinations.sql import booleans, casts, rewrites

NAME = "oracledlt"
"""The dialect's name in sqlglot."""


class UserCondition(exp.Expression, exp.Condition):
    """A condition that a user wrote in Oracle's SQL (``source_filter``); passed through in parentheses."""


class UserQuery(exp.Expression):
    """A query that a user wrote in Oracle's SQL, as a source of rows; its last line may be a comment."""


class TextOf(exp.Expression, exp.Func):
    """``function(… RETURNING CLOB)``, of JSON_SERIALIZE and its like: by default they return a VARCHAR2."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "function": True}


class MergeUpdate(exp.Expression):
    """``UPDATE SET … [WHERE …] [DELETE WHERE …]`` of a MERGE: sqlglot has no word for Oracle's DELETE."""

    arg_types: ClassVar[dict[str, bool]] = {"expressions": True, "where": False, "delete": False}


# Units of sqlglot as format models of TRUNC: TRUNC(x, 'DAY') is the start of the *week*.
_TRUNC_MODELS = {
    "YEAR": "YYYY",
    "QUARTER": "Q",
    "MONTH": "MM",
    "WEEK": "IW",
    "DAY": "DD",
    "HOUR": "HH24",
    "MINUTE": "MI",
}
_UNKNOWN = (exp.Array, exp.Struct, exp.Lateral, exp.Unnest, exp.Explode)


class OracleDltGenerator(OracleGenerator):
    """Writes Oracle 19c."""

    EXCEPT_INTERSECT_SUPPORT_ALL_CLAUSE = False

    TRANSFORMS: ClassVar = {
        **OracleGenerator.TRANSFORMS,
        UserCondition: lambda _self, node: f"({node.this})",
        UserQuery: lambda _self, node: f"(\n{node.this}\n)",
        TextOf: lambda self, node: f"{node.args['function']}({self.sql(node, 'this')} RETURNING CLOB)",
        MergeUpdate: lambda self, node: self.merge_update(node),
        **dict.fromkeys(_UNKNOWN, lambda self, node: self.refused(node)),
        exp.CurrentDate: lambda _self, _node: "TRUNC(CURRENT_DATE)",
        exp.DateTrunc: lambda self, node: self.truncated(node),
        exp.TimestampTrunc: lambda self, node: self.truncated(node),
        exp.HexString: lambda _self, node: f"HEXTORAW('{node.this}')",
        exp.NullSafeEQ: lambda self, node: f"DECODE({self.format_args(node.left, node.right)}, 1, 0) = 1",
        exp.NullSafeNEQ: lambda self, node: f"DECODE({self.format_args(node.left, node.right)}, 0, 1) = 1",
        exp.Uuid: lambda _self, _node: "LOWER(RAWTOHEX(SYS_GUID()))",
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        # dlt passes no level, and sqlglot's default would only log what the dialect cannot say.
        options.setdefault("unsupported_level", ErrorLevel.RAISE)
        super().__init__(*args, **options)

    def preprocess(self, expression: Any) -> Any:
        """Bring the tree into forms that Oracle has words for."""
        return booleans.separate(rewrites.simplify(super().preprocess(expression)))

    def refused(self, node: exp.Expression) -> str:
        """Note a construct that Oracle does not have."""
        self.unsupported(f"Oracle 19c has no {type(node).__name__.upper()}")
        return ""

    def merge_update(self, node: MergeUpdate) -> str:
        """Write the update branch of a MERGE."""
        parts = f"UPDATE SET{self.sep()}{self.expressions(node)}{self.sql(node, 'where')}"
        delete = self.sql(node, "delete").lstrip()
        return f"{parts}{self.sep()}DELETE {delete}" if delete else parts

    def truncated(self, node: exp.DateTrunc | exp.TimestampTrunc) -> str:
        """Write a timestamp cut off at a unit: TRUNC, which returns a DATE."""
        unit = node.text("unit").upper()
        model = _TRUNC_MODELS.get(unit)
        if model is None:
            self.unsupported(f"TRUNC to {unit or 'no unit'} is not supported")
            return ""
        return self.func("TRUNC", node.this, exp.Literal.string(model))

    def boolean_sql(self, expression: exp.Boolean) -> str:
        """A bool is a NUMBER(1)."""
        return "1" if expression.this else "0"

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """CAST, or the literal that a constant comes to."""
        value, to = expression.this, expression.to
        if isinstance(value, exp.Boolean) and to.is_type("boolean"):
            return self.sql(value)
        if isinstance(value, exp.Literal) and value.is_string:
            if to.this in exp.DataType.TEXT_TYPES and not to.expressions:
                return self.sql(value)
            if literal := casts.constant(value.name, to):
                return literal
        return self._cast(value, to, " DEFAULT NULL ON CONVERSION ERROR" if safe_prefix else "")

    def _cast(self, value: exp.Expression, to: exp.DataType, default: str) -> str:
        if to.this in exp.DataType.STRUCT_TYPES or to.is_type("json", "jsonb"):
            return self.func("TO_CLOB", value)
        if to.is_type("boolean"):
            return f"DECODE({self.sql(value)}, NULL, NULL, 0, 0, 1)"
        type_ = casts.type_text(to)
        if type_ is None:
            self.unsupported(f"Oracle cannot cast to {to.sql()}")
            return ""
        cast = f"CAST({self.sql(value)} AS {type_}{default})"
        # Oracle's DATE has a time of day.
        return f"TRUNC({cast})" if to.is_type("date") else cast

    def set_operation(self, expression: exp.SetOperation) -> str:
        """EXCEPT is called MINUS."""
        return super().set_operation(expression).replace("EXCEPT", "MINUS")

    def extract_sql(self, expression: exp.Extract) -> str:
        """Refuse EXTRACT(EPOCH …), which is no field of Oracle's."""
        if expression.name.upper() == "EPOCH":
            self.unsupported("Oracle has no EXTRACT(EPOCH FROM …)")
        return super().extract_sql(expression)

    def identifier_sql(self, expression: exp.Identifier) -> str:
        """Quote what Oracle would refuse unquoted: dlt and sqlglot make names that begin with ``_``."""
        if not expression.quoted and expression.name.startswith("_"):
            expression.set("quoted", True)
        return super().identifier_sql(expression)


class OracleDltParser(OracleParser):
    """Reads Oracle's numbered binds too."""

    COLON_PLACEHOLDER_TOKENS: ClassVar = {*OracleParser.COLON_PLACEHOLDER_TOKENS, TokenType.NUMBER}


class OracleDlt(Oracle):
    """Oracle as the owner of one schema on 19c has it."""

    Parser = OracleDltParser
    generator_class = OracleDltGenerator
