"""Load some streams of a tap into a dataset that another process loads at the same time.

usage: tap_pipeline.py NAME DIRECTORY START STREAM…; begins when the file START is there.
"""

import json
import sys
import time
from pathlib import Path

import dlt

from dlt_oracle.destinations import sql_client
from dlt_oracle.singer import singer_source, singer_state

TAP = [sys.executable, str(Path(__file__).parents[1] / "singer" / "hostile_tap.py")]

name, directory, start, *streams = sys.argv[1:]
sent: set[str] = set()
sql_client.on_statement = sent.add

pipeline = dlt.pipeline(name, destination="oracle", dataset_name="raw", pipelines_dir=directory)
source = singer_source(TAP, config={"does": "nothing"}, select=streams, name=f"shop_{name}")
Path(directory, "ready").touch()
deadline = time.monotonic() + 60
while not Path(start).exists():
    if time.monotonic() > deadline:
        sys.exit("the signal to begin did not come")
    time.sleep(0.005)
for _ in range(2):
    pipeline.run(source)
Path(directory, "statements.json").write_text(json.dumps(sorted(sent)), encoding="utf-8")
state = singer_state(pipeline, f"shop_{name}").text
Path(directory, "state.json").write_text(str(state), encoding="utf-8")
