"""Load into a dataset that another process loads at the same time.

usage: parallel_pipeline.py NAME DIRECTORY START; begins when the file START is there.
"""

import json
import sys
import time
from pathlib import Path

import dlt

from dlt_oracle.destinations import sql_client

name, directory, start = sys.argv[1:4]
sent: set[str] = set()
sql_client.on_statement = sent.add

pipeline = dlt.pipeline(name, destination="oracle", dataset_name="raw", pipelines_dir=directory)
data = [{"id": n, "by": name, "tags": ["a", "b"], "deep": [{"x": [1]}]} for n in range(50)]
pipeline.extract(data, table_name="items")
pipeline.normalize()
Path(directory, "ready").touch()
deadline = time.monotonic() + 60
while not Path(start).exists():
    if time.monotonic() > deadline:
        sys.exit("the signal to begin did not come")
    time.sleep(0.005)
pipeline.load()
Path(directory, "statements.json").write_text(json.dumps(sorted(sent)), encoding="utf-8")
