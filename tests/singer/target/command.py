"""The command `target-oracle`, with every text that it sends written down for the judge.

usage: command.py STATEMENTS ARGUMENT…
"""

import json
import sys
from pathlib import Path

from dlt_oracle.destinations import sql_client
from dlt_oracle.singer.target.cli import main

statements, *arguments = sys.argv[1:]
# Line by line: the process may be killed at any moment.
with Path(statements).open("a", buffering=1, encoding="utf-8") as file:
    sql_client.on_statement = lambda text: print(json.dumps(text), file=file)
    sys.exit(main(arguments))
