"""What Singer streams do to tables, on a destination that is not ours."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from dlt.pipeline.exceptions import PipelineStepFailed
from singer_lines import activate, line, raw_record, record, schema, state

from dlt_oracle.singer import run, singer_source, singer_state
from dlt_oracle.singer.errors import SingerConfigurationError, TapFailed, TruncatedLine
from dlt_oracle.singer.feed import FileFeed
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.pump import Pump
from dlt_oracle.singer.resources import package_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FULL = {"methods": {"s": "FULL_TABLE"}}
A = {"a": "string"}


def test_the_last_of_several_records_with_a_key_wins_and_deletes_count(loads: Any) -> None:
    sent = [record(key, a=f"{key}.{version}") for version in range(3) for key in (1, 2, 3)]
    gone = record(2, _sdc_deleted_at="2024-01-01T00:00:00Z")
    loads.load(schema(properties=A), *sent, gone, state({"bookmarks": {"s": 1}}), batch_rows=4)
    assert loads.rows("id, a") == [(1, "1.2"), (3, "3.2")]
    # Deleted and there again; deleted without ever having been there; deleted now.
    again = [gone, record(2, a="again"), record(9, _sdc_deleted_at="2024-01-01T00:00:00Z")]
    loads.load(schema(properties=A), *again, record(3, _sdc_deleted_at="2024-01-01T00:00:00Z"))
    assert loads.rows("id, a") == [(1, "1.2"), (2, "again")]
    assert singer_state(loads.pipeline, "tap").value == {"bookmarks": {"s": 1}}


def test_with_soft_deletes_rows_stay_and_say_when(loads: Any) -> None:
    loads.load(schema(), record(1, _sdc_deleted_at="2024-01-01T00:00:00Z"), hard_delete=False)
    assert loads.rows("id, _sdc_deleted_at IS NULL") == [(1, False)]


def test_a_replaced_table_is_emptied_by_a_good_run_alone(loads: Any) -> None:
    """Of a stream with a resource of its own, ``s``, and of one that comes with others, ``t``."""
    both = {"methods": {"s": "FULL_TABLE", "t": "FULL_TABLE"}, "streams": ("s",)}

    def load(*lines: bytes) -> list[list[tuple[Any, ...]]]:
        run(loads.pipeline, singer_source.from_file(lines, "tap", **both))
        return [loads.rows("id", table) for table in ("s", "t")]

    described = (schema(), schema("t"))
    assert load(*described, record(1), record(2), record(1, "t")) == [[(1,), (2,)], [(1,)]]
    # A tap that prints nothing has said nothing about the tables.
    assert load() == [[(1,), (2,)], [(1,)]]
    assert load(*described, record(3)) == [[(3,)], []]
    assert load(*described) == [[], []]


def test_a_tap_that_dies_commits_nothing(loads: Any, tmp_path: Path) -> None:
    loads.load(schema(), record(1), state({"bookmarks": 1}), **FULL)
    died = tmp_path / "died.singer"
    died.write_bytes(b"\n".join([schema(), record(2), state({"bookmarks": 2}), record(3)[:-9]]))
    with pytest.raises(PipelineStepFailed) as caught:
        run(loads.pipeline, singer_source.from_file(died, "tap", **FULL))
    assert isinstance(caught.value.__cause__.__cause__, TruncatedLine)
    assert loads.rows("id") == [(1,)]
    assert singer_state(loads.pipeline, "tap").value == {"bookmarks": 1}


def test_with_checkpoints_a_tap_that_dies_commits_what_its_last_state_covers_and_no_more(
    loads: Any, tmp_path: Path
) -> None:
    died = tmp_path / "died.singer"
    whole = [schema(), record(1, version=1), activate(1), state({"bookmarks": 2}), record(2)]
    died.write_bytes(b"\n".join([*whole, record(3)[:-9]]))
    source = singer_source.from_file(died, "tap", on_error="checkpoint")
    with pytest.raises(TapFailed, match=r"died.singer ends within a line.*run again") as caught:
        run(loads.pipeline, source)
    assert caught.value.committed_state == '{"bookmarks": 2}'
    assert loads.rows("id") == [(1,)]
    loads.load(schema(), record(2, version=1), record(3, version=1), on_error="checkpoint")
    assert loads.rows("id") == [(1,), (2,), (3,)]


def test_a_tap_that_dies_is_logged_as_an_error_where_nothing_raises_it(
    loads: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("dlt"), "handlers", [caplog.handler])
    died = tmp_path / "died.singer"
    died.write_bytes(b"\n".join([schema(), record(1), state({"bookmarks": 1}), record(2)[:-9]]))
    loads.pipeline.run(singer_source.from_file(died, "tap", on_error="checkpoint"))
    (told,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert "died.singer ends within a line" in told.getMessage()


def test_earlier_versions_go_when_a_version_is_activated(loads: Any) -> None:
    full = [schema(), activate(1), *(record(n, version=1) for n in (1, 2, 3)), activate(1)]
    loads.load(*full)
    # Another way has brought a row without a version, and an append-only stream has no keys.
    loads.load(schema(), record(9))
    loads.load(schema("t", keys=[]), record(1, "t", version=1), record(1, "t", version=1), activate(1, "t"))
    loads.load(schema(), activate(2), record(2, version=2), activate(2))
    loads.load(schema("t", keys=[]), activate(2, "t"), record(7, "t", version=2))
    assert loads.rows("id, _sdc_table_version") == [(2, 2)]
    assert loads.rows("id", "t") == [(7,)]


def test_earlier_versions_are_marked_whatever_metadata_is_wanted(loads: Any, tmp_path: Path) -> None:
    marks: dict[str, Any] = {"metadata": False, "hard_delete": False, "versions": "mark"}
    loads.load(schema(), activate(1), record(1), record(2), activate(1), **marks)
    loads.load(schema(), activate(2), _batch(tmp_path, 2, 3), activate(2), **marks)
    assert loads.rows("id, _sdc_deleted_at IS NULL") == [(1, False), (2, True), (3, True)]


def test_the_last_record_wins_in_a_stream_that_has_a_sequence_of_its_own(loads: Any) -> None:
    described = schema(properties={"_sdc_sequence": "integer"})
    loads.load(described, record(1, _sdc_sequence=2), record(1, _sdc_sequence=1))
    assert loads.rows("_sdc_sequence_2") == [(1,)]


def _batch(directory: Path, *ids: int, stream: str = "s") -> bytes:
    """Write a BATCH of a file with these ids."""
    file = directory / "batch.jsonl"
    file.write_text("\n".join(f'{{"id": {id_}}}' for id_ in ids), encoding="utf-8")
    return line("BATCH", stream=stream, encoding={"format": "jsonl"}, manifest=[file.as_uri()])


@pytest.mark.parametrize("order", ["said before", "said before and behind", "said by a record before"])
@pytest.mark.parametrize("sent", ["records", "files"])
def test_rows_that_say_no_version_are_of_the_one_said_last(
    order: str, sent: str, loads: Any, tmp_path: Path
) -> None:
    loads.load(schema(), record(1, version=1), record(2, version=1), activate(1))
    rows = [record(2), record(3)] if sent == "records" else [_batch(tmp_path, 2, 3)]
    first = record(2, version=2) if order == "said by a record before" else activate(2)
    last = [] if order == "said before" else [activate(2)]
    loads.load(schema(), first, *rows, *last)
    assert loads.rows("id, _sdc_table_version") == [(2, 2), (3, 2)]


@pytest.mark.parametrize("sent", ["records", "files"])
def test_a_version_said_behind_rows_without_one_deletes_nothing(
    sent: str, loads: Any, tmp_path: Path
) -> None:
    loads.load(schema(), record(1, version=1), activate(1))
    rows = [record(2), record(3)] if sent == "records" else [_batch(tmp_path, 2, 3)]
    loads.load(schema(), *rows, activate(2), state({"a": 1}))
    assert loads.rows("id") == [(1,), (2,), (3,)]


def test_rows_without_a_version_replace_a_full_table_whatever_version_is_said_behind_them(loads: Any) -> None:
    loads.load(schema(), record(1), record(2), **FULL)
    loads.load(schema(), record(2), record(3), activate(2), **FULL)
    assert loads.rows("id") == [(2,), (3,)]


def test_rows_of_a_later_version_outlive_an_earlier_activation(loads: Any) -> None:
    loads.load(schema(), record(1, version=5), record(2, version=4), activate(4))
    assert loads.rows("id") == [(1,), (2,)]


def test_an_activation_that_a_crash_kept_from_running_is_made_up_for(
    loads: Any, another: Callable[[], Any]
) -> None:
    loads.load(schema(), record(1, version=1))
    lines = (schema(), record(2, version=2), activate(2))
    loads.pipeline.run(singer_source.from_file(lines, "tap"))  # as if it had died before the DELETE
    assert loads.rows("id") == [(1,), (2,)]
    elsewhere = another()
    elsewhere.pipeline.sync_destination()
    elsewhere.load(schema(), record(3, version=2))
    assert loads.rows("id") == [(2,), (3,)]


def test_an_activation_that_has_run_is_not_run_again_elsewhere(
    loads: Any, another: Callable[[], Any]
) -> None:
    loads.load(schema(), record(1, version=1), activate(1))
    loads.ask("UPDATE s SET _sdc_table_version = 0")
    another().load(schema(), record(2, version=1))
    assert loads.rows("id") == [(1,), (2,)]


def test_rows_below_those_of_earlier_versions_go_too(loads: Any) -> None:
    described = schema(properties={"o": "object"}, keys=[])
    tables = {"nested": "tables"}
    loads.load(described, record(1, o={"l": [1, 2]}, version=1), activate(1), **tables)
    loads.load(described, record(2, o={"l": [3]}, version=2), activate(2), **tables)
    assert loads.rows("id") == [(2,)]
    assert loads.rows("value", "s__o__l") == [(3,)]


def test_nested_values_are_json_or_tables_by_choice(loads: Any) -> None:
    described = schema(properties={"o": "object"})
    loads.load(described, record(1, o={"city": "X", "tags": ["a", "b"]}))
    assert json.loads(loads.rows("o")[0][0]) == {"city": "X", "tags": ["a", "b"]}
    tables = schema("t", properties={"o": "object"})
    loads.load(tables, record(1, "t", o={"city": "X", "tags": ["a", "b"]}), nested="tables")
    assert loads.rows("o__city", "t") == [("X",)]
    assert loads.rows("value", "t__o__tags") == [("a",), ("b",)]


def test_a_run_of_state_alone_is_committed(loads: Any, another: Callable[[], Any]) -> None:
    text = '{"bookmarks": {"s": 123456789012345678901234567890}}'
    loads.load(schema(), record(1))
    loads.load(b'{"type": "STATE", "value": ' + text.encode() + b"}")
    elsewhere = another()
    elsewhere.pipeline.sync_destination()
    assert singer_state(elsewhere.pipeline, "tap").text == text


def test_the_state_can_be_read_set_and_reset(loads: Any) -> None:
    known = singer_state(loads.pipeline, "tap")
    assert known.text is None
    loads.load(schema(), record(1), state({"bookmarks": {"s": 1, "t": 2}}))
    known.reset("s")
    assert known.value == {"bookmarks": {"t": 2}}
    with pytest.raises(SingerConfigurationError, match="It has: t"):
        known.reset("s")
    known.set({"bookmarks": {"u": 3}})
    assert known.text == '{"bookmarks": {"u": 3}}'
    with pytest.raises(SingerConfigurationError, match="no JSON"):
        known.set("{")
    known.reset()
    assert known.text is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("[1, 2]", "the STATE is no JSON object"),
        (5, "the STATE is no JSON object"),
        (None, "use reset"),
        ('{"singer_state": {"bookmarks": {}}}', "Meltano's document .* under 'singer_state'"),
    ],
)
def test_a_state_that_no_tap_has_written_is_refused(loads: Any, given: Any, message: str) -> None:
    known = singer_state(loads.pipeline, "tap")
    with pytest.raises(SingerConfigurationError, match=message):
        known.set(given)
    assert known.text is None


def test_streams_can_be_selected_and_the_state_is_kept_only_if_nothing_was_dropped(loads: Any) -> None:
    both = [schema(), schema("t"), record(1), record(2, "t"), state({"bookmarks": {"s": 1}})]
    source = singer_source.from_file(both, "tap", streams=["s", "t"])
    run(loads.pipeline, source.with_resources("t"))
    assert loads.rows("id", "t") == [(2,)]
    assert "s" not in loads.pipeline.default_schema.tables
    assert singer_state(loads.pipeline, "tap").text is None
    run(loads.pipeline, singer_source.from_file(both, "tap", streams=["s", "t"]))
    assert singer_state(loads.pipeline, "tap").value == {"bookmarks": {"s": 1}}


def test_a_limited_resource_keeps_the_state_and_earlier_versions(loads: Any) -> None:
    loads.load(schema(), record(0, version=1), resources=("s",))
    sent = [schema(), *(record(n, version=2) for n in range(1, 9)), activate(2), state({"bookmarks": 9})]
    source = singer_source.from_file(sent, "tap", streams=["s"], batch_rows=2)
    source.resources["s"].add_limit(1)
    run(loads.pipeline, source)
    assert loads.rows("id") == [(0,), (1,), (2,)]
    assert singer_state(loads.pipeline, "tap").text is None


def test_streams_that_take_turns_come_whole_and_in_order(loads: Any) -> None:
    names = ["s", "t", "u", "other"]
    sent = [record(n, name) for n in range(40) for name in names]
    lines = [*(schema(name) for name in names), *sent]
    run(loads.pipeline, singer_source.from_file(lines, "tap", streams=names[:3], batch_rows=3))
    assert [loads.rows("count(*)", name) for name in names] == [[(40,)]] * 4


def test_steps_that_people_add_to_a_resource_see_arrow_tables(loads: Any) -> None:
    source = singer_source.from_file([schema(properties=A), record(1, a="x")], "tap", streams=["s"])
    source.resources["s"].add_map(lambda table: table.drop_columns(["a"]))
    run(loads.pipeline, source)
    assert loads.rows("id, a") == [(1, None)]


def test_a_value_that_does_not_fit_can_be_found_in_the_database_and_in_the_trace(loads: Any) -> None:
    loads.load(schema(properties={"n": "integer"}), record(1, n=5), record(2, n="five"))
    assert loads.rows("id, n, n__v_text") == [(1, 5, None), (2, None, "five")]
    (steps,) = [step for step in loads.pipeline.last_trace.steps if step.step == "extract"]
    (metrics,) = next(iter(steps.step_info.metrics.values()))[:1]
    counted = metrics["resource_metrics"]["other_streams"].custom_metrics
    assert counted == {"values that do not fit, kept as text: s.n": 1}


def test_columns_come_and_go_between_runs_without_a_loss(loads: Any) -> None:
    loads.load(schema(properties={"a": "integer", "gone": "string"}), record(1, a=1, gone="x"))
    loads.load(
        schema(properties={"a": "string", "new": "day"}), record(2, a="2", new="2024-01-01"), record(3, a="x")
    )
    assert loads.rows("id, a, a__v_text, gone, new IS NULL") == [
        (1, 1, None, "x", True),
        (2, 2, None, None, False),
        (3, None, "x", None, True),
    ]


def test_numbers_that_doubles_cannot_hold_are_kept_beside(loads: Any) -> None:
    loads.load(schema(properties={"d": "number"}), raw_record('"d": 1e400'), numbers="auto")
    assert loads.rows("d, d__v_text") == [(None, "1E+400")]


def test_packages_of_one_pump_go_on_where_the_one_before_ended(loads: Any, tmp_path: Path) -> None:
    pump = Pump(Options(open_ended=True))
    parts = [
        [schema(), record(1), state({"a": 1})],
        [record(1), record(2), state({"a": 2}), line("STATE", value={})],
    ]
    states = []
    for number, part in enumerate(parts):
        file = tmp_path / f"{number}.singer"
        file.write_bytes(b"\n".join(part))
        pump.attach(FileFeed(file))
        run(loads.pipeline, package_source("tap", pump))
        states.append(pump.state)
    assert states == ['{"a": 1}', '{"a": 2}']
    assert loads.rows("id") == [(1,), (2,)]


def test_a_contract_on_types_refuses_values_that_do_not_fit(loads: Any) -> None:
    described = schema(properties={"n": "integer"})
    strict: dict[str, Any] = {"schema_contract": {"data_type": "freeze"}}
    run(loads.pipeline, singer_source.from_file([described, record(1, n=5)], "tap"), **strict)
    with pytest.raises(PipelineStepFailed, match="n__v_text"):
        run(loads.pipeline, singer_source.from_file([described, record(2, n="five")], "tap"), **strict)
    assert loads.rows("id, n") == [(1, 5)]


@pytest.mark.parametrize("added", ["ADD_DLT_ID", "ADD_DLT_LOAD_ID"])
def test_columns_that_dlt_is_configured_to_add_are_left_to_it(
    added: str, loads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NORMALIZE__PARQUET_NORMALIZER__{added}", "true")
    loads.load(schema(), record(1), record(2))
    assert loads.rows("count(DISTINCT _dlt_id), count(DISTINCT _dlt_load_id)") == [(2, 1)]


def test_the_items_of_a_source_can_be_looked_at_without_loading_them() -> None:
    source = singer_source.from_file([schema(), record(1), record(2)], "tap")
    for _ in range(2):
        (table,) = list(source)
        assert table.column("id").to_pylist() == [1, 2]
