"""What schemas that taps send become."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from dlt_oracle.singer.column_types import ColumnType, Kind, for_destination
from dlt_oracle.singer.errors import InvalidSchema
from dlt_oracle.singer.json_schema import properties
from dlt_oracle.singer.options import Options

DECIMAL_2 = ColumnType(Kind.DECIMAL, 38, 2)


def _type(schema: Any, **root: Any) -> ColumnType:
    sent = json.dumps({"properties": {"x": schema}, **root})
    return properties(json.loads(sent, parse_float=Decimal))["x"]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "integer"}, Kind.INTEGER),
        ({"type": ["null", "integer"], "minimum": -(2**63), "maximum": 2**63 - 1}, Kind.INTEGER),
        ({"type": "integer", "maximum": 10**40}, Kind.BIG_INTEGER),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": ["integer", "number", "null"]}, Kind.NUMBER),
        ({"type": "number", "multipleOf": 1e-38}, Kind.NUMBER),
        ({"type": "boolean"}, Kind.BOOLEAN),
        ({"type": "string"}, Kind.STRING),
        ({"type": "string", "maxLength": 5}, Kind.STRING),
        ({"type": "string", "format": "email"}, Kind.STRING),
        ({"type": ["null", "string"], "format": "date-time"}, Kind.TIMESTAMP),
        ({"format": "date-time"}, Kind.TIMESTAMP),
        ({"type": "string", "format": "date"}, Kind.DATE),
        ({"type": "string", "format": "time"}, Kind.TIME),
        ({"type": "string", "format": "binary"}, Kind.HEX),
        ({"type": "string", "contentEncoding": "base16"}, Kind.HEX),
        ({"type": "string", "contentEncoding": "base64"}, Kind.BASE64),
        ({"type": "object", "properties": {"a": {}}}, Kind.JSON),
        ({"type": ["null", "array"]}, Kind.JSON),
        ({"type": ["string", "object"]}, Kind.JSON),
        ({"type": ["integer", "boolean"]}, Kind.JSON),
        ({"type": ["integer", "string"]}, Kind.STRING),
        ({"type": "null"}, Kind.JSON),
        ({}, Kind.JSON),
        (True, Kind.JSON),
        ({"enum": ["a", "b", None]}, Kind.STRING),
        ({"anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}]}, Kind.TIMESTAMP),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string"}]}, Kind.STRING),
        ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, Kind.INTEGER),
        ({"oneOf": [{"type": "array"}, {"type": "string"}]}, Kind.JSON),
        ({"allOf": [{"type": "string"}, {"format": "date"}]}, Kind.DATE),
        ({"type": "INTEGER"}, Kind.INTEGER),
        ({"type": "date-time"}, Kind.TIMESTAMP),
        ({"type": "something else"}, Kind.JSON),
    ],
    ids=str,
)
def test_a_property_gets_the_type_that_holds_all_its_values(schema: Any, kind: Kind) -> None:
    assert _type(schema).kind is kind


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "maximum": 2**64}, ColumnType(Kind.DECIMAL, 38, 0)),
        ({"type": "number", "multipleOf": 0.01}, DECIMAL_2),
        ({"type": "number", "multipleOf": 1e-06, "exclusiveMaximum": True}, ColumnType(Kind.DECIMAL, 38, 6)),
        ({"type": "number", "multipleOf": 5}, ColumnType(Kind.DECIMAL, 38, 0)),
        (
            {"type": "string", "format": "singer.decimal", "precision": 12, "scale": 2},
            ColumnType(Kind.DECIMAL, 12, 2),
        ),
        (
            {"type": "string", "x-singer.decimal": {"precision": 9, "scale": 4}},
            ColumnType(Kind.DECIMAL, 9, 4),
        ),
        ({"type": ["string", "null"], "format": "x-singer.decimal"}, ColumnType(Kind.NUMBER)),
        ({"anyOf": [{"type": "integer"}, {"type": "number", "multipleOf": 0.01}]}, DECIMAL_2),
    ],
    ids=str,
)
def test_digits_are_those_that_the_schema_promises(schema: Any, expected: ColumnType) -> None:
    assert _type(schema) == expected


def test_references_are_followed_within_the_schema() -> None:
    definitions = {
        "money": {"type": ["null", "number"], "multipleOf": 0.01},
        "a/b": {"$ref": "#/definitions/money"},
    }
    assert _type({"$ref": "#/definitions/a~1b"}, definitions=definitions) == DECIMAL_2


def test_a_type_that_contains_itself_is_json() -> None:
    array = {"type": ["null", "integer", "array"], "items": {"$ref": "#/definitions/recursive"}}
    assert _type(array, definitions={"recursive": array}).kind is Kind.JSON


@pytest.mark.parametrize("root", [{"type": "object"}, {"type": ["null", "object"]}, {}])
def test_the_root_may_have_any_type_or_none(root: dict[str, Any]) -> None:
    assert list(properties({**root, "properties": {"a": {"type": "string"}}})) == ["a"]


def test_properties_are_gathered_from_all_branches() -> None:
    parts = [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "integer"}}}]
    assert [list(properties({key: parts})) for key in ("allOf", "anyOf")] == [["a", "b"], ["a", "b"]]


@pytest.mark.parametrize(
    "schema",
    [
        [],
        None,
        {"properties": ["x"]},
        {"properties": {"x": {"$ref": "https://example.com/schema.json"}}},
        {"properties": {"x": {"$ref": "#/nowhere"}}},
        {"properties": {"x": {"$ref": "#/properties/x"}}},
    ],
    ids=str,
)
def test_a_schema_that_cannot_be_understood_is_refused(schema: Any) -> None:
    with pytest.raises(InvalidSchema):
        properties(schema)


@pytest.mark.parametrize(
    ("numbers", "oracle", "kind"),
    [
        ("auto", True, Kind.NUMBER),
        ("auto", False, Kind.DOUBLE),
        ("decimal", True, Kind.NUMBER),
        ("decimal", False, Kind.DECIMAL),
        ("double", True, Kind.DOUBLE),
    ],
)
def test_numbers_of_any_scale_are_exact_where_the_database_can(
    numbers: Any, *, oracle: bool, kind: Kind
) -> None:
    assert for_destination(ColumnType(Kind.NUMBER), Options(numbers=numbers), oracle=oracle).kind is kind
