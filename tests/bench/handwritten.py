"""The baseline: what a person writes by hand to bring one parquet file into one Oracle table.

usage: handwritten.py FILE TABLE COLUMN… (user, password and dsn in the environment)
"""

import json
import os
import sys
import time

import oracledb
import pyarrow as pa
import pyarrow.parquet as pq

FORMS = {pa.bool_().id: pa.int8(), pa.dictionary(pa.int8(), pa.string()).id: pa.string()}
path, table, *columns = sys.argv[1:]
binds = ", ".join(f":{n}" for n in range(1, len(columns) + 1))
insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({binds})"
user, password, dsn = (os.environ[f"BENCH_{key}"] for key in ("USER", "PASSWORD", "DSN"))
with oracledb.connect(user=user, password=password, dsn=dsn) as connection, connection.cursor() as cursor:
    cursor.execute("ALTER SESSION SET TIME_ZONE = '+00:00'")
    start = time.process_time()
    for batch in pq.ParquetFile(path, pre_buffer=False).iter_batches(batch_size=30_000):
        rows = pa.Table.from_batches([batch])
        for position, field in enumerate(rows.schema):
            if form := FORMS.get(field.type.id):
                rows = rows.set_column(position, field.name, rows[field.name].cast(form))
        cursor.executemany(insert, rows)
    connection.commit()
    print(json.dumps({"cpu": time.process_time() - start}))
