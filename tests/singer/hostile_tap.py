#!/usr/bin/env python3
"""A tap that does one thing wrong: the one that its configuration names under "does".

usage: hostile_tap.py --config FILE [--catalog FILE | --properties FILE] [--state FILE] [--discover] [--help]

Uses nothing but the standard library, so that it can stand anywhere.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

PASSWORD = "s3cr3t/päss word"
SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": ["null", "string"]}}}
CATALOG = {
    "streams": [
        {
            "tap_stream_id": name,
            "stream": name,
            "key_properties": ["id"],
            "schema": SCHEMA,
            "metadata": [
                {"breadcrumb": [], "metadata": {"inclusion": "available"}},
                {"breadcrumb": ["properties", "id"], "metadata": {"inclusion": "automatic"}},
                {"breadcrumb": ["properties", "name"], "metadata": {"inclusion": "available"}},
            ],
        }
        for name in ("users", "orders")
    ],
    "vendor": {"kept": True},
}

ARGUMENTS = {
    name: Path(value) for name, value in zip(sys.argv, sys.argv[1:], strict=False) if name.startswith("--")
}


def write(message: dict[str, Any], end: str = "\n") -> None:
    sys.stdout.write(json.dumps(message) + end)
    sys.stdout.flush()


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def read(option: str) -> Any:
    return json.loads(ARGUMENTS[option].read_text(encoding="utf-8")) if option in ARGUMENTS else None


def schema(stream: str = "users") -> None:
    write({"type": "SCHEMA", "stream": stream, "schema": SCHEMA, "key_properties": ["id"]})


def record(number: int | str, name: Any = "Ada", stream: str = "users") -> None:
    write({"type": "RECORD", "stream": stream, "record": {"id": number, "name": name}})


def state(value: Any) -> None:
    write({"type": "STATE", "value": value})


def nothing() -> None:
    """Does everything right: the selected streams, one more row at each run."""
    seen = (read("--state") or {}).get("seen", 0)
    catalog = read("--catalog") or read("--properties") or CATALOG
    for entry in catalog["streams"]:
        if not entry.get("metadata") or entry["metadata"][0]["metadata"].get("selected", True):
            schema(entry["stream"])
            for number in range(1, seen + 2):
                record(number, stream=entry["stream"])
    state({"seen": seen + 1})


def chokes_on_its_catalog() -> None:
    """As tap-csv-folder 0.0.1a1 does."""
    if "--catalog" in ARGUMENTS:
        say("Traceback (most recent call last)\n  AttributeError: property 'primary_keys' has no setter")
        sys.exit(1)
    nothing()


def is_down_for_a_while() -> None:
    """Its database, at the first start; without a catalog it has no streams, as many taps."""
    if Path(CONFIG["down"]).exists():
        Path(CONFIG["down"]).unlink()
        say("CRITICAL connection refused")
        sys.exit(1)
    if "--catalog" in ARGUMENTS:
        nothing()
    else:
        state({})


def fails() -> None:
    schema()
    record(1)
    state({"seen": 1})
    record(2)
    say("INFO reading\nCRITICAL the server said no\nTraceback (most recent call last):\n  ValueError: no")
    sys.exit(3)


def cuts_the_last_line() -> None:
    schema()
    record(1)
    sys.stdout.write('{"type": "RECORD", "stream": "users", "rec')


def cuts_the_last_line_and_fails() -> None:
    cuts_the_last_line()
    sys.exit(1)


def leaves_the_last_newline_away() -> None:
    schema()
    record(1)
    write({"type": "STATE", "value": {"seen": 1}}, end="")


def says_nothing() -> None:
    signal.pause()


def never_ends() -> None:
    if CONFIG.get("pid_file"):
        Path(CONFIG["pid_file"]).write_text(str(os.getpid()), encoding="utf-8")
    if CONFIG.get("first_line"):
        sys.stdout.write("what is this\n")
    schema()
    while True:
        record(1)


def ignores_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    schema()
    signal.pause()


def is_killed() -> None:
    schema()
    os.kill(os.getpid(), signal.SIGKILL)


def exits_with_0_when_it_is_stopped() -> None:
    """As taps of singer-sdk do; here it stops itself."""

    def stop(*_: Any) -> None:
        say("2026-11-26 12:00:00 | INFO     | tap-hostile | Gracefully shutting down...")
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    schema()
    record(1)
    os.kill(os.getpid(), signal.SIGTERM)


def closes_its_output_and_stays() -> None:
    nothing()
    sys.stdout.flush()
    os.close(1)
    signal.pause()


def leaves_a_child_that_holds_the_pipe() -> None:
    """The child ignores SIGTERM too; its id goes into the file that the configuration names."""
    program = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
signal.pause()
"""
    os.dup2(1, 9, inheritable=True)  # what the child holds; whether it is up is heard over a pipe of its own
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, pass_fds=(9,))
    assert child.stdout is not None
    child.stdout.readline()
    Path(CONFIG["pid_file"]).write_text(str(child.pid), encoding="utf-8")
    nothing()
    sys.stdout.flush()
    os._exit(0)


def tells_its_secrets() -> None:
    say(f"INFO connecting with {CONFIG['password']}")
    say("INFO " + json.dumps({"level": "info", "password": CONFIG["password"]}))
    say("ERROR GET https://api.example.com/?token=s3cr3t%2Fp%C3%A4ss%20word")
    sys.exit(1)


def prints_its_secrets() -> None:
    """Lines that look like messages, and one record that happens to hold the password."""
    for line in (
        f'INFO {{"type": "basic", "password": "{CONFIG["password"]}"}}',
        f'{{"event": {{"type": "login"}}, "with": "{CONFIG["password"]}"}}',
        f'{{"type": null, "with": "{CONFIG["password"]}"}}',
    ):
        sys.stdout.write(line + "\n")
    schema()
    record(1, name=CONFIG["password"])
    state({"seen": 1})


def writes_without_a_newline() -> None:
    sys.stderr.write("x" * 300_000)
    nothing()


def prints_noise() -> None:
    sys.stdout.write(f"connecting with {CONFIG.get('token')}\n\n")
    nothing()


def tells_secrets_that_nobody_gave_it() -> None:
    """To people and among its messages."""
    for text in ("ERROR password=f3tched-1 for x", "INFO GET https://u:f3tched-2@h/?token=f3tched-3"):
        say(text)
        sys.stdout.write(text + "\n")
    sys.exit(1)


def sends_what_is_not_selected() -> None:
    """As pipelinewise-tap-postgres 2.1.0 does; in the second record also in a way that its SCHEMA forbids."""
    schema()
    record(1)
    record("2", name=["a", "list"])
    state({"seen": 1})


def shows_its_catalog() -> None:
    """Sends it as STATE."""
    schema()
    state(read("--catalog"))


def prints_a_long_line() -> None:
    schema()
    record(1, name="x" * 3_000_000)
    state({"seen": 1})


def changes_its_configuration() -> None:
    """As taps with OAuth do."""
    changed = {**CONFIG, "refresh_token": "new-token-1", "expires": 3600}
    ARGUMENTS["--config"].write_text(json.dumps(changed), encoding="utf-8")
    nothing()


def changes_its_configuration_and_fails() -> None:
    changes_its_configuration()
    say("ERROR refused: new-token-1")
    sys.exit(1)


def tells_how_it_was_started() -> None:
    """Tells argv, environment, session and files in the record's name."""
    schema()
    files = {
        name: {"mode": oct(path.stat().st_mode & 0o777), "text": path.read_text(encoding="utf-8")}
        for name, path in ARGUMENTS.items()
        if path.exists()
    }
    told = {
        "argv": sys.argv,
        "environment": dict(os.environ),
        "leads_its_session": os.getsid(0) == os.getpid(),
        "files": files,
        "stdin": sys.stdin.read(),
    }
    record(1, name=json.dumps(told))


def discover() -> None:
    if CONFIG.get("does") == "cannot_discover":
        say("ERROR no such option: --discover")
        sys.exit(2)
    if CONFIG.get("does") == "prints_noise":
        sys.stdout.write("INFO {discovering}\n")
    runs = CONFIG.get("count_discoveries")
    if runs:
        with Path(runs).open("a", encoding="utf-8") as file:
            file.write("x")
    json.dump(CATALOG, sys.stdout, indent=2)


CONFIG = read("--config") or {}

if __name__ == "__main__":
    if "--help" in sys.argv:
        old = Path(sys.argv[0]).name == "old_tap.py"
        sys.stdout.write(f"usage: tap --config FILE {'--properties' if old else '--catalog'} FILE\n")
    elif "--discover" in sys.argv:
        discover()
    else:
        globals()[CONFIG.get("does", "nothing")]()
