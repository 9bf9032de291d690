"""What is loaded into both destinations: each case is one table chain, loaded in two to four runs.

Rows that meet by key in one run differ by what ``dedup_sort`` sees, or not at all: dlt leaves the choice
among others to chance.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = dict[str, Any]
UTC = dt.timezone.utc


@dataclass(frozen=True)
class Case:
    """One resource. A run of None yields nothing; ``hints_by_run`` change the resource's hints on the way.

    ``hashed_ids``: dlt makes row ids out of content, so both destinations hold the same; else at random.
    """

    name: str
    group: str
    runs: Sequence[Sequence[Row] | None]
    hints: Mapping[str, Any] = field(default_factory=dict)
    hints_by_run: Sequence[Mapping[str, Any]] = ()
    hashed_ids: bool = False


def merge(strategy: str, **options: Any) -> dict[str, Any]:
    return {"disposition": "merge", "strategy": strategy, **options}


KEYS: dict[str, tuple[list[Any], Row]] = {
    "integer": ([1, 2, 3, 4, 5], {}),
    "text": (["a", "B", "b ", "é😀", "it's; --"], {}),
    "day": ([dt.date(2024, 1, day) for day in range(1, 6)], {}),
    "instant": ([dt.datetime(2024, 1, 1, hour, 0, 0, 123456, UTC) for hour in range(5)], {}),
    "amount": ([Decimal(f"{n}.50") for n in range(5)], {"precision": 10, "scale": 2}),
    "bytes": ([bytes([n]) * 16 for n in range(5)], {"data_type": "binary", "precision": 16}),
    "real": ([0.5, -1.25, 1e300, 3.0, 1e-300], {}),
    "flag": ([True, False, True, False, True], {}),
}
STRATEGIES = ("delete-insert", "upsert", "insert-only", "cdc")
# Rows by position of their key: the second run changes, adds and repeats, the third brings one back.
PLAN = ((0, 1, 2), (1, 2, 3), (0, 4))


def by_key(strategy: str, kind: str) -> Case:
    values, column = KEYS[kind]
    key = {"flag": ["key", "other"]}.get(kind, "key")
    runs = [
        [{"key": values[n], "other": n, "note": f"{run}-{n}", "amount": run * n} for n in plan]
        for run, plan in enumerate(PLAN)
    ]
    return Case(
        f"{strategy}_key_{kind}",
        strategy,
        runs,
        {
            "write_disposition": merge(strategy),
            "primary_key": key,
            "columns": {"key": {"name": "key", **column}} if column else None,
        },
        hashed_ids=strategy != "delete-insert",
    )


def nested(number: int, run: int, depth: int) -> Row:
    """A row with lists in lists; their lengths change from run to run."""
    row: Row = {"id": number, "run": run, "tags": [f"t{n}" for n in range((number + run) % 4)]}
    if depth > 1:
        row["lines"] = [
            {"sku": f"{run}.{line}", "taxes": [{"rate": line + tax / 10} for tax in range((run + line) % 3)]}
            for line in range((number * 2 + run) % 3)
        ]
    if depth > 2:
        row["deep"] = [{"a": [{"b": [{"c": [run, number]}]}]}]
    return row


def by_depth(strategy: str, depth: int) -> Case:
    runs = [[nested(n, run, depth) for n in plan] for run, plan in enumerate(PLAN)]
    return Case(
        f"{strategy}_nested_{depth}",
        strategy,
        runs,
        {"write_disposition": merge(strategy), "primary_key": "id"},
        hashed_ids=strategy != "delete-insert",
    )


def marked(strategy: str, kind: str, *, deep: bool) -> Case:
    """Rows marked as deleted: known ones, unknown ones, and one that comes back."""
    data_type = {"bool": "bool", "time": "timestamp", "text": "text"}[kind]
    set_, unset = {
        "bool": (True, False),
        "time": (dt.datetime(2024, 5, 6, tzinfo=UTC), None),
        "text": ("gone", None),
    }[kind]

    def row(number: int, run: int, mark: Any) -> Row:
        lists = {"tags": [f"{run}{n}" for n in range(number)]} if deep else {}
        return {"id": number, "value": run, "gone": mark, **lists}

    runs = [
        [row(1, 0, unset), row(2, 0, unset), row(3, 0, None)],
        [row(1, 1, set_), row(3, 1, unset), row(4, 1, set_)],
        [row(1, 2, unset), row(2, 2, set_), row(3, 2, None)],
    ]
    return Case(
        f"{strategy}_marked_{kind}{'_nested' if deep else ''}",
        strategy,
        runs,
        {
            "write_disposition": merge(strategy),
            "primary_key": "id",
            "columns": {"gone": {"data_type": data_type, "hard_delete": True}},
        },
        hashed_ids=strategy != "delete-insert",
    )


def composite(strategy: str) -> Case:
    rows = [{"a": a, "b": b, "value": f"{a}{b}", "list": [a, b]} for a in (1, 2) for b in ("x", "y")]
    runs = [rows, [{**rows[1], "value": "new", "list": []}, {"a": 3, "b": "x", "value": "3x", "list": [3]}]]
    return Case(
        f"{strategy}_composite_key",
        strategy,
        runs,
        {"write_disposition": merge(strategy), "primary_key": ["a", "b"]},
        hashed_ids=strategy != "delete-insert",
    )


def reserved(strategy: str) -> Case:
    """Names that are words of Oracle's, and names that only differ in length."""
    runs = [
        [{"level": n, "date": "d", "size": n, "_x": 1, "from": [1], "x" * 60: n} for n in (1, 2)],
        [{"level": 2, "date": "e", "size": None, "_x": None, "from": [2, 3], "x" * 60: 7}],
    ]
    return Case(
        f"{strategy}_reserved_words",
        strategy,
        runs,
        {"write_disposition": merge(strategy), "primary_key": "level"},
        hashed_ids=strategy != "delete-insert",
    )


def evolving(strategy: str) -> Case:
    """New columns, new nested tables, another type of a column, a column that stays away."""
    runs: list[list[Row] | None] = [
        [{"id": 1, "a": 1, "old": "o"}, {"id": 2, "a": 2, "old": "o"}],
        [{"id": 2, "a": "two", "new": 2.5}, {"id": 3, "tags": [{"x": 1}]}],
        None,
        [{"id": 1, "tags": [{"x": 2, "y": "z"}, {"sub": [1, 2]}]}, {"id": 3, "when": dt.date(2024, 1, 1)}],
    ]
    return Case(
        f"{strategy}_evolution",
        strategy,
        runs,
        {"write_disposition": merge(strategy), "primary_key": "id"},
        hashed_ids=strategy != "delete-insert",
    )


def every_type(strategy: str, **options: Any) -> Case:
    """One column of each type, NULL against value in both directions."""
    full: Row = {
        "id": 1,
        "text": "it's",
        "integer": 2**62,
        "amount": Decimal("12345678901234567890.123456789"),
        "real": 0.1,
        "flag": True,
        "day": dt.date(2024, 2, 29),
        "clock": dt.time(1, 2, 3, 456),
        "moment": dt.datetime(2024, 3, 31, 2, 30, 0, 1, UTC),
        "bytes": b"\x00\xff",
        "document": {"k": ["v", None]},
    }
    types = {
        "amount": "decimal",
        "real": "double",
        "clock": "time",
        "bytes": "binary",
        "document": "json",
    }
    empty = dict.fromkeys(full) | {"id": 2}
    changed = {**full, "document": {"k": []}, "bytes": b"\x01", "real": -0.5}
    runs = [[full, empty], [{**empty, "id": 1}, {**full, "id": 2}], [{**changed, "id": 2}, full]]
    name = "every_type_skipping" if options else "every_type"
    return Case(
        f"{strategy}_{name}",
        strategy,
        runs,
        {
            "write_disposition": merge(strategy, **options),
            "primary_key": "id",
            "columns": {column: {"data_type": data_type} for column, data_type in types.items()},
        },
        hashed_ids=strategy != "delete-insert",
    )


def regions(*rows: tuple[int, str, Any]) -> list[Row]:
    return [
        {"id": id_, "region": region, "value": value, "tags": [region, value]} for id_, region, value in rows
    ]


REGIONS = [
    regions((1, "eu", 0), (2, "eu", 0), (3, "us", 0)),
    regions((2, "eu", 1), (4, "eu", 1), (5, "jp", 1)),
    regions((3, "us", 2)),
]
NO_TAGS = [[{k: v for k, v in row.items() if k != "tags"} for row in run] for run in REGIONS]


def delete_insert() -> Iterator[Case]:
    def case(
        name: str, runs: Sequence[Sequence[Row] | None], options: Row | None = None, **hints: Any
    ) -> Case:
        disposition = merge("delete-insert", **(options or {}))
        return Case(f"di_{name}", "delete-insert", runs, {"write_disposition": disposition, **hints})

    yield case("merge_key", REGIONS, merge_key="region")
    yield case("merge_key_flat", NO_TAGS, merge_key="region")
    yield case("both_keys", REGIONS, primary_key="id", merge_key="region")
    yield case("same_key_twice", REGIONS, primary_key="id", merge_key="id")
    yield case("composite_merge_key", REGIONS, merge_key=["region", "value"])
    yield case("no_keys", REGIONS)
    yield case("no_keys_flat", NO_TAGS)
    some = [[{**row, "value": row["value"] if row["id"] % 2 else None} for row in run] for run in REGIONS]
    yield case("no_keys_marked", some, columns={"value": {"hard_delete": True, "data_type": "bigint"}})
    yield case("source_filter", REGIONS, {"source_filter": "region <> 'us' AND value < 2"}, primary_key="id")
    yield case("source_filter_flat", NO_TAGS, {"source_filter": "region = 'eu'"}, primary_key="id")
    yield case("scope", REGIONS, {"destination_scope": "value = 0"}, primary_key="id")
    yield case(
        "scope_by_staging",
        REGIONS,
        {"destination_scope": "{table}.region IN (SELECT region FROM {staging_table})"},
    )
    repeated = [
        [{"id": 1, "at": at, "value": at, "tags": [at]} for at in (2, 9, 4)]
        + [{"id": 2, "at": 1, "tags": []}],
        [{"id": 1, "at": 7, "value": 7, "tags": [7, 7]}, {"id": 1, "at": 3, "value": 3, "tags": [3]}],
    ]
    for order in ("asc", "desc"):
        columns = {"at": {"dedup_sort": order}}
        yield case(f"sort_{order}", repeated, primary_key="id", columns=columns)
        marked_columns = {**columns, "gone": {"hard_delete": True, "data_type": "bool"}}
        marks = [[{**row, "gone": row["at"] in (9, 3)} for row in run] for run in repeated]
        yield case(f"sort_{order}_marked", marks, primary_key="id", columns=marked_columns)
    flat = [[{k: v for k, v in row.items() if k != "tags"} for row in run] for run in repeated]
    yield case("sort_flat", flat, primary_key="id", columns={"at": {"dedup_sort": "desc"}})
    unsorted = [[{"id": n % 2, "value": "same"} for n in range(6)] for _ in range(2)]
    yield case("repeated", unsorted, primary_key="id")
    yield case("declared_deduplicated", repeated[1:] * 2, {"deduplicated": True}, primary_key="id")
    yield case("nothing_then_something", [None, REGIONS[0], None, REGIONS[1]], primary_key="id")
    yield case(
        "many_rows",
        [[{"id": n, "v": n % 7} for n in range(s, s + 3000)] for s in (0, 2000)],
        primary_key="id",
    )


def upserts() -> Iterator[Case]:
    for strategy in ("upsert", "cdc"):

        def case(
            name: str,
            runs: Sequence[Sequence[Row] | None],
            options: Row | None = None,
            strategy: str = strategy,
            **hints: Any,
        ) -> Case:
            hints = {"primary_key": "id", "write_disposition": merge(strategy, **(options or {})), **hints}
            return Case(f"{strategy}_{name}", strategy, runs, hints, hashed_ids=True)

        yield case("source_filter", REGIONS, {"source_filter": "region <> 'jp' AND value < 3"})
        yield case("skip_unchanged", REGIONS, {"skip_unchanged_rows": True})
        version = {"skip_unchanged_rows": True, "row_version_column_name": "value"}
        yield case("row_version", NO_TAGS, version)
        yield every_type(strategy, skip_unchanged_rows=True)
    yield case("partition", REGIONS, merge_key="region")
    yield case("composite_partition", REGIONS, merge_key=["region", "value"])
    yield case("scope", REGIONS, {"destination_scope": "region = 'eu'"})
    yield case(
        "scope_and_filter", REGIONS, {"destination_scope": "region <> 'jp'", "source_filter": "value < 2"}
    )
    yield case("composite", REGIONS, primary_key=["id", "region"])


def scd2() -> Iterator[Case]:
    def case(
        name: str,
        runs: Sequence[Sequence[Row] | None],
        options: Row | None = None,
        by_run: Sequence[Row] = (),
        **hints: Any,
    ) -> Case:
        options = options or {}
        return Case(
            f"scd2_{name}",
            "scd2",
            runs,
            {"write_disposition": merge("scd2", **options), **hints},
            [{"write_disposition": merge("scd2", **options, **item)} for item in by_run],
            hashed_ids="row_version_column_name" not in options,
        )

    a0, a1, b0 = {"id": 1, "name": "a"}, {"id": 1, "name": "a'"}, {"id": 2, "name": "b"}
    times = [
        {"boundary_timestamp": f"2024-0{month}-01T00:00:00{zone}"}
        for month, zone in ((1, "Z"), (2, "+02:00"), (3, ".25Z"), (4, "Z"))
    ]
    yield case("plain", [[a0, b0], [a1, b0], [a1]])
    yield case("reinsert", [[a0, b0], [b0], [a0, b0], [a0]])
    yield case("boundary", [[a0, b0], [a1, b0], [a0], [a0]], by_run=times)
    far = {"active_record_timestamp": "9999-12-31"}
    yield case("active_timestamp", [[a0, b0], [a1], [a1, b0]], far, times)
    yield case("column_names", [[a0], [a1]], {"validity_column_names": ["begins", "ends"]}, times)
    yield case("nested", [[nested(n, run, 2) for n in plan] for run, plan in enumerate(PLAN)], {}, times)
    yield case("partition", REGIONS, {}, times, merge_key="region")
    yield case("partition_by_id", REGIONS, {}, times, merge_key="id")
    yield case("composite_partition", REGIONS, {}, times, merge_key=["id", "region"])
    yield case("source_filter", REGIONS, {"source_filter": "region <> 'us'"}, times)
    yield case("scope", REGIONS, {"destination_scope": "region = 'eu'"}, times)
    versions = [
        [{"id": n, "v": f"{n}.{run % 2}", "tags": [run]} for n in range(run, run + 2)] for run in range(4)
    ]
    yield case("row_version", versions, {"row_version_column_name": "v"}, times)
    yield case("evolution", [[a0], [{**a0, "new": 1}, b0], [{**a0, "new": 1, "tags": [1]}]], {}, times)
    yield case("same_row_twice", [[a0, a0], [a0]], {}, times)


def replaced(strategy: str) -> Iterator[Case]:
    """Replace and append; ``strategy`` is the destination's replace strategy."""

    def case(
        name: str, runs: Sequence[Sequence[Row] | None], disposition: str = "replace", **hints: Any
    ) -> Case:
        hints = {"write_disposition": disposition, **hints}
        return Case(f"{name}_{strategy.replace('-', '_')}", strategy, runs, hints)

    yield case("replace", NO_TAGS)
    yield case("replace_nested", [[nested(n, run, 3) for n in plan] for run, plan in enumerate(PLAN)])
    yield case("replace_evolution", evolving("upsert").runs)
    yield case(
        "replace_unique",
        [[{"id": n} for n in range(size)] for size in (3, 2, 4)],
        columns={"id": {"unique": True}},
    )
    if strategy == REPLACE_STRATEGIES[0]:  # to which appending is all one
        yield case("append_nested", REGIONS, "append")
        yield case("append_evolution", evolving("upsert").runs, "append")


REPLACE_STRATEGIES = ("truncate-and-insert", "insert-from-staging", "staging-optimized")

CASES: dict[str, Case] = {
    case.name: case
    for case in (
        *(by_key("delete-insert", kind) for kind in KEYS),
        *(by_key("upsert", kind) for kind in ("text", "instant", "bytes", "flag")),
        *(by_key(strategy, "text") for strategy in ("insert-only", "cdc")),
        *(by_depth(strategy, 3) for strategy in STRATEGIES),
        *(
            marked(strategy, kind, deep=deep)
            for strategy in STRATEGIES
            for kind, deep in (("bool", True), ("text", False))
        ),
        *(make(strategy) for strategy in STRATEGIES for make in (composite, reserved, evolving, every_type)),
        *delete_insert(),
        *upserts(),
        *scd2(),
        *(case for strategy in REPLACE_STRATEGIES for case in replaced(strategy)),
    )
}
GROUPS = tuple(dict.fromkeys(case.group for case in CASES.values()))
