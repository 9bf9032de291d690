"""dlt's load step alone, on a load package that was extracted and normalized before; prints what it cost.

usage: load_step.py PIPELINES_DIR DESTINATION DATASET (credentials in the environment)

One line of JSON: CPU-seconds of the load step, and the process's highest memory in MB.
"""

import json
import sys
import time
from pathlib import Path

import dlt
import pyarrow.parquet  # noqa: F401 - the script by hand imports it before its clock runs, too

directory, destination, dataset = sys.argv[1:]
pipeline = dlt.attach("bench", pipelines_dir=directory, destination=destination, dataset_name=dataset)
# Imports and the first connection are a process's, not a load's.
with pipeline.destination_client() as client:
    client.is_storage_initialized()
start = time.process_time()
pipeline.load(workers=1)
cpu = time.process_time() - start
# Not ru_maxrss: a child begins with its parent's.
(peak,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(json.dumps({"cpu": cpu, "memory": int(peak.split()[1]) / 1024}))
