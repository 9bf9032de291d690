"""The command `target-oracle`, with every text that it sends written down for the judge.

usage: command.py STATEMENTS KILL_AT ARGUMENT…   (KILL_AT: at which of them to be killed; 0: at none)
"""

import itertools
import json
import os
import signal
import sys
from pathlib import Path

from dlt_oracle.destinations import sql_client
from dlt_oracle.singer.target.command import main

statements, kill_at, *arguments = sys.argv[1:]
counter = itertools.count(1)
# Line by line: the process may be killed at any moment.
with Path(statements).open("a", buffering=1, encoding="utf-8") as file:

    def note(text: str) -> None:
        if next(counter) == int(kill_at):
            os.kill(os.getpid(), signal.SIGKILL)
        print(json.dumps(text), file=file)

    sql_client.on_statement = note
    sys.exit(main(arguments))
