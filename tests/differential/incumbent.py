"""Pipelines through dlt's own sqlalchemy destination and through this one: what comes out.

Simple ones first, then those of the differential test.

Both run against the embedded server, as a user who owns one schema; DuckDB says what should come out.
Writes docs/reference/incumbent.md. `make incumbent` puts SQLAlchemy where this finds it.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
import duckdb
import oracledb
import sqlalchemy.dialects.oracle

sys.path.insert(0, str(Path(__file__).parents[1]))

from differential.cases import CASES, REPLACE_STRATEGIES, Case, merge, nested
from differential.harness import Tables, load_cases
from target import Target, User

from dlt_oracle import oracle
from dlt_oracle.embedded import EmbeddedOracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "incumbent.md"
WORKS, LOADED = "works", "loaded right"
_NOT_IN_THE_STAND_IN = "ORA-03001"
_MAX_CELL_CHARACTERS = 160

TYPES: dict[str, tuple[Any, str | None]] = {
    "whole numbers": (2**62, None),
    "decimals": (Decimal("12345678901234567890.123456789"), "decimal"),
    "floats": (0.1, "double"),
    "booleans": (True, None),
    "dates": (dt.date(2024, 2, 29), None),
    "times": (dt.time(1, 2, 3, 456), "time"),
    "timestamps with microseconds": (dt.datetime(2024, 3, 31, 2, 30, 0, 123456, dt.timezone.utc), None),
    "binary": (b"\x00\xff", "binary"),
    "json": ({"k": ["v", None]}, "json"),
    "a text of 10,000 characters": ("ä" * 10_000, None),
}


def rows(run: int) -> list[dict[str, Any]]:
    return [{"id": n, "run": run, "name": f"{run}-{n}"} for n in range(run, run + 3)]


def of_type(name: str) -> Case:
    value, data_type = TYPES[name]
    hints: dict[str, Any] = {"columns": {"value": {"data_type": data_type}}} if data_type else {}
    runs = [[{"id": 1, "value": value}, {"id": 2, "value": None}]]
    return Case(name, "", runs, {"write_disposition": "append", **hints})


def pipelines() -> Iterator[Case]:
    """Give the cases; their names are those of the page."""
    yield Case("append, once", "", [rows(0)], {"write_disposition": "append"})
    yield Case("append, three times", "", [rows(0), rows(1), rows(2)], {"write_disposition": "append"})
    yield Case("append, nested lists", "", [[nested(n, 0, 2) for n in range(3)]])
    yield Case("a new column, a new nested table", "", [rows(0), [{**rows(1)[0], "new": 1, "tags": ["a"]}]])
    yield Case("columns named level, date, size", "", [[{"level": 1, "date": "d", "size": 2}]])
    yield from (of_type(name) for name in TYPES)
    yield Case("replace", "", [rows(0), rows(1)], {"write_disposition": "replace"})
    yield Case(
        "replace, nested lists", "", [[nested(n, run, 2) for n in range(3)] for run in range(2)],
        {"write_disposition": "replace"},
    )  # fmt: skip
    for strategy in ("delete-insert", "upsert", "insert-only"):
        hints = {"write_disposition": merge(strategy), "primary_key": "id"}
        yield Case(f"merge, {strategy}", "", [rows(0), rows(1)], hints)
        deep = [[nested(n, run, 2) for n in range(run, run + 3)] for run in range(2)]
        yield Case(f"merge, {strategy}, nested lists", "", deep, hints)
    texts = [[{"key": key, "run": run} for key in keys] for run, keys in enumerate(("ab", "bc"))]
    hints = {"write_disposition": merge("delete-insert"), "primary_key": "key"}
    yield Case("merge, delete-insert, a text as key", "", texts, hints)
    times = [
        {"write_disposition": merge("scd2", boundary_timestamp=f"2024-0{n}-01T00:00:00Z")} for n in (1, 2)
    ]
    yield Case("merge, scd2", "", [rows(0)[:2], rows(0)[1:]], {"write_disposition": merge("scd2")}, times)
    # Those of the differential test; replace strategies are settings of a destination, and stay as they come.
    yield from (case for case in CASES.values() if case.group not in REPLACE_STRATEGIES)


class PlainReader:
    """Reads with the driver what the sqlalchemy destination wrote: its own client does not find its tables.

    Names are written as SQLAlchemy writes them; values become what dlt's types say.
    """

    def __init__(self, user: User) -> None:
        self._user = user
        self._quote = sqlalchemy.dialects.oracle.dialect().identifier_preparer.quote

    def __enter__(self) -> Self:
        user = self._user
        self._connection = oracledb.connect(user=user.name, password=user.password, dsn=user.dsn)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def escape_column_name(self, name: str) -> str:
        return self._quote(name)

    def make_qualified_table_name(self, name: str) -> str:
        return self._quote(name)

    def execute_sql(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, fetch_lobs=False, fetch_decimals=True)
            return cursor.fetchall()

    @contextmanager
    def execute_query(self, query: str) -> Iterator[_Cursor]:
        yield _Cursor(self.execute_sql(query))


@dataclass
class _Cursor:
    found: list[tuple[Any, ...]]
    columns_schema: dict[str, Any] = field(default_factory=dict)

    def fetchall(self) -> list[tuple[Any, ...]]:
        types = [column["data_type"] for column in self.columns_schema.values()]
        return [tuple(map(_typed, row, types)) for row in self.found]


def _typed(value: Any, data_type: str) -> Any:
    forms = {"bool": bool, "double": float, "json": _text}
    if value is not None and data_type in forms:
        return forms[data_type](value)
    if isinstance(value, dt.datetime):
        return value.date() if data_type == "date" else value.replace(tzinfo=dt.timezone.utc)
    return value


def _text(value: str | bytes) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else value


def incumbent(user: User) -> tuple[Any, str, Any]:
    """Return dlt's own destination, as dataset the user's schema (it cannot make one), and a reader.

    By SID: dlt 1.31 refuses a URL with ``?service_name=`` ("identifies no database").
    """
    url = f"oracle+oracledb://{user.name}:{user.password}@{user.host}:{user.port}/{user.service_name}"
    return dlt.destinations.sqlalchemy(url), user.name.lower(), PlainReader(user)


def ours(user: User) -> tuple[Any, str, Any]:
    """Return this destination, a dataset, and None: it reads by itself."""
    return oracle(user.credentials), "raw", None


def run(case: Case, destination: Any, dataset: str, reader: Any = None) -> tuple[Tables, Exception | None]:
    """Load one case, all of its runs; return what it left, and what dlt's own reading of it raised."""
    with tempfile.TemporaryDirectory() as directory:
        pipeline = dlt.pipeline(
            "incumbent", destination=destination, dataset_name=dataset, pipelines_dir=directory
        )
        case = replace(case, name=re.sub(r"\W+", "_", case.name))
        tables = load_cases([case], pipeline, reader)[case.name]
        try:
            for name in tables:
                pipeline.dataset()[name].fetchall()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the outcome
            return tables, error
        return tables, None


def outcome(case: Case, make: Any, target: Target, expected: Tables) -> str:
    """Say what became of a case: it works, or the first thing that went wrong."""
    with target.new_user() as user:
        try:
            found, unreadable = run(case, *make(user))
        except Exception as error:  # noqa: BLE001 - as above
            return complaint(error)
    for name, wanted in expected.items():
        if found.get(name) != wanted:
            return difference(name, wanted, found.get(name))
    return f"{LOADED}, `pipeline.dataset()` fails: {complaint(unreadable)}" if unreadable else WORKS


def complaint(error: BaseException) -> str:
    """Return the database's message, or else the innermost exception's first line."""
    text = str(error)
    match = re.search(r"(?:ORA|DPY)-\d+: [^\n]*", text)
    if match and match[0].startswith(_NOT_IN_THE_STAND_IN):
        return f"not measured, the stand-in does not know it ({match[0]})"
    line = match[0] if match else next(line for line in reversed(text.splitlines()) if line.strip())
    return re.sub(r"\bT\d+_\d+\b", "OWNER", line, flags=re.IGNORECASE)[:_MAX_CELL_CHARACTERS]


def difference(table: str, wanted: list[dict[str, Any]], found: list[dict[str, Any]] | None) -> str:
    """Name the first table, and where it has as many rows the first column, that is not as it should be."""
    if found is None or len(found) != len(wanted):
        return f"table {table}: {len(found or ())} rows, not {len(wanted)}"
    for ours_, theirs in zip(found, wanted, strict=True):
        for column, value in theirs.items():
            if ours_.get(column) != value:
                return f"column {column}: {str(ours_.get(column))[:40]!r} instead of {str(value)[:40]!r}"
    raise AssertionError("the tables are equal")


def measure(target: Target) -> list[tuple[str, str, str]]:
    """Run every case three times: DuckDB, dlt's sqlalchemy destination, this destination."""
    lines = []
    for case in pipelines():
        with duckdb.connect(":memory:") as connection:
            expected, _ = run(case, dlt.destinations.duckdb(connection), "raw")
        assert any(expected.values()), case.name
        line = (case.name, *(outcome(case, make, target, expected) for make in (incumbent, ours)))
        print(" | ".join(line), flush=True)
        lines.append(line)
    return lines


def page(lines: list[tuple[str, str, str]]) -> str:
    """Return the page's text."""
    heads = []
    for position, name in enumerate(("sqlalchemy", "dlt-oracle"), start=1):
        outcomes = [line[position] for line in lines]
        works = sum(text == WORKS for text in outcomes)
        loaded = works + sum(text.startswith(LOADED) for text in outcomes)
        heads.append(f"{name}: {loaded} of {len(lines)} loaded right, {works} work")
    table = "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
    return f"""# Beside dlt's own sqlalchemy destination

dlt reaches Oracle without this package as well, through its `sqlalchemy` destination. Here the same
{len(lines)} pipelines run through both, simple ones and then those of the differential test, as a user with
CREATE SESSION, CREATE TABLE and a quota.
*loaded right* means: the tables hold what dlt's DuckDB destination makes of the same pipeline, value by
value; *works* means that `pipeline.dataset()` reads them as well. Else there is the first error, or the
first difference.

**Measured on the embedded stand-in, not on an Oracle Database**, with dlt {version("dlt")}, SQLAlchemy
{version("sqlalchemy")} and python-oracledb {version("oracledb")}. The stand-in refuses what Oracle refuses as
far as that is known; a real server may say something else. `make incumbent` measures anew and writes this.

For the sqlalchemy destination the dataset is the user's own schema, since it cannot make one, and the
database is named by its SID: dlt 1.31 refuses a URL with `?service_name=`. All else is as both come.

| Pipeline | {heads[0]} | {heads[1]} |
|---|---|---|
{table}
"""


def main() -> None:
    """Measure, and write the page."""
    logging.disable(logging.CRITICAL)
    with EmbeddedOracle() as server:
        admin = User("SYSTEM", server.password("SYSTEM"), server.host, server.port, server.service_name)
        lines = measure(Target(admin, "embedded server"))
    PAGE.write_text(page(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
