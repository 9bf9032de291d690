"""What holds for any stream: values come back, the last record wins, a resumed run equals a whole one."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import duckdb
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_lines import (
    BlocksFeed,
    FailingFeed,
    activate,
    line,
    pump,
    raw_record,
    record,
    schema,
    state,
)

from dlt_oracle.singer.errors import SingerError, TapFailed

FAST = settings(max_examples=60, deadline=None)
UTC = dt.timezone.utc
MICROSECONDS = st.integers(0, 999_999)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
VALUES: dict[str, tuple[str, Any]] = {
    "n": ("integer", st.integers(-(2**63), 2**63 - 1)),
    "c": ("cents", st.decimals(-(10**12), 10**12, places=2)),
    "d": ("number", st.floats(allow_nan=False, allow_infinity=False)),
    "s": ("string", ANY_TEXT),
    "b": ("boolean", st.booleans()),
    "m": ("moment", st.datetimes(timezones=st.just(UTC))),
    "y": ("day", st.dates()),
    "t": ("clock", st.times()),
    "o": (
        "object",
        st.dictionaries(ANY_TEXT, st.none() | st.integers() | ANY_TEXT | st.lists(st.booleans())),
    ),
}
ROW = st.fixed_dictionaries({}, optional={name: st.none() | values for name, (_, values) in VALUES.items()})


def _line(id_: int, values: dict[str, Any]) -> bytes:
    """Write a RECORD with all digits of its decimals."""
    message = {"type": "RECORD", "stream": "s", "record": {"id": id_, **values}}
    return msgspec.json.Encoder(decimal_format="number").encode(message)


@FAST
@given(rows=st.lists(ROW, max_size=8), batch_rows=st.integers(1, 4))
def test_values_come_back_as_they_were_sent(rows: list[dict[str, Any]], batch_rows: int) -> None:
    described = {name: described for name, (described, _) in VALUES.items()}
    lines = [_line(number, row) for number, row in enumerate(rows)]
    pumped = pump(schema(properties=described), *lines, batch_rows=batch_rows)
    found = [
        {name: json.loads(row[name]) if name == "o" and row[name] else row[name] for name in VALUES}
        for row in pumped.rows()
    ]
    assert found == [{name: row.get(name) for name in VALUES} for row in rows]
    assert pumped.counts == {}


@FAST
@given(texts=st.lists(st.text() | st.integers() | st.floats() | st.booleans() | st.none(), max_size=6))
def test_nothing_that_a_column_cannot_hold_is_lost(texts: list[Any]) -> None:
    """Whatever the column is said to be, each value is in it or beside it."""
    for described in ("integer", "cents", "moment", "boolean", "clock"):
        lines = [record(number, x=value) for number, value in enumerate(texts)]
        pumped = pump(schema(properties={"x": described}), *lines, dates="text")
        lost = [
            value
            for value, row in zip(texts, pumped.rows(), strict=True)
            if value is not None and row["x"] is None and row.get("x__v_text") is None
        ]
        assert lost == []


EVENTS = st.lists(
    st.tuples(st.sampled_from(["put", "put", "delete", "state"]), st.integers(0, 3)), min_size=1, max_size=14
)


def _lines(events: list[tuple[str, int]], start: int = 0) -> list[bytes]:
    """Write what a tap sends of its log from position ``start`` on; its STATE is the position."""
    lines = [schema(properties={"a": "integer"})]
    for position, (event, key) in list(enumerate(events))[start:]:
        if event == "state":
            lines.append(state({"position": position + 1}))
        elif event == "put":
            lines.append(record(key, a=position))
        else:
            lines.append(record(key, a=position, _sdc_deleted_at="2024-01-01T00:00:00Z"))
    return lines


def _oracle(events: list[tuple[str, int]]) -> dict[int, int]:
    table: dict[int, int] = {}
    for position, (event, key) in enumerate(events):
        if event == "put":
            table[key] = position
        elif event == "delete":
            table.pop(key, None)
    return table


def _merge(table: dict[int, int], pumped: Any) -> None:
    """Merge a package as dlt does: the row of a key with the highest sequence, and deletes."""
    latest = {}
    for row in sorted(pumped.rows(), key=lambda row: row["_sdc_sequence"]):
        latest[row["id"]] = row
    for key, row in latest.items():
        if row["_sdc_deleted_at"] is None:
            table[key] = row["a"]
        else:
            table.pop(key, None)


@FAST
@given(events=EVENTS, batch_rows=st.integers(1, 5))
def test_the_last_write_wins(events: list[tuple[str, int]], batch_rows: int) -> None:
    table: dict[int, int] = {}
    _merge(table, pump(*_lines(events), batch_rows=batch_rows))
    assert table == _oracle(events)


@FAST
@given(
    events=EVENTS,
    deaths=st.lists(st.integers(1, 14), max_size=3),
    checkpoint=st.booleans(),
    length=st.integers(1, 5),
)
def test_a_run_that_is_resumed_equals_one_that_was_not_interrupted(
    events: list[tuple[str, int]],
    deaths: list[int],
    checkpoint: bool,  # noqa: FBT001 - a parameter
    length: int,
) -> None:
    table: dict[int, int] = {}
    position = 0
    for lived in deaths:
        feed = FailingFeed(_lines(events, position)[:lived], length)
        try:
            pumped = pump(feed=feed, on_error="checkpoint" if checkpoint else "raise")
        except TapFailed:
            continue  # nothing is committed
        _merge(table, pumped)
        position = json.loads(pumped.pump.state or "")["position"]
        assert table == _oracle(events[:position])  # never more than the STATE covers
    _merge(table, pump(*_lines(events, position)))
    assert table == _oracle(events)


DESCRIBED = schema(properties={"a": "number", "c": "cents", "o": "object", "m": "moment"})
PLAIN = [
    record(number, a=number / 4, c=number / 100, o={"k": [number]}, m=f"2024-01-0{number}T00:00:00Z")
    for number in (1, 2, 3)
]
ODD = [
    *(record(number, "t") for number in (1, 2)),
    *(record(3, version=version) for version in (1, 2)),
    record(4, unknown="x", a="text"),
    record(5, a=None, unknown=None),
    record(6, c="0.10").replace(b"RECORD", b"record"),
    record(7) + b"\r",
    record(None),
    raw_record('"a": NaN, "c": 1.005'),
    raw_record('"a": 1e5, "b": {"c": [1]}, "c": 12345678901234567890123456789012345678.01'),
    raw_record('"a": 1, "a": 2').replace(b'"a": 1', b'"a": "\xff"'),
    state({"a": 1}),
    state({}),
    activate(1),
    activate(2),
    schema(properties={"a": "number"}),
    DESCRIBED,
    schema("t"),
    line("HEARTBEAT"),
    b"",
    b"",
    b"noise",
    PLAIN[0] + PLAIN[1],
    PLAIN[0] + state({"a": 2}),
    PLAIN[0][: PLAIN[0].index(b'{"id"')],
    PLAIN[0][PLAIN[0].index(b'{"id"') :],
]


@FAST
@given(
    lines=st.lists(st.sampled_from([*PLAIN * 8, *ODD]), max_size=40),
    length=st.integers(2, 6),
    batch_rows=st.integers(1, 9),
    checkpoint=st.booleans(),
)
def test_it_does_not_matter_how_lines_are_cut_into_blocks(
    lines: list[bytes],
    length: int,
    batch_rows: int,
    checkpoint: bool,  # noqa: FBT001 - a parameter
) -> None:
    def pumped(length: int) -> Any:
        try:
            found = pump(
                feed=BlocksFeed([DESCRIBED, schema("t"), *lines], length),
                batch_rows=batch_rows,
                methods={"t": "FULL_TABLE"},
                on_error="checkpoint" if checkpoint else "raise",
                oracle=True,
            )
        except SingerError:
            return "an error"
        columns = ("id", *"acom", "a__v_text", "c__v_text", "b", "unknown", "_sdc_table_version")
        rows = [
            (stream, *(str(row.get(name)) for name in columns))
            for stream in ("s", "t")
            for row in found.rows(stream)
        ]
        return rows, found.counts, found.pump.state, found.pump.activations

    assert pumped(length) == pumped(1)


@settings(max_examples=3, deadline=None)
@given(events=EVENTS)
def test_the_last_write_wins_in_a_database(events: list[tuple[str, int]]) -> None:
    import tempfile

    import dlt

    from dlt_oracle.singer import run, singer_source

    with tempfile.TemporaryDirectory() as directory, duckdb.connect() as connection:
        pipeline = dlt.pipeline(
            "p", destination=dlt.destinations.duckdb(connection), dataset_name="raw", pipelines_dir=directory
        )
        half = len(events) // 2
        for part in (_lines(events[:half]), _lines(events, half)):
            run(pipeline, singer_source.from_file(part, "tap", batch_rows=3))
        known = "s" in pipeline.default_schema.tables
        found = connection.execute("SELECT id, a FROM raw.s").fetchall() if known else []
        assert dict(found) == _oracle(events)
