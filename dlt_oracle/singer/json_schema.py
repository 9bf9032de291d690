"""What a SCHEMA's JSON schema says about the columns of a table.

Taps write draft 4 to 7 as they please: types in lists, nothing at the root, ``anyOf`` for null, numbers whose
limits are those of a data type. Only what decides how a value is stored is read; nothing is validated.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.column_types import MAX_DECIMAL_DIGITS, ColumnType, Kind
from dlt_oracle.singer.errors import InvalidSchema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_DEPTH = 32
_INT64_LIMIT = 2**63
_MAX_SCALE = 30  # 1e-38 is what pipelinewise's tap says of any NUMERIC: no scale at all
_DECIMAL_LIMIT = 10**MAX_DECIMAL_DIGITS
_DECIMAL_FORMATS = ("singer.decimal", "x-singer.decimal")
_COMBINERS = ("anyOf", "oneOf")

Schema = dict[str, Any]


def properties(schema: Any) -> dict[str, ColumnType]:
    """Return the type of each property at the top of ``schema``, in order; empty: it describes none.

    Raises InvalidSchema.
    """
    if not isinstance(schema, dict):
        raise InvalidSchema(f"the schema is {schema!r:.60}, and has to be an object")
    reader = _Reader(schema)
    found: dict[str, ColumnType] = {}
    for branch in reader.branches(schema):
        declared = branch.get("properties") or {}
        if not isinstance(declared, dict):
            raise InvalidSchema(f"`properties` is {declared!r:.60}, and has to be an object")
        for name, one in declared.items():
            found.setdefault(name, reader.type_of(one))
    return found


class _Reader:
    """Reads the parts of one schema; ``root`` is where ``$ref`` leads into."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def type_of(self, schema: Any) -> ColumnType:
        """Return the type that holds every value of ``schema``."""
        types = {one for branch in self.branches(schema) for one in _types(branch)}
        if len(types) == 1:
            return types.pop()
        kinds = {one.kind for one in types}
        if kinds <= _NUMERIC and kinds:
            return _widest(types)
        if kinds & _TEXTS and Kind.JSON not in kinds:
            return ColumnType(Kind.STRING)
        return ColumnType(Kind.JSON)

    def branches(self, schema: Any, depth: int = 0) -> Iterator[Schema]:
        """Yield the alternatives of ``schema`` with ``$ref`` and ``allOf`` resolved."""
        if not isinstance(schema, dict):
            yield {}  # `true`: anything
            return
        if depth > _MAX_DEPTH:
            raise InvalidSchema("its $ref lead in a circle, or it is nested too deeply")
        merged = self._merged(schema, depth)
        alternatives = [one for key in _COMBINERS for one in _list(merged.get(key))]
        if not alternatives:
            yield merged
            return
        outside = {key: value for key, value in merged.items() if key not in _COMBINERS}
        for one in alternatives:
            for branch in self.branches(one, depth + 1):
                yield {**outside, **branch} if branch else outside

    def _merged(self, schema: Schema, depth: int) -> Schema:
        merged: Schema = {}
        for part in (self._referred(schema.get("$ref")), *_list(schema.get("allOf"))):
            if not isinstance(part, dict):
                continue
            if depth > _MAX_DEPTH:
                raise InvalidSchema("its $ref lead in a circle, or it is nested too deeply")
            inner = self._merged(part, depth + 1)
            both = {**merged.get("properties", {}), **inner.get("properties", {})}
            merged |= inner
            if both:
                merged["properties"] = both
        own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        if "properties" in merged and isinstance(own.get("properties"), dict):
            own["properties"] = {**merged["properties"], **own["properties"]}
        return {**merged, **own}

    def _referred(self, reference: Any) -> Any:
        if reference is None:
            return None
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise InvalidSchema(
                f"$ref {reference!r} leads out of the schema. Only local ones can be followed"
            )
        found: Any = self._root
        for step in reference[1:].strip("/").split("/"):
            if not step:
                continue
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or name not in found:
                raise InvalidSchema(f"$ref {reference!r} leads nowhere")
            found = found[name]
        return found


_NUMERIC = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.NUMBER, Kind.BIG_INTEGER})
_TEXTS = frozenset({Kind.STRING, Kind.TIMESTAMP, Kind.DATE, Kind.TIME, Kind.HEX, Kind.BASE64})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _types(schema: Schema) -> set[ColumnType]:
    """Return what the non-null types of one alternative become; empty: it is null only."""
    names = schema.get("type")
    if names is None:
        if schema.get("enum") and all(isinstance(one, str | None) for one in schema["enum"]):
            return {_string(schema)}
        named = {"string"} if schema.get("format") else set()
        named |= {"object"} if "properties" in schema else set()
        names = list(named) or ["anything"]
    found = {str(name).lower() for name in (names if isinstance(names, list) else [names])} - {"null"}
    return {_BY_NAME.get(name, _json)(schema) for name in found}


def _json(_schema: Schema) -> ColumnType:
    return ColumnType(Kind.JSON)


def _integer(schema: Schema) -> ColumnType:
    # Limits only ever widen: taps copy them from the type of a column, not from what is in it.
    limits = [_number(schema.get(name)) for name in ("minimum", "maximum")]
    largest = max((abs(limit) for limit in limits if limit is not None), default=Decimal(0))
    low, high = limits
    if (low is None or low >= -_INT64_LIMIT) and (high is None or high < _INT64_LIMIT):
        return ColumnType(Kind.INTEGER)
    if largest < _DECIMAL_LIMIT:
        return ColumnType(Kind.DECIMAL, MAX_DECIMAL_DIGITS, 0)
    return ColumnType(Kind.BIG_INTEGER)


def _any_number(schema: Schema) -> ColumnType:
    if schema.get("format") in _DECIMAL_FORMATS or "x-singer.decimal" in schema:
        return _singer_decimal(schema)
    step = _number(schema.get("multipleOf"))
    if step is None or step <= 0:
        return ColumnType(Kind.NUMBER)
    scale = max(-int(step.normalize().as_tuple().exponent), 0)
    return (
        ColumnType(Kind.DECIMAL, MAX_DECIMAL_DIGITS, scale)
        if scale <= _MAX_SCALE
        else ColumnType(Kind.NUMBER)
    )


def _singer_decimal(schema: Schema) -> ColumnType:
    described = schema.get("x-singer.decimal")
    source = described if isinstance(described, dict) else schema
    precision, scale = source.get("precision"), source.get("scale")
    if not isinstance(precision, int) or not 0 < precision <= MAX_DECIMAL_DIGITS:
        return ColumnType(Kind.NUMBER)
    scale = scale if isinstance(scale, int) and 0 <= scale <= precision else 0
    return ColumnType(Kind.DECIMAL, precision, scale)


def _string(schema: Schema) -> ColumnType:
    format_ = schema.get("format")
    if format_ in _DECIMAL_FORMATS or "x-singer.decimal" in schema:
        return _singer_decimal(schema)
    encoding = str(schema.get("contentEncoding", "")).lower()
    kind = _BY_FORMAT.get(str(format_)) or _BY_ENCODING.get(encoding) or Kind.STRING
    length = schema.get("maxLength")
    is_limited = kind is Kind.STRING and type(length) is int and length > 0
    return ColumnType(kind, length if is_limited else None)


def _number(value: Any) -> Decimal | None:
    # Draft 4 has `exclusiveMaximum: true`.
    return None if isinstance(value, bool) or not isinstance(value, int | Decimal) else Decimal(value)


def _widest(types: set[ColumnType]) -> ColumnType:
    kinds = {one.kind for one in types}
    if kinds <= {Kind.INTEGER, Kind.BIG_INTEGER}:
        return ColumnType(Kind.BIG_INTEGER)
    if Kind.NUMBER in kinds or Kind.BIG_INTEGER in kinds:
        return ColumnType(Kind.NUMBER)
    scales = [one.scale or 0 for one in types]
    return ColumnType(Kind.DECIMAL, MAX_DECIMAL_DIGITS, max(scales))


_BY_NAME: dict[str, Callable[[Schema], ColumnType]] = {
    "integer": _integer,
    "number": _any_number,
    "string": _string,
    "boolean": lambda _schema: ColumnType(Kind.BOOLEAN),
    "date-time": lambda _schema: ColumnType(Kind.TIMESTAMP),
}
_BY_FORMAT = {
    "date-time": Kind.TIMESTAMP,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "binary": Kind.HEX,
}
_BY_ENCODING = {"base16": Kind.HEX, "base64": Kind.BASE64}
