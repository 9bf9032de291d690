"""singer-sdk's standard target tests, run through the command, each with a look at what is in the database.

Collected only by run.py, in an environment that has singer-sdk: the SDK's runner thinks it drives one of its
own targets, and gets the process instead.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import oracledb
from singer_sdk import Target
from singer_sdk.exceptions import MissingKeyPropertiesError, RecordsWithoutSchemaException
from singer_sdk.testing import get_target_test_class, target_test_streams
from singer_sdk.testing.suites import target_tests

CONFIG = Path(os.environ["SUITE_CONFIG"])
COMMAND = os.environ["SUITE_COMMAND"]
SECONDS = 120

# The SDK's tests name its own exceptions.
ERRORS = {"RecordBeforeSchema": RecordsWithoutSchemaException, "MissingKey": MissingKeyPropertiesError}


class TargetOracle(Target):
    """What the SDK's runner sees."""

    name = "target-oracle"
    config_jsonschema: ClassVar = {"type": "object", "properties": {}}

    def process_lines(self, file_input: Any) -> None:
        """Give all lines to the process, and what it prints to the runner."""
        done = command(["--config", str(CONFIG)], file_input.read())
        sys.stderr.write(done.stderr)
        sys.stdout.write(done.stdout)
        if done.returncode:
            kind = next((error for name, error in ERRORS.items() if name in done.stderr), RuntimeError)
            raise kind(done.stderr)

    def process_endofpipe(self) -> None:
        """Nothing: the process has ended."""

    @classmethod
    def print_version(cls, print_fn: Any = print) -> None:
        print_fn(command(["--version"]).stdout)

    @classmethod
    def print_about(cls, output_format: str | None = None) -> None:
        page = command(["--about", "--format", output_format or "text"])
        assert page.returncode == 0
        assert json.loads(page.stdout) if output_format == "json" else page.stdout


def command(arguments: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], input=text, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def rows(query: str) -> list[tuple[Any, ...]]:
    settings = json.loads(CONFIG.read_text(encoding="utf-8"))
    dsn = f"{settings['host']}:{settings['port']}/{settings['service_name']}"
    user, password = settings["username"], settings["password"]
    with oracledb.connect(user=user, password=password, dsn=dsn) as connection, connection.cursor() as cursor:
        return [tuple(map(_plain, row)) for row in cursor.execute(query, fetch_lobs=False)]


def _plain(value: Any) -> Any:
    """Nested values come as JSON text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


STRINGS = [
    message["record"]
    for message in map(
        json.loads,
        Path(target_test_streams.__path__[0], "encoded_string_data.singer").read_text("utf-8").splitlines(),
    )
    if message["type"] == "RECORD" and message["stream"] == "test_strings"
]

EXPECTED: dict[str, list[tuple[str, list[tuple[Any, ...]]]]] = {
    "array_data": [
        (
            "SELECT id, fruits FROM suite___test_array_data WHERE id < 3",
            [(1, ["apple", "orange", "pear"]), (2, ["banana", "apple"])],
        )
    ],
    "camelcase": [
        (
            "SELECT id, client_name FROM suite___test_camelcase",
            [("1", "Gitter Windows Desktop App"), ("2", "Gitter iOS App")],
        )
    ],
    "duplicate_records": [("SELECT id, metric FROM suite___test_duplicate_records", [(1, 100), (2, 20)])],
    "encoded_string_data": [
        (
            "SELECT id, info FROM suite___test_strings",
            # The policy for NUL, in the reference of Singer: taken out.
            [(record["id"], record["info"].replace("\0", "")) for record in STRINGS],
        )
    ],
    "no_primary_keys": [("SELECT id, metric FROM suite___test_no_pk", [(1, 11), (2, 22), (3, 33)])],
    "optional_attributes": [
        (
            "SELECT id, optional FROM suite___test_optional_attributes",
            [(1, "This is optional"), (2, None), (3, "Also optional"), (4, None)],
        )
    ],
    "pk_updates": [
        (
            "SELECT id, name, email FROM suite___example_stream",
            [(1, "Alice", "alice@example.com"), (2, "Bob", "bob@example.com")],
        )
    ],
    "record_missing_fields": [
        (
            "SELECT id, optional FROM suite___record_missing_fields",
            [(1, "now you see me"), (2, None)],
        )
    ],
    "schema_no_properties": [
        (
            "SELECT object_store FROM suite___test_object_schema_no_properties",
            [({"id": 1, "metric": 1},), ({"id": 2, "metric": 2},)],
        )
    ],
    "schema_updates": [
        (
            "SELECT id, a1, a2, a6 FROM suite___test_schema_updates",
            [(n, 100 + n, f"string{n}", {5: 985, 6: 341}.get(n)) for n in range(1, 7)],
        )
    ],
    "special_chars_in_attributes": [
        ('SELECT "_ID" FROM suite___test_special_chars_in_attributes', [("a2e98886",)])
    ],
}


def _with_a_look(case: type) -> type:
    def validate(self: Any) -> None:
        for query, expected in EXPECTED.get(self.name, ()):
            assert sorted(rows(query), key=repr) == sorted(expected, key=repr)

    return type(case.__name__, (case,), {"validate": validate})


target_tests.tests[:] = [_with_a_look(case) for case in target_tests.tests]
TestTargetOracle = get_target_test_class(TargetOracle)


def test_every_case_of_the_sdk_runs() -> None:
    assert len(target_tests.tests) == 16


def test_multiple_state_messages_are_safe() -> None:
    """Each STATE is printed when what it says is committed, and before anything more is sent.

    The SDK's own case wants three of them by position: where its sinks happen to be drained.
    """
    text = Path(target_test_streams.__path__[0], "multiple_state_messages.singer").read_text("utf-8")
    # Rows of the SDK's case, which sends the same, are in the way.
    lines = text.replace("test_multiple_state_messages_", "test_states_").splitlines()
    config = CONFIG.with_name("states.json")
    config.write_text(json.dumps({"batch_wait_limit_seconds": 0.2}), encoding="utf-8")
    with subprocess.Popen(
        [COMMAND, "--config", CONFIG, "--config", config],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        for line in lines:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            message = json.loads(line)
            if message["type"] == "STATE":
                assert json.loads(process.stdout.readline()) == message["value"]
                # A bookmark of this tap is the last key of its stream.
                for stream, last in message["value"].items():
                    found = rows(f"SELECT id FROM suite___{stream}") if last else []
                    assert sorted(found) == [(number + 1,) for number in range(last)]
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.wait(SECONDS) == 0
