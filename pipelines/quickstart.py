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
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parent / "data"
DATASET = "quickstart"
FIRST_DAYS_END = datetime(2018, 2, 4, tzinfo=timezone.utc)
WEEK_END = datetime(2018, 2, 8, tzinfo=timezone.utc)
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


# With the key dlt knows an earthquake at the border of both runs again, whatever columns it has gained.
@dlt.resource(write_disposition="append", primary_key="id")
def earthquakes(
    until: datetime,
    *,
    reports: bool,
    time: dlt.sources.incremental[datetime] = dlt.sources.incremental("time"),  # noqa: ARG001, B008 - how dlt declares a cursor
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


# Plain Oracle SQL, as any client would send it. The columns that dlt adds begin with an underscore,
# which Oracle wants in quotes.
QUERIES = {
    "What a user sees in its schema": """
        SELECT table_name FROM user_tables
        WHERE table_name LIKE 'QUICKSTART!_!_!_%' ESCAPE '!' ORDER BY table_name""",
    "Rows": """
        SELECT 'cities' what, COUNT(*) n FROM quickstart___cities
        UNION ALL SELECT 'their names', COUNT(*) FROM quickstart___cities__alternatenames
        UNION ALL SELECT 'earthquakes', COUNT(*) FROM quickstart___earthquakes
        UNION ALL SELECT 'reporting networks', COUNT(*) FROM quickstart___earthquakes__networks""",
    "Each earthquake is there once": """
        SELECT COUNT(*) n, COUNT(DISTINCT id) different FROM quickstart___earthquakes""",
    "Names of Athens, from the nested table": """
        SELECT n.value FROM quickstart___cities c
        JOIN quickstart___cities__alternatenames n ON n."_DLT_PARENT_ID" = c."_DLT_ID"
        WHERE c.name = 'Athens' AND LENGTHB(n.value) > LENGTH(n.value)
        ORDER BY n.value FETCH FIRST 5 ROWS ONLY""",
    "Earthquakes a day (date and size are reserved words: quoted)": """
        SELECT TO_CHAR("DATE", 'YYYY-MM-DD') day, COUNT(*) n, MAX(magnitude) strongest, COUNT(felt) reported
        FROM quickstart___earthquakes GROUP BY "DATE" ORDER BY day""",
    "The strongest, to the microsecond": """
        SELECT place, magnitude, "SIZE", depth_km, TO_CHAR("TIME", 'YYYY-MM-DD HH24:MI:SS.FF6 TZH:TZM') utc
        FROM quickstart___earthquakes ORDER BY magnitude DESC NULLS LAST FETCH FIRST 3 ROWS ONLY""",
}


def load(pipeline: dlt.Pipeline) -> None:
    """Run twice: the second run finds the rest of the week, and new columns."""
    for title, until, reports in (
        ("First run: cities, and earthquakes until Saturday", FIRST_DAYS_END, False),
        ("Second run: cities again, the rest of the week, and what people reported", WEEK_END, True),
    ):
        print(f"\n== {title}", flush=True)
        print(pipeline.run([cities(), earthquakes(until, reports=reports)]), flush=True)


def show(pipeline: dlt.Pipeline) -> None:
    """Print what is in the tables now."""
    with pipeline.sql_client() as client:
        for title, query in QUERIES.items():
            with client.execute_query(query) as cursor:
                names = [column[0] for column in cursor.description]
                rows = [["" if value is None else str(value) for value in row] for row in cursor.fetchall()]
            widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
            print(f"\n== {title}")
            for line in (names, ["-" * width for width in widths], *rows):
                print("  " + "  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)))


def say_how_to_go_on(directory: Path) -> None:
    """Print commands that work as they stand."""
    python = Path(sys.executable)
    print(
        f"""
== Look further
  The embedded server is a stand-in to try things out with; production is an Oracle Database.
  Serve the data to any Oracle client, until Ctrl-C (it prints how to connect):
    {python} -m dlt_oracle.embedded serve {directory}
  Ask it something:
    {python} pipelines/query.py {directory} "SELECT MAX(population) FROM quickstart___cities"
  Look at it in dlt's dashboard, in a browser at http://127.0.0.1:2718, until Ctrl-C:
    {python} pipelines/dashboard.py {directory}
  Load your own Oracle with this script: put its credentials into .dlt/secrets.toml, then
    {python} pipelines/quickstart.py --real"""
    )


def main() -> None:
    """Load, and show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--real", action="store_true", help="load the Oracle that dlt's credentials name")
    parser.add_argument("--directory", type=Path, default=Path(".oracle"), help="data of the embedded server")
    arguments = parser.parse_args()
    # The pipeline's state lies beside the data: remove the directory, and both are gone.
    pipeline = dlt.pipeline(
        "quickstart",
        destination=oracle() if arguments.real else oracle({"embedded": str(arguments.directory)}),
        dataset_name=DATASET,
        pipelines_dir=None if arguments.real else str(arguments.directory.absolute() / "pipelines"),
    )
    load(pipeline)
    show(pipeline)
    if not arguments.real:
        say_how_to_go_on(arguments.directory)


if __name__ == "__main__":
    main()
