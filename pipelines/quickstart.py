"""Load two real data sets into Oracle, twice, and read them back with plain Oracle SQL.

    python pipelines/quickstart.py                 # the embedded server, data kept in .oracle
    python pipelines/quickstart.py --real          # the Oracle your dlt credentials name

The first run loads the cities of the world (nested names in many scripts) and the first four days of
a week of earthquakes. The second run loads the cities again (replace: nothing is doubled), the rest
of the week (append, incremental: nothing is doubled) and finds new columns in it.
The user needs CREATE SESSION, CREATE TABLE and a quota; the embedded server's user has no more.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import dlt

DATA = Path(__file__).parent / "data"
DATASET = "quickstart"
FIRST_DAYS_END = datetime(2018, 2, 4, tzinfo=timezone.utc)
# What the U.S. Geological Survey adds once people have reported: only the second run asks for it.
REPORTED_BY_PEOPLE = ("felt", "cdi", "alert")


def read(name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of one JSON-lines file, decimals exact."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line, parse_float=Decimal)


@dlt.resource(write_disposition="replace")
def cities() -> Iterator[dict[str, Any]]:
    """Cities with their names in many languages: a table and a nested table."""
    yield from read("cities")


@dlt.resource(write_disposition="append")
def earthquakes(
    until: datetime,
    *,
    reports: bool,
    time: dlt.sources.incremental[datetime] = dlt.sources.incremental("time"),  # noqa: B008 - dlt's way to declare a cursor
) -> Iterator[dict[str, Any]]:
    """Earthquakes before ``until``: flat columns, a point as decimals, the reporting networks nested."""
    for feature in read("earthquakes"):
        quake = feature["properties"]
        happened = datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=quake["time"])
        if happened >= until:
            continue
        longitude, latitude, depth = feature["geometry"]["coordinates"]
        yield {
            "id": feature["id"],
            "time": happened,
            "date": happened.date(),
            "place": quake["place"],
            "magnitude": quake["mag"],
            "size": quake["magType"],
            "longitude": longitude,
            "latitude": latitude,
            "depth_km": depth,
            "tsunami": bool(quake["tsunami"]),
            "stations": quake["nst"],
            "networks": [name for name in quake["sources"].split(",") if name],
            **({column: quake[column] for column in REPORTED_BY_PEOPLE} if reports else {}),
        }
