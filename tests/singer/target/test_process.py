"""`target-oracle` end to end: what it prints, when, and with what exit code."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
from singer.target.killing import assert_complete, assert_covered
from singer.target.tap import Tap

from dlt_oracle.singer.target.packages import beginning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from singer.target.conftest import Running

    Start = Callable[..., Running]
    Ask = Callable[[str], list[tuple[Any, ...]]]

SCHEMA = (
    b'{"type":"SCHEMA","stream":"items","key_properties":["id"],'
    b'"schema":{"properties":{"id":{"type":"integer"}}}}\n'
)


STATEMENTS = 150
"""About as many as a run sends that loads two packages into a fresh schema."""
EMPTY_STATE = b'{"type":"STATE","value":{ }}\n'


def record(number: int) -> bytes:
    return b'{"type":"RECORD","stream":"items","record":{"id":%d}}\n' % number


def of_version(number: int, version: int) -> bytes:
    return record(number).replace(b'"record"', b'"version":%d,"record"' % version)


def activate(version: int) -> bytes:
    return b'{"type":"ACTIVATE_VERSION","stream":"items","version":%d}\n' % version


def state(number: int) -> bytes:
    return b'{"type":"STATE","value":{"n": %d}}\n' % number


def test_killed_at_any_statement_and_started_again_it_loses_and_doubles_nothing(
    start: Start, rows: Ask
) -> None:
    seed = int(os.environ.get("SINGER_KILL_SEED") or random.randrange(1 << 32))
    print(f"SINGER_KILL_SEED={seed} kills at the same statements again")  # noqa: T201 - shown if it fails
    chance = random.Random(seed)
    tap = Tap(changes=120, state_every=10)
    position = 0
    for kill_at in (chance.randrange(1, STATEMENTS), chance.randrange(1, STATEMENTS), 0):
        running = start(batch_size_rows=60, hard_delete=True, kill_at=kill_at)
        running.send(tap.lines(position))
        code, printed, _ = running.end()
        position = printed[-1]["position"] if printed else position
        assert_covered(tap, rows, position)
    assert (code, position) == (0, 120)
    assert_complete(tap, rows)


def test_a_tap_that_goes_on_gets_its_states_back_in_time_and_ctrl_c_ends_it(start: Start, rows: Ask) -> None:
    running = start(batch_wait_limit_seconds=0.2)
    # Empty ones are kept from the runner, who would forget the bookmark that it has.
    running.send([EMPTY_STATE, state(0), EMPTY_STATE])
    assert running.state() == {"n": 0}
    running.send([SCHEMA, state(1)])
    assert running.state() == {"n": 1}
    running.send([record(1), state(2)])
    assert running.state() == {"n": 2}
    assert rows("SELECT id FROM raw___items") == [(1,)]
    running.send([record(2)])
    running.process.send_signal(signal.SIGINT)
    code, printed, log = running.end()
    assert (code, printed) == (130, [])
    assert "SIGINT: stopping. What was read is still loaded, for at most 30 seconds" in log
    assert "Stopped. The last of 3 STATEs covers what is committed" in log


def test_a_line_that_cannot_be_loaded_costs_what_no_state_covers_and_never_more(
    start: Start, rows: Ask
) -> None:
    running = start(batch_size_rows=4)
    without_key = SCHEMA.replace(b'["id"]', b"[]")
    running.send([without_key, record(1), record(2), state(1)])
    # A package of its own, without a SCHEMA: rows 4 and 5 stand behind its last good STATE.
    running.send([record(3), state(2), record(4), b"Traceback (of S3cret-1):\n", record(5), state(3)])
    code, printed, log = running.end()
    assert (code, printed) == (1, [{"n": 1}, {"n": 2}])
    assert rows("SELECT id FROM raw___items ORDER BY id") == [(1,), (2,), (3,)]
    assert "MalformedLine: line 8: no Singer message, but 'Traceback… (24 bytes)'" in log
    assert "S3cret" not in log


def test_lines_that_are_found_wrong_out_of_order_cost_what_no_state_covers_and_never_more(
    start: Start, rows: Ask
) -> None:
    running = start(dates="error")
    schema = SCHEMA.replace(b'"properties":{', b'"properties":{"day":{"type":"string","format":"date"},')
    no_day = record(3).replace(b"}}", b',"day":"0000-01-01"}}')
    collides = record(4).replace(b'"id"', b'"Id":1,"id"')
    running.send([schema, record(1), state(1), record(2), state(2), no_day, state(3), collides, state(4)])
    # Found as it comes; names and values when a batch is made.
    running.send([b"Traceback (most recent call last):\n"])
    code, printed, log = running.end()
    assert (code, printed) == (1, [{"n": 2}])
    assert rows("SELECT id FROM raw___items ORDER BY id") == [(1,), (2,)]
    assert "MalformedLine: line 10" in log


def test_a_run_that_replaces_does_so_from_its_beginning_until_it_ends_well(start: Start, rows: Ask) -> None:
    settings = {"load_method": "overwrite", "batch_size_rows": 3}
    ids = "SELECT id FROM raw___items ORDER BY id"
    first = start(**settings)
    first.send([SCHEMA, record(1), state(1), record(2), record(3), record(4)])
    code, printed, _ = first.end()
    # Started again from a STATE in the middle, the tap would send the rest, and the rest replace all.
    assert (code, printed, rows(ids)) == (0, [], [(1,), (2,), (3,), (4,)])
    died = start(**settings)
    died.send([SCHEMA, state(2), b'{"type":"REC'])
    code, printed, _ = died.end()
    assert (code, printed, rows(ids)) == (1, [], [(1,), (2,), (3,), (4,)])
    whole = start(**settings)
    whole.send([SCHEMA, b"\n", state(3), b"\n"])  # the last one is a package of its own
    code, printed, _ = whole.end()
    assert (code, printed, rows(ids)) == (0, [{"n": 3}], [])


def test_rows_of_earlier_versions_are_marked_when_the_new_one_is_whole(start: Start, rows: Ask) -> None:
    running = start(batch_size_rows=5)
    running.send([SCHEMA, of_version(1, 1), of_version(2, 1), activate(1), state(1)])
    assert running.state() == {"n": 1}
    deleted = "SELECT id, NVL2(\"_SDC_DELETED_AT\", 'gone', 'here') FROM raw___items ORDER BY id"
    assert rows(deleted) == [(1, "here"), (2, "here")]
    running.send([of_version(1, 2), activate(2), state(2), state(2), state(2)])
    assert running.state() == {"n": 2}
    # Said before its rows: it counts when the tap has sent all it had.
    running.send([activate(3), of_version(3, 3), state(3)])
    code, printed, _ = running.end()
    assert (code, printed) == (0, [{"n": 3}])
    assert rows(deleted) == [(1, "gone"), (2, "gone"), (3, "here")]


def test_a_database_that_refuses_is_one_sentence_and_no_state(start: Start, user: Any) -> None:
    running = start(password="wrong-1")
    running.send([SCHEMA, record(1), state(1)])
    code, printed, log = running.end()
    assert (code, printed) == (1, [])
    assert "ORA-01017" in log
    assert "wrong-1" not in log
    assert user.password not in log


def test_a_job_that_the_database_refuses_is_told_without_tracebacks_and_dlts_advice(
    start: Start, rows: Ask, user: Any
) -> None:
    first = start()
    first.send([SCHEMA, record(1), state(1)])
    assert first.end()[0] == 0
    with oracledb.connect(user=user.name, password=user.password, dsn=user.dsn) as connection:
        connection.cursor().execute('ALTER TABLE raw___items ADD CONSTRAINT "SMALL" CHECK ("ID" < 5)')
    second = start()
    second.send([SCHEMA, record(7), state(2)])
    code, printed, log = second.end()
    assert (code, printed) == (1, [])
    assert rows("SELECT id FROM raw___items") == [(1,)]
    assert "ORA-02290" in log.splitlines()[-1]
    assert not [word for word in ("Traceback", "abort-packages", "Pending") if word in log]


def test_settings_that_are_wrong_end_it_before_it_reads(start: Start) -> None:
    running = start(port="many", stream_maps={"items": {}})
    code, printed, log = running.end()
    assert (code, printed) == (2, [])
    assert "2 problems" in log


def test_a_run_of_which_all_is_well_warns_of_nothing_whatever_the_datasets_letters(
    start: Start, rows: Ask
) -> None:
    running = start(default_target_schema="My-Raw", batch_size_rows=2)
    running.send([SCHEMA, record(1), state(1)])
    code, _, log = running.end()
    assert (code, rows("SELECT id FROM my_raw___items")) == (0, [(1,)])
    assert [line for line in log.splitlines() if " INFO " not in line] == []
    assert "Loaded 1 line, " in log


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"hello, my password=S3cretPw!\n", "… (28 bytes)"),
        (b"S3cretPw!\r\n", "… (9 bytes)"),
        (b"INFO:S3cretPw!", "INFO… (14 bytes)"),
        (b"requests.HTTPError: 401 https://u:S3cretPw@h\n", "requests.HTTPError… (44 bytes)"),
        (b"ERRORS3cretPw!", "… (14 bytes)"),
    ],
)
def test_of_a_line_that_is_no_message_only_a_word_that_is_no_secret_is_shown(line: bytes, shown: str) -> None:
    assert beginning(line).decode() == shown


@pytest.mark.parametrize("module", ["dlt_oracle.singer.target.command", "dlt"])
def test_ctrl_c_while_modules_are_imported_is_quiet(module: str, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"embedded": "never started"}', encoding="utf-8")
    script = """
import os, signal, sys
class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["MODULE"]:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, CtrlC())
from dlt_oracle.singer.target.cli import main
sys.exit(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, "--config", "config.json"],
        capture_output=True,
        env=os.environ | {"MODULE": module},
        cwd=tmp_path,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_a_second_signal_ends_it_at_once_and_says_so() -> None:
    script = """
import signal
from dlt_oracle.singer.target.interruption import Interruption
with Interruption(lambda: None, grace=600):
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGINT)
    print("goes on")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (143, b"")
    assert done.stderr.decode().splitlines()[1:] == [
        "target-oracle: Ended at once. What the last printed STATE covers is committed."
    ]


def test_an_input_that_is_not_there_is_named(start: Start) -> None:
    code, printed, log = start("--input", "/nowhere").end()
    assert (code, printed) == (2, [])
    assert "--input /nowhere cannot be read: No such file" in log


def test_nothing_but_state_reaches_stdout() -> None:
    script = """
import os
from dlt_oracle.singer.target.stdout import StateOutput
output = StateOutput()
print("noise of Python")
os.system("echo noise of a child")
os.write(1, b"noise of C")
for state in ('{"n": 1}', '{"n": 1}', None, '{"n": 12345678901234567890}'):
    output.write(state)
print("more noise")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    assert done.stdout == b'{"n": 1}\n{"n": 12345678901234567890}\n'
    assert done.stderr.count(b"noise") == 4


def test_a_state_is_printed_as_the_tap_wrote_it(start: Start, rows: Ask, tmp_path: Path) -> None:
    exact = '{"items": {"id": 123456789012345678901234567890, "x":1e-400, "ä": "ß"}}'
    path = tmp_path / "input.singer"
    path.write_bytes(SCHEMA + record(1) + f'{{"type":"STATE","value":{exact}}}'.encode())
    running = start("--input", str(path))
    assert running.process.stdout is not None
    assert running.process.stdout.read() == exact.encode() + b"\n"
    assert rows("SELECT id FROM raw___items") == [(1,)]
