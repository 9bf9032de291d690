"""dlt's load step alone, on a load package that was extracted and normalized before; prints CPU-seconds.

usage: load_step.py PIPELINES_DIR (credentials in the environment)
"""

import sys
import time

import dlt

pipeline = dlt.attach("bench", pipelines_dir=sys.argv[1], destination="oracle", dataset_name="bench")
with (
    pipeline.destination_client() as client
):  # imports and the first connection are a process's, not a load's
    client.is_storage_initialized()
start = time.process_time()
pipeline.load(workers=1)
print(time.process_time() - start)
