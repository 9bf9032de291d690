"""Send one query to the embedded server of the quickstart, through the plain driver, and print the rows.

python pipelines/query.py .oracle "SELECT COUNT(*) FROM quickstart___cities"
"""

from __future__ import annotations

import sys
from pathlib import Path

import oracledb

from dlt_oracle.embedded import launcher
from dlt_oracle.embedded.engine.directory import DataDirectory


def main(directory: Path, query: str) -> None:
    """Attach to the server of ``directory`` (starting it when needed) and print what ``query`` returns."""
    if not DataDirectory.is_at(directory):
        sys.exit(f"{directory} has no data of an embedded server: `make demo` makes some in .oracle.")
    endpoint = launcher.attach(directory)
    with (
        oracledb.connect(user=endpoint.username, password=endpoint.password, dsn=endpoint.dsn) as connection,
        connection.cursor() as cursor,
    ):
        try:
            for row in cursor.execute(query):
                print(*row, sep="\t")
        except oracledb.Error as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
