"""Client CPU of singer-sdk's SQLTarget and of `target-oracle`, from one file into one embedded server.

usage: run.py PYTHON [--rows N] [--runs N]   (PYTHON: of an environment with singer-sdk and oracledb)

Both append records of a stream without keys, and do the same: SQLTarget adds no metadata, so `target-oracle`
is told to add none; a line of its own says what its default costs. Processes of their own take turns; each
figure is the user and system time of the least of the runs. The fixed cost is that of one record, and the
rest is what a record more costs. The server is not in the figures: they say what the client costs, never how
fast an Oracle Database is.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import string
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oracledb

from dlt_oracle.embedded import EmbeddedOracle

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SLOW = 4
"""How many times more records are for `target-oracle`, so that all processes take a comparable time."""
GOALS = {"validation off": 7.0, "validation on": 20.0}
NULLS = 0.1
PASSWORD = "Bench_only_1"
OURS = "target-oracle"

TEXT = {"type": ["null", "string"]}
MOMENT = {"type": ["null", "string"], "format": "date-time"}
DECIMAL = {"type": ["null", "number"], "multipleOf": 1e-9}
PROPERTIES: dict[str, Any] = {
    "id": {"type": "integer"},
    "quantity": {"type": ["null", "integer"]},
    "price": DECIMAL,
    "tax": DECIMAL,
    "name": TEXT,
    "note": TEXT,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "paid": {"type": ["null", "boolean"]},
    "attributes": {"type": ["null", "object"]},
}


def messages(rows: int) -> Iterator[dict[str, Any]]:
    """Ten columns of usual kinds, nulls in most."""
    chance = random.Random(7)
    start = dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc)

    def text() -> str:
        return "".join(chance.choices(string.ascii_letters + "    ", k=chance.randrange(20, 100)))

    texts = [text() for _ in range(2000)]

    def moment() -> str:
        return (start + dt.timedelta(microseconds=chance.randrange(10**13))).isoformat()

    def values() -> dict[str, Any]:
        return {
            "quantity": chance.randrange(10_000),
            "price": chance.randrange(10**11) / 10**9,
            "tax": chance.randrange(10**11) / 10**9,
            "name": chance.choice(texts),
            "note": chance.choice(texts),
            "created_at": moment(),
            "updated_at": moment(),
            "paid": chance.random() < 0.5,
            "attributes": {"color": chance.choice(("red", "blue")), "sizes": [1, 2, 3]},
        }

    schema = {"type": "object", "properties": PROPERTIES}
    yield {"type": "SCHEMA", "stream": "items", "key_properties": [], "schema": schema}
    for number in range(rows):
        some = {key: None if chance.random() < NULLS else value for key, value in values().items()}
        yield {"type": "RECORD", "stream": "items", "record": {"id": number, **some}}
    yield {"type": "STATE", "value": {"id": rows}}


class Bench:
    """One server and the two commands."""

    def __init__(self, server: EmbeddedOracle, python: str, folder: Path) -> None:
        self.dsn = f"{server.host}:{server.port}/{server.service_name}"
        self.address = {"host": server.host, "port": server.port, "service_name": server.service_name}
        self.admin = {"user": "SYSTEM", "password": server.password("SYSTEM"), "dsn": self.dsn}
        self.folder = folder
        ours = [str(Path(sys.executable).with_name("target-oracle"))]
        sdk = [python, str(HERE / "sql_target.py")]
        self.commands = {
            "validation off": (sdk, {"validate_records": False}, "items"),
            "validation on": (sdk, {"validate_records": True}, "items"),
            OURS: (ours, {"load_method": "append-only", "add_record_metadata": False}, "singer___items"),
            "… with metadata": (ours, {"load_method": "append-only"}, "singer___items"),
        }

    def seconds(self, name: str, path: Path, rows: int) -> float:
        """Run a command on ``path`` as a fresh user; return its CPU-seconds."""
        command, settings, table = self.commands[name]
        self._administer(
            f'CREATE USER "BENCH" IDENTIFIED BY "{PASSWORD}" QUOTA UNLIMITED ON "USERS"',
            'GRANT CREATE SESSION, CREATE TABLE TO "BENCH"',
        )
        url = f"oracle+oracledb://BENCH:{PASSWORD}@{self.address['host']}:{self.address['port']}/"
        url += f"?service_name={self.address['service_name']}"
        config = self.folder / "config.json"
        config.write_text(json.dumps({"sqlalchemy_url": url} | settings), encoding="utf-8")
        with (self.folder / "log").open("wb") as log:
            started = subprocess.Popen(
                [*command, "--config", config, "--input", path], stdout=log, stderr=log, env=os.environ
            )
            _, status, usage = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            raise RuntimeError((self.folder / "log").read_text(encoding="utf-8")[-2000:])
        with (
            oracledb.connect(user="BENCH", password=PASSWORD, dsn=self.dsn) as connection,
            connection.cursor() as cursor,
        ):
            assert cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (rows,)
        self._administer('DROP USER "BENCH" CASCADE')
        return usage.ru_utime + usage.ru_stime

    def _administer(self, *statements: str) -> None:
        with oracledb.connect(**self.admin) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def main(python: str, rows: int, runs: int) -> None:
    """Print absolute figures, then the ratios."""
    with EmbeddedOracle() as server, tempfile.TemporaryDirectory() as folder:
        bench = Bench(server, python, Path(folder))
        sizes = {name: rows // SLOW if name in GOALS else rows for name in bench.commands}
        paths = {size: Path(folder) / f"{size}.singer" for size in {1, *sizes.values()}}
        for size, path in paths.items():
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(message) + "\n" for message in messages(size))
        pairs = [(name, size) for name in bench.commands for size in (1, sizes[name])]
        taken = [[bench.seconds(name, paths[size], size) for name, size in pairs] for _ in range(runs)]
    least = dict(zip(pairs, map(min, *taken), strict=True))
    million = {name: (least[name, size] - least[name, 1]) / (size - 1) * 1e6 for name, size in sizes.items()}
    print(
        f"CPU-seconds of the client, for records of {len(PROPERTIES)} properties; the least of {runs} runs:"
    )
    for name, seconds in million.items():
        print(f"  {name:15} {seconds:6.1f} for a million records, and {least[name, 1]:.2f} fixed")
    for name, goal in GOALS.items():
        print(f"SQLTarget, {name} ÷ {OURS}: {million[name] / million[OURS]:.1f}; goal {goal:g}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=4)
    main(**vars(parser.parse_args()))
