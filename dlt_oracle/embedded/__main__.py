"""``python -m dlt_oracle.embedded serve | status | stop DIR``: the stand-in for people."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dlt_oracle.embedded.engine.directory import DataDirectory, DirectoryError, EndpointRecord
from dlt_oracle.embedded.launcher import require_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UNUSED_SECONDS = 1.0  # how long a server started for others stays when the last of them is gone
STOP_SECONDS = 60.0
_POLL_SECONDS = 0.5
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (DirectoryError, RuntimeError, OSError) as error:
        _say(f"error: {error}", sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dlt_oracle.embedded",
        description="An Oracle stand-in for demos and tests: Oracle's wire protocol and SQL over PostgreSQL.",
    )
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="run a server in the foreground until Ctrl-C")
    serve.add_argument("directory", metavar="DIR", help="where the data is kept")
    serve.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: a free one)")
    serve.add_argument("--version", choices=("19c", "21c", "23ai"), default="19c")
    serve.add_argument("--max-string-size", choices=("STANDARD", "EXTENDED"), default="STANDARD")
    serve.add_argument(
        "--until-unused", action="store_true", help=argparse.SUPPRESS
    )  # how the launcher calls it
    serve.set_defaults(command=_serve)
    for name, command, text in (
        ("status", _status, "say whether a server runs, and how to connect"),
        ("stop", _stop, "stop the server"),
    ):
        each = commands.add_parser(name, help=text)
        each.add_argument("directory", metavar="DIR")
        each.set_defaults(command=command)
    return parser


def _say(text: str, stream: TextIO | None = None) -> None:
    stream = stream or sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def _serve(options: argparse.Namespace) -> int:
    require_extra()
    from dlt_oracle.embedded.api import EmbeddedOracle

    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT, stream=sys.stderr)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    directory = DataDirectory(options.directory)
    server = EmbeddedOracle(
        directory.path, port=options.port, version=options.version, max_string_size=options.max_string_size
    )
    with server:
        record = directory.read_endpoint()
        if record is not None and not options.until_unused:
            _say(_how_to_connect(directory, record))
        if not options.until_unused:
            ended.wait()
            _say("stopping")
            return 0
        closed = _wait_until_unused(directory, ended)
    if closed is not None:
        os.close(closed)  # from here on a new client may start the next server
    return 0


def _wait_until_unused(directory: DataDirectory, ended: threading.Event) -> int | None:
    """Wait for a signal, or until nobody uses the server; then newcomers are kept waiting."""
    unused = 0.0
    while not ended.wait(_POLL_SECONDS):
        descriptor = directory.close_to_clients()
        if descriptor is None:
            unused = 0.0
            continue
        unused += _POLL_SECONDS
        if unused > UNUSED_SECONDS:
            return descriptor
        os.close(descriptor)
    return None


def _how_to_connect(directory: DataDirectory, record: EndpointRecord) -> str:
    users = ", ".join(record.passwords)
    secrets = directory.path / "endpoint.json"
    return (
        f"Oracle {record.version} stand-in (PostgreSQL inside; no Oracle, and no place to keep data)\n"
        f"  dsn        {record.host}:{record.port}/{record.service_name}\n"
        f"  users      {users}\n"
        f"  passwords  in {secrets} (readable by you only)\n"
        f"  python     import json, oracledb; users = json.load(open({str(secrets)!r}))['passwords']\n"
        f"             oracledb.connect(user='LOADER', password=users['LOADER'],"
        f" dsn='{record.host}:{record.port}/{record.service_name}')\n"
        "  Ctrl-C stops it; the data stays."
    )


def _used_before(path: str) -> DataDirectory:
    """Return a directory that some server has run in. Raises DirectoryError, and makes none."""
    if not DataDirectory.is_at(path):
        raise DirectoryError(f"{Path(path).absolute()} is no directory of an embedded server")
    return DataDirectory(path)


def _status(options: argparse.Namespace) -> int:
    directory = _used_before(options.directory)
    record = directory.read_endpoint()
    if not directory.is_owned() or record is None:
        _say(f"no server runs in {directory.path}")
        return 1
    _say(f"process {record.pid} serves {directory.path}\n{_how_to_connect(directory, record)}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    directory = _used_before(options.directory)
    record = directory.read_endpoint()
    if not directory.is_owned() or record is None:
        _say(f"no server runs in {directory.path}")
        return 0
    os.kill(record.pid, signal.SIGTERM)
    if not directory.wait_until_free(STOP_SECONDS):
        _say(f"process {record.pid} does not end; see {directory.log}", sys.stderr)
        return 1
    _say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
