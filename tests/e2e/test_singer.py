"""Singer streams into our own destination: exact numbers, JSON, deletes, versions."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer_lines import activate, raw_record, record, schema, state

from dlt_oracle.singer import run, singer_source, singer_state

if TYPE_CHECKING:
    from collections.abc import Callable

TRAPS = Path(__file__).parents[1] / "singer" / "streams" / "traps.singer"
DESCRIBED = {
    "number": "number",
    "cents": "cents",
    "big": {"type": "integer", "maximum": 10**40},
    "text": "string",
    "flag": "boolean",
    "moment": "moment",
    "day": "day",
    "clock": "clock",
    "document": "object",
    "some": {"type": "string", "format": "binary"},
}
DIGITS = "12345678901234567890123456789.123456789"


def test_what_a_tap_sends_is_exact_in_oracle(
    pipeline: Callable[..., Any], rows: Callable[..., list[tuple[Any, ...]]]
) -> None:
    made = pipeline()
    full = record(
        2,
        cents=0.1,
        big=10**39,
        text="a" * 5000,
        flag=True,
        moment="2024-01-01T12:00:00.123456+02:00",
        day="2024-02-29",
        clock="1:02:03",
        document={"a": [1.10, None]},
        some="00ff",
    )
    odd = [
        raw_record(f'"number": {DIGITS}'),
        full,
        record(3, number=1e-7, moment="0000-00-00", flag="perhaps"),
        record(4, number=-1.5),
        state({"bookmarks": {"s": 4}}),
    ]
    run(made, singer_source.from_file([schema(properties=DESCRIBED), *odd], "tap"))
    assert rows('SELECT id, "NUMBER" FROM raw___s ORDER BY id') == [
        (1, Decimal(DIGITS)),
        (2, None),
        (3, Decimal("1E-7")),
        (4, Decimal("-1.5")),
    ]
    (found,) = rows(
        "SELECT cents, big, LENGTH(text), flag, SYS_EXTRACT_UTC(moment), day, clock, document, some"
        " FROM raw___s WHERE id = 2"
    )
    document = found[7] if isinstance(found[7], dict) else json.loads(found[7])
    assert (*found[:4], found[6], document, found[8]) == (
        Decimal("0.1"),
        str(10**39),
        5000,
        1,
        "01:02:03.000000",
        {"a": [1.1, None]},
        b"\x00\xff",
    )
    assert found[4] == dt.datetime(2024, 1, 1, 10, 0, 0, 123456)  # noqa: DTZ001 - the driver drops the zone
    assert rows("SELECT id, moment, flag__v_text FROM raw___s WHERE id = 3") == [(3, None, "perhaps")]
    assert singer_state(made, "tap").value == {"bookmarks": {"s": 4}}


def test_a_tap_that_does_everything_wrong_is_loaded_whole_and_nothing_is_lost(
    pipeline: Callable[..., Any], rows: Callable[..., list[tuple[Any, ...]]]
) -> None:
    made = pipeline()
    run(made, singer_source.from_file(TRAPS, "tap", dates="text"))
    found = rows(
        "SELECT id, NVL(city_name, '-'), NVL(n, -1), NVL(n__v_text, '-'), NVL(x__v_text, '-'),"
        " NVL(m__v_text, '-'), NVL(t, '-'), NVL(t__v_text, '-') FROM raw___traps ORDER BY id"
    )
    nothing = ("-", -1, "-", "-", "-", "-", "-")
    expected = {
        1: {0: "not a number", 3: "NaN"},
        2: {0: "infinite", 3: "-Infinity"},
        3: {0: "forty digits", 2: "1234567890123456789012345678901234567890"},
        4: {0: "beyond any float", 3: "1E+400"},
        5: {0: "\ufffd alone,  within"},
        6: {0: "M\ufffdnchen in Latin-1"},
        7: {0: "duplicate key"},
        8: {0: "zero date", 4: "0000-00-00 00:00:00"},
        9: {0: "year 10000", 4: "10000-01-01T00:00:00Z"},
        10: {0: "before Christ", 4: "0044-03-15 BC"},
        11: {0: "short times", 5: "07:05:09.000000"},
        12: {0: "no time", 6: "24:00:00"},
        13: {0: "number as text", 1: 17},
        14: {1: 18},
        15: {2: "nineteen"},
    }
    assert found == [
        (id_, *(values.get(n, default) for n, default in enumerate(nothing)))
        for id_, values in expected.items()
    ]
    assert rows("SELECT id FROM raw___traps WHERE more = 1 ORDER BY id") == [(14,), (15,)]
    assert rows("SELECT id FROM raw___traps WHERE o IS NOT NULL ORDER BY id") == [(12,), (13,)]
    assert rows("SELECT id FROM raw___traps WHERE extra IS NOT NULL") == [(13,)]
    assert singer_state(made, "tap").value == {"bookmarks": {"traps": {"id": 15}}}


def test_merges_deletes_replaces_and_versions_work_in_oracle(
    pipeline: Callable[..., Any], rows: Callable[..., list[tuple[Any, ...]]]
) -> None:
    made = pipeline()
    names = ("s", "t", "f")
    described = [
        schema(name, {"a": "string", "o": "object"}, ["id"] if name != "t" else []) for name in names
    ]
    options: dict[str, Any] = {"methods": {"f": "FULL_TABLE"}}

    def load(*lines: bytes) -> None:
        run(made, singer_source.from_file([*described, *lines], "tap", **options))

    first = [
        record(n, name, a=f"{name}{n}", version=1 if name == "t" else None) for n in (1, 2) for name in names
    ]
    load(*first, record(1, a="last"), activate(1, "t"))
    load(
        record(2, _sdc_deleted_at="2024-01-01T00:00:00Z"),
        record(3, o={"b": 1}),
        record(7, "t", version=2),
        activate(2, "t"),
        record(9, "f"),
    )
    assert rows("SELECT id, a FROM raw___s ORDER BY id") == [(1, "last"), (3, None)]
    assert rows("SELECT id FROM raw___t ORDER BY id") == [(7,)]
    assert rows("SELECT id FROM raw___f ORDER BY id") == [(9,)]
    load()
    assert rows("SELECT COUNT(*) FROM raw___f") == [(0,)]


def test_numbers_are_doubles_and_texts_as_long_as_their_schema_says_on_request(
    pipeline: Callable[..., Any], rows: Callable[..., list[tuple[Any, ...]]]
) -> None:
    made = pipeline()
    for length, *records in (
        (5, raw_record('"d": NaN'), record(2, d=1.5, t="fünf!")),
        (9, record(3, d=1.5, t="neun Zeic")),
    ):
        text = {"type": ["null", "string"], "maxLength": length}
        lines = [schema(properties={"d": "number", "t": text}), *records]
        run(made, singer_source.from_file(lines, "tap", numbers="double", lengths="trust"))
        assert rows(
            "SELECT char_length, char_used FROM user_tab_columns"
            " WHERE table_name = 'RAW___S' AND column_name = 'T'"
        ) == [(length, "C")]
    assert rows("SELECT id, t FROM raw___s WHERE d = 1.5 ORDER BY id") == [(2, "fünf!"), (3, "neun Zeic")]
    assert rows("SELECT id FROM raw___s WHERE d IS NAN") == [(1,)]
