"""Lines in, batches out: messages, dispositions, STATE, versions, and feeds that fail."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from singer_lines import BlocksFeed, FailingFeed, activate, line, pump, record, schema, state

from dlt_oracle.singer.blocks import Block
from dlt_oracle.singer.errors import (
    MalformedLine,
    MissingKey,
    RecordBeforeSchema,
    SingerConfigurationError,
    TapFailed,
)
from dlt_oracle.singer.feed import FileFeed, LinesFeed
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.pump import Pump
from dlt_oracle.singer.spool import CheckpointFeed
from dlt_oracle.singer.tap.second_try import SecondTryFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dlt_oracle.singer.feed import Feed

STREAMS = Path(__file__).parent / "streams"
UTC = dt.timezone.utc


def never() -> Any:
    """Stand for what must not be called."""
    raise AssertionError


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


def test_records_that_were_read_at_once_are_not_lost_when_columns_come_to_their_stream() -> None:
    properties = {"a": "number", "o": "object", "m": "moment"}
    moment = "2024-01-01T00:00:00+00:00"
    plain = [record(number, a=0.5, o={"n": 1.10}, m=moment) for number in range(8)]
    more = [record(8, b="new"), record(9, version=3)]
    sent = [schema(properties=properties), *plain, *more]
    whole = pump(feed=BlocksFeed(sent, 2), batch_rows=3, numbers="double")
    assert whole.values("id") == list(range(10))
    assert whole.values("a") == [0.5] * 8 + [None] * 2
    assert whole.values("o") == ['{"n": 1.1}'] * 8 + [None] * 2
    assert whole.values("m") == [dt.datetime(2024, 1, 1, tzinfo=UTC)] * 8 + [None] * 2
    assert whole.values("b") == [None] * 8 + ["new", None]
    assert whole.values("_sdc_table_version") == [None] * 9 + [3]


@pytest.mark.parametrize(
    "lines",
    [
        [b"", record(1), state({"a": 1}), record(2) + record(3)],
        [record(1), record(2) + state({"a": 1}), b"", record(3)],
        [record(1), record(2) + activate(5), b"", record(3)],
        [record(5, a="x").replace(b", ", b",\n"), record(1) + record(2) + record(3)],
    ],
)
def test_blank_lines_do_not_make_up_for_several_messages_in_a_line(lines: list[bytes]) -> None:
    with pytest.raises(MalformedLine):
        pump(schema(properties={"a": "string"}), record(0), *lines)


def test_a_record_does_not_keep_the_block_that_it_came_in() -> None:
    large = [record(number, a="x" * 1000) for number in range(500)]
    blocks = 40

    class Large(BlocksFeed):
        def __iter__(self) -> Iterator[Block]:
            yield Block.of([schema(properties={"a": "string"}), schema("t")])
            for number in range(blocks):
                yield Block.of([record(number, "t"), *large])

    tracemalloc.start()
    try:
        pumped = pump(feed=Large([]), batch_bytes=1 << 20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pumped.values("id", "t") == list(range(blocks))
    assert peak < blocks * 500 * 1000 / 2


def test_an_error_in_a_block_of_one_stream_says_its_line() -> None:
    blocks = [schema(), *(record(number) for number in range(6)), b"", record(6), record(None), record(8)]
    with pytest.raises(MissingKey, match="line 10"):
        pump(feed=BlocksFeed(blocks, 3), batch_rows=2)
    blocks = [schema(), *(record(number) for number in range(9)), record(None), record(10)]
    with pytest.raises(MissingKey, match="line 11"):
        pump(feed=BlocksFeed(blocks, 3), batch_rows=2)


@pytest.mark.parametrize("wrap", [CheckpointFeed, lambda feed: SecondTryFeed(feed, never, never)])
def test_secrets_are_masked_whatever_the_feed_goes_through(wrap: Callable[[Feed], Feed]) -> None:
    class Masking(BlocksFeed):
        def masked(self, line: bytes) -> bytes:
            return line.replace(b"hunter2", b"***")

    with pytest.raises(MalformedLine, match=r"password=\*\*\*"):
        pump(feed=wrap(Masking([b"password=hunter2", state({"a": 1})])), noise="error")


def test_a_batch_is_cut_by_bytes_of_all_streams_together() -> None:
    sent = [record(n, stream, a="x" * 1000) for n in range(50) for stream in ("s", "t")]
    pumped = pump(feed=BlocksFeed([schema(), schema("t"), *sent], 2), batch_bytes=20_000)
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


def test_a_feed_that_fails_is_an_error() -> None:
    with pytest.raises(TapFailed):
        pump(feed=FailingFeed([schema(), record(1), state({"a": 1}), record(2)]))


def test_with_checkpoints_a_feed_that_fails_ends_at_its_last_state() -> None:
    sent = FailingFeed([schema(), record(1), state({"a": 1}), record(2, s=str(state({"a": 2})))])
    pumped = pump(feed=sent, on_error="checkpoint")
    assert (pumped.values("id"), pumped.pump.state) == ([1], '{"a": 1}')
    assert isinstance(pumped.pump.failure, TapFailed)


def test_with_checkpoints_a_feed_that_fails_before_any_state_is_an_error() -> None:
    with pytest.raises(TapFailed):
        pump(feed=FailingFeed([schema(), record(1)]), on_error="checkpoint")


def test_with_checkpoints_a_stream_that_was_not_finished_replaces_nothing() -> None:
    sent = (schema(), schema("t"), record(1), record(2, "t"), state({"a": 1}), record(3))
    options: dict[str, Any] = {"on_error": "checkpoint", "methods": {"s": "FULL_TABLE"}}
    failed = pump(feed=FailingFeed(sent), **options)
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
