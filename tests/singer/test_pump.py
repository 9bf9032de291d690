"""Lines in, batches out: what the pump makes of what taps send."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from singer_lines import activate, line, pump, raw_record, record, schema, state

from dlt_oracle.singer.errors import (
    InvalidSchema,
    MalformedLine,
    MissingKey,
    NameCollision,
    RecordBeforeSchema,
    SingerConfigurationError,
    TapFailed,
    UnfitValue,
)
from dlt_oracle.singer.feed import FileFeed, LinesFeed
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.pump import Pump

STREAMS = Path(__file__).parent / "streams"
UTC = dt.timezone.utc
ODD = {
    "n": "integer",
    "d": "number",
    "c": "cents",
    "s": "string",
    "b": "boolean",
    "m": "moment",
    "y": "day",
    "t": "clock",
    "o": "object",
}


def test_records_become_typed_rows_in_order() -> None:
    values = {
        "n": 2**63 - 1,
        "d": 1.5,
        "c": 12.34,
        "s": "text",
        "b": True,
        "m": "2024-01-01T12:00:00+02:00",
        "y": "2024-01-01",
        "t": "12:34:56.5",
        "o": {"a": [1]},
    }
    pumped = pump(schema(properties=ODD), record(1, **values), record(2), oracle=False)
    first, second = pumped.rows()
    expected = values | {
        "c": Decimal("12.34"),
        "m": dt.datetime(2024, 1, 1, 10, tzinfo=UTC),
        "y": dt.date(2024, 1, 1),
        "t": dt.time(12, 34, 56, 500000),
        "o": '{"a": [1]}',
    }
    assert {name: first[name] for name in values} == expected
    assert {second[name] for name in values} == {None}
    assert pumped.types() == {
        "id": "bigint",
        "n": "bigint",
        "d": "double",
        "c": "decimal",
        "s": "text",
        "b": "bool",
        "m": "timestamp",
        "y": "date",
        "t": "time",
        "o": "json",
    }
    assert pumped.counts == {}


def test_numbers_of_any_scale_are_exact_on_oracle() -> None:
    digits = "12345678901234567890123456789.123456789"
    pumped = pump(
        schema(properties={"d": "number"}), raw_record(f'"d": {digits}'), record(2, d=1e-7), oracle=True
    )
    assert pumped.values("d") == [digits, "1E-7"]
    assert pumped.hints()["columns"]["d"]["x-oracle-type"] == "NUMBER"


def test_forty_digit_integers_go_where_the_schema_allows_them() -> None:
    big = {"type": "integer", "maximum": 10**40}
    sent = [
        schema(properties={"n": big, "m": {"type": "integer", "maximum": 10**20}}),
        record(n=10**39, m=10**19),
    ]
    pumped = pump(*sent, oracle=True)
    assert (pumped.rows()[0]["n"], pumped.rows()[0]["m"]) == (str(10**39), Decimal(10**19))
    assert pumped.types() == {"id": "bigint", "n": "wei", "m": "decimal"}
    assert pump(*sent).types()["n"] == "text"


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ('"n": 1234567890123456789012345678901234567890', "1234567890123456789012345678901234567890"),
        ('"n": 1.5', "1.5"),
        ('"n": "many"', "many"),
        ('"n": {"a": 1.10}', '{"a":1.10}'),
        ('"n": NaN', "NaN"),
        ('"d": 1e400', "1E+400"),
        ('"c": 1.005', "1.005"),
        ('"c": -Infinity', "-Infinity"),
        ('"b": "perhaps"', "perhaps"),
        ('"m": "soon"', "soon"),
        ('"y": "2024-01-01T12:00:00Z"', "2024-01-01T12:00:00Z"),
        ('"t": "25:00"', "25:00"),
    ],
)
def test_a_value_that_does_not_fit_is_kept_beside_its_column_and_counted(member: str, text: str) -> None:
    name = member[1]
    pumped = pump(schema(properties=ODD), record(0), raw_record(member), record(2))
    assert pumped.values(name) == [None, None, None]
    assert pumped.values(f"{name}__v_text") == [None, text, None]
    assert pumped.values("id") == [0, 1, 2]
    assert pumped.counts == {f"values that do not fit, kept as text: s.{name}": 1}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ('"n": "5"', 5),
        ('"n": 5.0', 5),
        ('"b": 1', True),
        ('"s": 1.50', "1.50"),
        ('"d": "1.5"', 1.5),
        ('"m": "2024-01-01 00:00"', dt.datetime(2024, 1, 1, tzinfo=UTC)),
        ('"y": "2024-01-01T00:00:00"', dt.date(2024, 1, 1)),
        ('"t": "7:05"', dt.time(7, 5)),
        ('"o": "text"', '"text"'),
        (r'"s": "\ud800x"', "�x"),
        ('"s": "a", "s": "b"', "b"),
        ('"o": {"a": NaN}', '{"a":null}'),
    ],
)
def test_what_can_be_read_without_a_loss_is(member: str, value: Any) -> None:
    name = member[1]
    pumped = pump(schema(properties=ODD), raw_record(member), record(2))
    assert pumped.values(name) == [value, None]
    assert f"{name}__v_text" not in pumped.rows()[0]


def test_nan_and_infinity_stay_in_columns_of_double_precision() -> None:
    pumped = pump(schema(properties=ODD), raw_record('"d": NaN'), raw_record('"d": Infinity'))
    first, second = pumped.values("d")
    assert math.isnan(first)
    assert second == math.inf


def test_bytes_that_are_no_text_are_replaced_and_counted() -> None:
    broken = record(s="é", unknown=1).replace(b"\\u00e9", b"\xe9")
    pumped = pump(schema(properties=ODD), broken)
    assert pumped.values("s") == ["�"]
    assert pumped.counts == {"invalid UTF-8, replaced by U+FFFD": 1}


def test_bytes_are_decoded_from_what_the_schema_says() -> None:
    described = {
        "h": {"type": "string", "format": "binary"},
        "b": {"type": "string", "contentEncoding": "base64"},
    }
    pumped = pump(schema(properties=described), record(h="00ff", b="AP8="), record(h="zz", b=None))
    assert pumped.values("h") == [b"\x00\xff", None]
    assert pumped.values("b") == [b"\x00\xff", None]
    assert pumped.values("h__v_text") == [None, "zz"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("null", [None, None, None]),
        (
            "clamp",
            [
                None,
                dt.datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
                dt.datetime(1, 1, 1, tzinfo=UTC),
            ],
        ),
        ("text", [None, None, None]),
    ],
)
def test_dates_out_of_range_follow_the_policy(dates: str, expected: list[Any]) -> None:
    odd = ["0000-00-00 00:00:00", "10000-01-01T00:00:00Z", "0044-03-15 BC"]
    pumped = pump(schema(properties=ODD), *(record(n, m=text) for n, text in enumerate(odd)), dates=dates)
    assert pumped.values("m") == expected
    assert pumped.values("m__v_text") == (odd if dates == "text" else [None] * 3)
    assert sum(pumped.counts.values()) == 3


def test_dates_out_of_range_can_be_an_error() -> None:
    with pytest.raises(UnfitValue, match="'m'"):
        pump(schema(properties=ODD), record(m="0000-00-00"), dates="error")


def test_an_offset_is_no_way_out_of_the_calendar() -> None:
    pumped = pump(
        schema(properties=ODD), record(m="9999-12-31T23:59:59-01:00"), record(2, m="0000-01-01T00:00:00Z")
    )
    assert pumped.values("m") == [None, None]


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


def test_fractions_that_microseconds_do_not_hold_are_cut_off_and_counted() -> None:
    sent = record(1, m="2024-01-01T00:00:00.1234567Z", t="00:00:00.0000001")
    pumped = pump(schema(properties=ODD), sent, record(2, m="2024-01-01T00:00:00.123456000Z"))
    moment = dt.datetime(2024, 1, 1, 0, 0, 0, 123456, UTC)
    assert (pumped.values("m"), pumped.values("t")) == ([moment, moment], [dt.time(), None])
    assert set(pumped.counts.values()) == {1}
    assert {event[-5:] for event in pumped.counts} == {": s.m", ": s.t"}


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


def test_lines_that_are_no_messages_are_skipped_and_counted() -> None:
    pumped = pump(b"Starting...", schema(), b"", b'{"level": "info"}', record(1))
    assert pumped.values("id") == [1]
    assert pumped.counts == {"lines that are no messages, skipped": 2}


def test_lines_that_are_no_messages_can_be_an_error() -> None:
    with pytest.raises(MalformedLine, match="Starting"):
        pump(b"Starting...", noise="error")


def test_types_of_messages_may_be_written_small_and_unknown_ones_are_skipped() -> None:
    small = [
        one.replace(b'"SCHEMA"', b'"Schema"').replace(b'"RECORD"', b'"record"')
        for one in (schema(), record(1))
    ]
    pumped = pump(*small, line("HEARTBEAT", at=1), line("HEARTBEAT", at=2))
    assert pumped.values("id") == [1]
    assert pumped.counts == {"messages of unknown type, skipped: HEARTBEAT": 2}


@pytest.mark.parametrize(
    "first", [record(1), activate(5), line("BATCH", stream="s", encoding={"format": "jsonl"}, manifest=[])]
)
def test_nothing_is_loaded_of_a_stream_without_schema(first: bytes) -> None:
    with pytest.raises(RecordBeforeSchema, match="'s', line 1"):
        pump(first)


@pytest.mark.parametrize("broken", [line("RECORD", record={"id": 1}), line("RECORD", stream="s", record=[1])])
def test_a_record_of_no_stream_or_no_object_is_an_error(broken: bytes) -> None:
    with pytest.raises(MalformedLine):
        pump(schema(), broken)


def test_the_sequence_orders_the_records_of_a_stream_whatever_batch_they_are_in() -> None:
    sent = [record(n, stream) for n in range(6) for stream in ("s", "t")]
    pumped = pump(schema(), schema("t"), *sent, batch_rows=4)
    assert len(pumped.batches) == 4
    assert [row["_sdc_sequence"] for row in pumped.rows()] == sorted(
        row["_sdc_sequence"] for row in pumped.rows()
    )
    assert len({row["_sdc_sequence"] for stream in ("s", "t") for row in pumped.rows(stream)}) == 12


def test_a_batch_is_cut_by_bytes_of_all_streams_together() -> None:
    sent = [record(n, stream, a="x" * 1000) for n in range(50) for stream in ("s", "t")]
    pumped = pump(schema(), schema("t"), *sent, batch_bytes=20_000)
    assert len(pumped.batches) > 4
    assert max(batch.rows for batch in pumped.batches) < 20
    assert pumped.values("id") == list(range(50))


def test_time_and_version_of_records_are_kept() -> None:
    sent = line("RECORD", stream="s", record={"id": 1}, version=7, time_extracted="2024-01-01T00:00:00.5Z")
    (row,) = pump(schema(), sent).rows()
    assert row["_sdc_extracted_at"] == dt.datetime(2024, 1, 1, 0, 0, 0, 500000, UTC)
    assert row["_sdc_table_version"] == 7


def test_without_metadata_only_what_a_merge_needs_is_added() -> None:
    names = set(pump(schema(), record(1), metadata=False).rows()[0])
    assert names == {"id", "_sdc_sequence", "_dlt_id", "_dlt_load_id"}
    names = set(pump(schema(keys=[]), record(1), metadata=False).rows()[0])
    assert names == {"id", "_dlt_id", "_dlt_load_id"}


def test_deleted_at_deletes_in_a_merge_only() -> None:
    hints = pump(schema(), record(1, _sdc_deleted_at="2024-01-01T00:00:00Z")).hints()
    assert hints["columns"]["_sdc_deleted_at"]["hard_delete"] is True
    assert hints["columns"]["_sdc_sequence"]["dedup_sort"] == "desc"
    assert (
        "hard_delete"
        not in pump(schema(), record(1), hard_delete=False).hints()["columns"]["_sdc_deleted_at"]
    )
    assert "hard_delete" not in pump(schema(keys=[]), record(1)).hints()["columns"]["_sdc_deleted_at"]


def test_bookmark_properties_are_a_hint() -> None:
    hints = pump(schema(properties={"at": "moment"}, bookmark_properties=["at"]), record(1)).hints()
    assert hints["columns"]["at"]["x-singer-bookmark"] is True


@pytest.mark.parametrize(
    ("method", "keys", "version", "expected"),
    [
        ("INCREMENTAL", ["id"], None, "merge"),
        ("LOG_BASED", ["id"], None, "merge"),
        ("INCREMENTAL", [], None, "append"),
        ("FULL_TABLE", ["id"], None, "replace"),
        ("FULL_TABLE", [], None, "replace"),
        ("FULL_TABLE", ["id"], 1, "merge"),
        ("FULL_TABLE", [], 1, "append"),
        (None, ["id"], None, "merge"),
        (None, [], None, "append"),
    ],
)
def test_the_disposition_follows_the_replication_method(
    method: Any, keys: list[str], version: int | None, expected: str
) -> None:
    sent = (schema(keys=keys), record(1, version=version))
    assert pump(*sent, methods={"s": method} if method else {}).hints()["write_disposition"] == expected


def test_the_user_has_the_last_word_on_dispositions() -> None:
    sent = (schema(), record(1))
    assert pump(*sent, write_disposition="append").hints()["write_disposition"] == "append"
    assert pump(*sent, write_disposition={"s": "replace"}).hints()["write_disposition"] == "replace"
    with pytest.raises(MissingKey, match="primary_key"):
        pump(schema(keys=[]), record(1), write_disposition="merge")


def test_an_open_ended_run_replaces_in_its_first_package_alone_and_only_if_it_is_told_to() -> None:
    full = {"methods": {"s": "FULL_TABLE"}, "open_ended": True}
    assert pump(schema(), record(1), **full).hints()["write_disposition"] == "merge"
    first = pump(schema(), record(1), write_disposition="replace", **full)
    second = pump(record(2), of=first.pump)
    assert [one.hints()["write_disposition"] for one in (first, second)] == ["replace", "merge"]


def test_a_replaced_stream_without_records_is_empty_and_one_that_was_not_seen_is_not_touched() -> None:
    full = {"methods": {"s": "FULL_TABLE", "t": "FULL_TABLE"}}
    (batch,) = pump(schema(), **full).batches
    assert (batch.stream, batch.rows, batch.hints and batch.hints["write_disposition"]) == ("s", 0, "replace")


def test_the_last_state_is_kept_as_it_was_sent() -> None:
    text = b'{"bookmarks": {"s": {"id": 123456789012345678901234567890, "f": 1.10}}}'
    sent = b'{"type": "STATE", "value": ' + text + b"}"
    assert pump(schema(), state({"bookmarks": {"a": 1}}), sent).pump.state == text.decode()


@pytest.mark.parametrize("empty", [{}, None])
def test_an_empty_state_wipes_nothing(empty: Any) -> None:
    pumped = pump(state({"bookmarks": {"s": 1}}), state(empty))
    assert json.loads(pumped.pump.state or "") == {"bookmarks": {"s": 1}}


def test_what_is_discarded_is_counted_and_keeps_the_state_from_being_kept() -> None:
    made = Pump(Options())
    made.discard(lambda stream: stream == "t")
    pumped = pump(schema(), schema("t"), record(1), record(2, "t"), of=made)
    assert pumped.values("id", "t") == []
    assert pumped.pump.records_dropped
    assert pumped.counts == {"records of streams that are not selected, dropped: t": 1}


def test_a_version_said_before_its_records_is_activated_when_the_run_has_ended() -> None:
    sent = (schema(), activate(2), record(1, version=2))
    assert pump(*sent, open_ended=True).pump.activations == {}
    assert pump(*sent).pump.activations == {"s": 2}


def test_a_version_said_after_its_records_is_activated_even_before_the_end() -> None:
    sent = (schema(), activate(2), record(1, version=2), activate(2))
    assert pump(*sent, open_ended=True).pump.activations == {"s": 2}


def test_a_version_said_behind_records_of_another_has_its_own_to_come() -> None:
    sent = (schema(), record(1, version=1), activate(2))
    first = pump(*sent, open_ended=True)
    assert first.pump.activations == {}
    second = pump(record(1), activate(2), of=first.pump)
    assert (second.values("_sdc_table_version"), second.pump.activations) == ([2], {"s": 2})


def test_what_a_pump_knows_another_learns_with_the_version_that_was_said() -> None:
    first = pump(schema(), activate(2), record(1), open_ended=True).pump
    second = pump(*first.schemas, record(3), open_ended=True)
    assert (second.values("_sdc_table_version"), second.pump.activations) == ([2], {})


def test_a_version_without_effect_is_counted() -> None:
    pumped = pump(schema(), record(1), activate(2), record(2), activate(2))
    assert pumped.pump.activations == {}
    assert pumped.counts == {"versions not activated, for records before them had none: s": 2}


def test_an_activation_of_no_version_is_an_error() -> None:
    with pytest.raises(MalformedLine, match=r"'s', line 2.*without a version"):
        pump(schema(), line("ACTIVATE_VERSION", stream="s"))


def test_with_marks_a_versioned_table_has_a_place_for_them_whatever_metadata_is_wanted() -> None:
    marks: dict[str, Any] = {"metadata": False, "versions": "mark", "batch_rows": 1}
    pumped = pump(schema(), schema("t"), record(1, version=1), record(1, "t"), **marks)
    assert "_sdc_deleted_at" in pumped.rows()[0]
    assert "_sdc_deleted_at" not in pumped.rows("t")[0]


class _Dies:
    """A feed that fails behind its lines."""

    def __init__(self, *lines: bytes) -> None:
        self._lines = lines

    def __iter__(self) -> Any:
        return iter(self._lines)

    def finish(self) -> None:
        raise TapFailed("the tap exited with 1", 1)

    def stop(self) -> None:
        """Nothing to stop."""


def test_a_feed_that_fails_is_an_error() -> None:
    with pytest.raises(TapFailed):
        pump(feed=_Dies(schema(), record(1), state({"a": 1}), record(2)))


def test_with_checkpoints_a_feed_that_fails_ends_at_its_last_state() -> None:
    sent = _Dies(schema(), record(1), state({"a": 1}), record(2, s=str(state({"a": 2}))))
    pumped = pump(feed=sent, on_error="checkpoint")
    assert (pumped.values("id"), pumped.pump.state) == ([1], '{"a": 1}')
    assert isinstance(pumped.pump.failure, TapFailed)


def test_with_checkpoints_a_feed_that_fails_before_any_state_is_an_error() -> None:
    with pytest.raises(TapFailed):
        pump(feed=_Dies(schema(), record(1)), on_error="checkpoint")


def test_with_checkpoints_a_stream_that_was_not_finished_replaces_nothing() -> None:
    sent = (schema(), schema("t"), record(1), record(2, "t"), state({"a": 1}), record(3))
    options: dict[str, Any] = {"on_error": "checkpoint", "methods": {"s": "FULL_TABLE"}}
    failed = pump(feed=_Dies(*sent), **options)
    assert (failed.values("id"), failed.values("id", "t")) == ([], [2])
    whole = pump(*sent, **options)
    assert (whole.values("id"), whole.hints()["write_disposition"]) == ([1, 3], "replace")


def test_with_checkpoints_a_feed_that_ends_well_gives_everything() -> None:
    pumped = pump(schema(), record(1), state({"a": 1}), record(2), on_error="checkpoint")
    assert pumped.values("id") == [1, 2]


def test_what_a_pump_has_learned_outlives_a_feed() -> None:
    first = pump(schema(), record(1), state({"a": 1}), open_ended=True)
    second = pump(record(2), of=first.pump)
    assert second.values("id") == [2]
    assert second.rows()[0]["_sdc_sequence"] > first.rows()[0]["_sdc_sequence"]
    assert second.hints()["write_disposition"] == "merge"


def test_an_error_names_the_line_of_the_whole_run() -> None:
    first = pump(schema(), record(1), open_ended=True)
    with pytest.raises(MissingKey, match="line 4"):
        pump(record(2), record(None), of=first.pump)


def test_nested_values_can_stay_python_for_tables() -> None:
    digits = "0.12345678901234567890"
    nested = {"a": {"b": [1, {"c": 1.5}], "big": 2**70}, "d": 0}
    pumped = pump(
        schema(properties={"o": "object", "d": "day"}),
        record(o=nested, d="2024-01-01").replace(b'"d": 0', f'"d": {digits}'.encode()),
        nested="tables",
    )
    (row,) = pumped.rows()
    assert row["o"] == {"a": {"b": [1, {"c": 1.5}], "big": str(2**70)}, "d": digits}
    assert row["d"] == dt.date(2024, 1, 1)
    assert "o" not in pumped.hints()["columns"]


@pytest.mark.parametrize("recorded", sorted(STREAMS.glob("*tap_*.singer")), ids=lambda path: path.stem)
def test_what_real_taps_have_sent_is_read_whole(recorded: Path) -> None:
    lines = recorded.read_bytes().splitlines()
    sent = sum(json.loads(one)["type"] == "RECORD" for one in lines)
    last = [json.loads(one)["value"] for one in lines if json.loads(one)["type"] == "STATE"][-1]
    pumped = pump(feed=FileFeed(recorded))
    assert sum(batch.rows for batch in pumped.batches) == sent
    assert json.loads(pumped.pump.state or "") == last
    assert not [event for event in pumped.counts if "fit" in event or "range" in event]


def test_all_problems_of_options_are_told_at_once() -> None:
    with pytest.raises(SingerConfigurationError, match=r"(?s)nested=.*dates=.*batch_rows=0"):
        Options(nested="rows", dates="never", batch_rows=0)  # type: ignore[arg-type]


def test_a_second_feed_has_to_wait_for_the_first() -> None:
    made = Pump(Options())
    made.attach(LinesFeed([record(1)]))
    with pytest.raises(RuntimeError):
        made.attach(LinesFeed([]))
