"""Columns of streams: what a SCHEMA, and records that do not keep to it, make of a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from dlt.common.schema import Schema
from singer_lines import line, pump, record, schema

from dlt_oracle.singer.errors import (
    InvalidSchema,
    MissingKey,
    NameCollision,
)


def test_properties_that_the_schema_has_not_become_columns() -> None:
    more: dict[str, Any] = {"i": 5, "f": 1.5, "t": "x", "b": True, "o": [1], "big": 2**70}
    pumped = pump(schema(), record(1, nothing=None), record(2, **more), record(3, i=6, nothing=None))
    assert [row.get("i") for row in pumped.rows()] == [None, 5, 6]
    assert pumped.types() == {
        "id": "bigint",
        "i": "bigint",
        "f": "double",
        "t": "text",
        "b": "bool",
        "o": "json",
        "big": "text",
    }


def test_the_length_of_a_text_counts_where_it_is_trusted() -> None:
    def precision(length: Any, dlt_schema: Schema | None = None, **options: Any) -> Any:
        described = schema(properties={"a": {"type": ["null", "string"], "maxLength": length}})
        pumped = pump(described, record(1, a="longer"), dlt_schema=dlt_schema, **options)
        assert pumped.values("a") == ["longer"]
        return pumped.hints()["columns"]["a"].get("precision")

    assert [precision(length, lengths="trust") for length in (5, 0, True, "5")] == [5, None, None, None]
    assert precision(5) is None
    stored = Schema("test")
    stored.update_table({"name": "s", "columns": {"a": {"name": "a", "data_type": "text", "precision": 5}}})
    assert precision(9, stored, lengths="trust") == 9


def test_properties_that_the_schema_has_not_can_be_dropped() -> None:
    pumped = pump(schema(), record(1, more=5), record(2, more=6), extra="drop")
    assert pumped.types() == {"id": "bigint"}
    assert pumped.counts == {"properties that the SCHEMA has not, dropped: s.more": 1}


def test_a_schema_without_properties_takes_columns_from_the_records() -> None:
    empty = line("SCHEMA", stream="s", schema={"type": "object"}, key_properties=["id"])
    pumped = pump(empty, record(1, a="x"), record(2, b={"c": 1}))
    assert pumped.types() == {"id": "bigint", "a": "text", "b": "json"}
    assert pumped.hints()["primary_key"] == ["id"]


def test_a_schema_without_properties_can_be_refused() -> None:
    with pytest.raises(InvalidSchema, match="schemaless"):
        pump(line("SCHEMA", stream="s", schema={}, key_properties=[]), schemaless="raise")


@pytest.mark.parametrize("keys", [{"keys": "ignore"}, {}])
def test_a_key_that_the_schema_has_not_is_an_error_unless_it_is_to_be_ignored(keys: dict[str, Any]) -> None:
    sent = (schema(keys=["geo"]), record(1))
    if not keys:
        with pytest.raises(MissingKey, match=r"geo.*primary_key"):
            pump(*sent)
        return
    assert pump(*sent, **keys).hints()["write_disposition"] == "append"


def test_a_schema_with_a_key_to_ignore_may_come_again() -> None:
    pumped = pump(schema(keys=["geo"]), record(1), schema(keys=["geo"]), record(2), keys="ignore")
    assert len(pumped.batches) == 1


def test_a_key_that_neither_schema_nor_records_have_is_an_error() -> None:
    empty = line("SCHEMA", stream="s", schema={"type": "object"}, key_properties=["key"])
    with pytest.raises(MissingKey, match=r"'s', line 2.*'key'"):
        pump(empty, record(1))


@pytest.mark.parametrize("broken", [record(None), line("RECORD", stream="s", record={}), record("x")])
def test_a_record_without_its_key_is_an_error_with_its_line(broken: bytes) -> None:
    with pytest.raises(MissingKey, match="line 4"):
        pump(schema(), record(1), record(2), broken, record(4))


def test_keys_can_be_given() -> None:
    pumped = pump(schema(properties={"a": "string"}, keys=[]), record(1, a="x"), primary_key={"s": ["a"]})
    assert (pumped.hints()["primary_key"], pumped.hints()["write_disposition"]) == (["a"], "merge")


def test_names_that_collide_are_an_error_before_a_row_is_made() -> None:
    with pytest.raises(NameCollision, match=r"'City Name'.*'city_name'"):
        pump(schema(properties={"City Name": "string", "city_name": "string"}), record(1))


def test_names_that_collide_can_get_a_number() -> None:
    described = {"City Name": "string", "city_name": "string", "cityName": "string"}
    pumped = pump(
        schema(properties=described),
        record(**{"City Name": "a", "city_name": "b", "cityName": "c"}),
        collisions="suffix",
    )
    row = pumped.rows()[0]
    assert [row["city_name"], row["city_name_2"], row["city_name_3"]] == ["a", "b", "c"]


def test_names_of_dlt_and_of_columns_for_unfit_values_are_taken() -> None:
    with pytest.raises(NameCollision, match="dlt's own"):
        pump(schema(properties={"_dlt_id": "string"}), record(1))
    described = {"_dlt_id": "string", "n": "integer", "n__v_text": "string", "": "string"}
    sent = record(**{"_dlt_id": "x", "n": "five", "n__v_text": "y", "": "z"})
    (row,) = pump(schema(properties=described), sent, collisions="suffix").rows()
    named = [row[name] for name in ("_dlt_id_2", "n__v_text", "n__v_text_2", "unnamed")]
    assert named == ["x", "y", "five", "z"]


def test_columns_that_merges_and_activations_go_by_are_ours_whatever_a_tap_sends() -> None:
    described = schema(properties={"_sdc_sequence": "integer", "_sdc_table_version": "integer"})
    sent = [record(1, version=7, _sdc_sequence=n, _sdc_table_version=3) for n in (2, 1)]
    pumped = pump(described, *sent)
    first, second = pumped.rows()
    assert first["_sdc_sequence"] < second["_sdc_sequence"]
    assert (second["_sdc_table_version"], second["_sdc_table_version_2"]) == (7, 3)
    assert pumped.values("_sdc_sequence_2") == [2, 1]


def test_a_key_whose_name_was_taken_is_still_the_key() -> None:
    described = schema(
        properties={"Key": "string", "key": "string"}, keys=["key"], bookmark_properties=["key"]
    )
    hints = pump(described, record(Key="a", key="b"), collisions="suffix").hints()
    assert hints["primary_key"] == ["key_2"]
    assert hints["columns"]["key_2"]["x-singer-bookmark"] is True


def test_streams_whose_tables_collide_are_an_error() -> None:
    with pytest.raises(NameCollision, match=r"'a-b'.*'a_b'"):
        pump(schema("a-b"), schema("a_b"))


def test_a_schema_that_comes_again_changes_nothing() -> None:
    pumped = pump(schema(), record(1), schema(), record(2))
    assert len(pumped.batches) == 1


def test_a_schema_that_changes_cuts_the_batch_and_keeps_the_types_of_columns() -> None:
    first = {"a": "integer", "gone": "string"}
    second = {"a": "string", "new": "day"}
    pumped = pump(
        schema(properties=first),
        record(1, a=1, gone="x"),
        schema(properties=second),
        record(2, a="2", new="2024-01-01"),
        record(3, a="three"),
    )
    assert pumped.values("a") == [1, 2, None]
    assert pumped.values("a__v_text") == [None, None, "three"]
    assert pumped.values("new") == [None, dt.date(2024, 1, 1), None]
    assert "gone" not in pumped.rows()[1]


def test_a_stored_column_keeps_its_type_in_later_runs() -> None:
    from dlt.common.schema import Schema

    stored = Schema("test")
    stored.update_table(
        {
            "name": "s",
            "columns": {"a": {"name": "a", "data_type": "bigint"}, "d": {"name": "d", "data_type": "text"}},
        }
    )
    pumped = pump(
        schema(properties={"a": "string", "d": "moment"}),
        record(a="7", d="2024-01-01T00:00:00Z"),
        dlt_schema=stored,
    )
    assert (pumped.values("a"), pumped.values("d")) == ([7], ["2024-01-01T00:00:00Z"])
