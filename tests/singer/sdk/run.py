"""Run singer-sdk's own target tests against the command `target-oracle`, on an embedded server.

usage: run.py PYTHON   (of an environment with singer-sdk[testing] and oracledb)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import oracledb

from dlt_oracle.embedded import EmbeddedOracle

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("target-oracle")
PASSWORD = "Suite_only_1"


def main(python: str) -> int:
    """Start a server with a poor user, and pytest in the other environment. Return its exit code."""
    with EmbeddedOracle() as server, tempfile.TemporaryDirectory() as directory:
        admin = oracledb.connect(
            user="SYSTEM",
            password=server.password("SYSTEM"),
            dsn=f"{server.host}:{server.port}/{server.service_name}",
        )
        with admin, admin.cursor() as cursor:
            cursor.execute(f'CREATE USER "SUITE" IDENTIFIED BY "{PASSWORD}" QUOTA UNLIMITED ON "USERS"')
            cursor.execute('GRANT CREATE SESSION, CREATE TABLE TO "SUITE"')
        settings = {
            "host": server.host,
            "port": server.port,
            "service_name": server.service_name,
            "username": "SUITE",
            "password": PASSWORD,
            "default_target_schema": "suite",
        }
        config = Path(directory) / "config.json"
        config.write_text(json.dumps(settings), encoding="utf-8")
        environment = os.environ | {"SUITE_CONFIG": str(config), "SUITE_COMMAND": str(COMMAND)}
        tests = [python, "-m", "pytest", "-c", HERE / "pytest.ini", "-v", HERE / "suite.py"]
        return subprocess.run(tests, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
