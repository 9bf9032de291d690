"""A tap's process, judged by its end: nothing that may not be all passes for all."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dlt.common.exceptions import SignalReceivedException
from dlt.common.runtime import signals
from singer_lines import lines_in, pump

from dlt_oracle.singer.errors import MalformedLine, SingerConfigurationError, TapFailed, TruncatedLine
from dlt_oracle.singer.tap.feed import TapFeed
from dlt_oracle.singer.tap.log import TapLog
from dlt_oracle.singer.tap.masking import Mask
from dlt_oracle.singer.tap.run import TapRun, TimeLimits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOSTILE = Path(__file__).parents[1] / "hostile_tap.py"
PASSWORD = "s3cr3t/päss word"
SECONDS = 0.3
"""Short, as a limit that a test wants to reach."""


@pytest.fixture
def tap(tmp_path: Path) -> Callable[..., TapFeed]:
    """Make a feed of the hostile tap that does ``does``."""

    def make(does: str, *, limits: TimeLimits | None = None, ended: Any = None, **config: Any) -> TapFeed:
        config = {"does": does, "password": PASSWORD, **config}
        file = tmp_path / "config.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        run = TapRun(
            [sys.executable, str(HOSTILE), "--config", str(file)],
            name="tap-hostile",
            log=TapLog("tap-hostile", Mask(config)),
            limits=limits or TimeLimits(kill_grace=5),
            on_end=ended or (lambda: None),
        )
        return TapFeed(run)

    return make


def types(feed: TapFeed) -> list[str]:
    return [json.loads(line)["type"] for line in lines_in(feed) if line.startswith(b"{")]


def is_running(pid: int) -> bool:
    """Whether there is such a process, one that waits to be reaped apart."""
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return status.stdout.strip()[:1] not in {"", "Z"}


def test_a_tap_that_ends_well_gives_its_lines(tap: Callable[..., TapFeed]) -> None:
    feed = tap("nothing")
    assert types(feed) == ["SCHEMA", "RECORD", "SCHEMA", "RECORD", "STATE"]
    feed.finish()


def test_reading_goes_on_where_it_paused(tap: Callable[..., TapFeed]) -> None:
    feed = tap("nothing")
    found = lines_in([next(iter(feed))]) + lines_in(feed)
    assert [json.loads(line)["type"] for line in found] == ["SCHEMA", "RECORD", "SCHEMA", "RECORD", "STATE"]
    feed.finish()


def test_a_line_longer_than_a_pipe_holds_arrives_whole(tap: Callable[..., TapFeed]) -> None:
    feed = tap("prints_a_long_line")
    lengths = [len(line) for line in lines_in(feed)]
    assert lengths[1] > 3_000_000
    feed.finish()


def test_a_last_line_without_its_newline_counts_if_it_is_whole(tap: Callable[..., TapFeed]) -> None:
    feed = tap("leaves_the_last_newline_away")
    assert types(feed)[-1] == "STATE"
    feed.finish()


def test_a_cut_last_line_of_a_tap_that_exits_with_0_is_an_error(tap: Callable[..., TapFeed]) -> None:
    feed = tap("cuts_the_last_line")
    assert types(feed) == ["SCHEMA", "RECORD"]
    with pytest.raises(TruncatedLine, match="exited with 0, but its last line"):
        feed.finish()


@pytest.mark.parametrize(
    ("does", "exit_code", "message"),
    [
        ("fails", 3, "tap-hostile failed with exit code 3"),
        ("cuts_the_last_line_and_fails", 1, "failed with exit code 1"),
        ("is_killed", -9, "was killed by SIGKILL"),
        ("exits_with_0_when_it_is_stopped", 0, "was told to stop by somebody and exited with 0"),
    ],
)
def test_a_tap_that_does_not_end_well_failed(
    tap: Callable[..., TapFeed], does: str, exit_code: int, message: str
) -> None:
    feed = tap(does)
    assert "SCHEMA" in types(feed)
    with pytest.raises(TapFailed, match=message) as caught:
        feed.finish()
    assert (type(caught.value), caught.value.exit_code) == (TapFailed, exit_code)


@pytest.mark.parametrize(
    ("does", "limits", "message"),
    [
        (
            "says_nothing",
            TimeLimits(idle_timeout=SECONDS),
            r"printed nothing for 0.3 seconds \(idle_timeout\)",
        ),
        ("never_ends", TimeLimits(run_timeout=SECONDS), r"did not end within 0.3 seconds \(run_timeout\)"),
        (
            "closes_its_output_and_stays",
            TimeLimits(kill_grace=SECONDS),
            "printed its last line, but did not end",
        ),
        ("ignores_sigterm", TimeLimits(SECONDS, None, SECONDS), "idle_timeout"),
    ],
)
def test_a_tap_that_takes_too_long_is_ended(
    tap: Callable[..., TapFeed], does: str, limits: TimeLimits, message: str
) -> None:
    feed = tap(does, limits=limits)
    for _ in feed:
        pass
    with pytest.raises(TapFailed, match=message):
        feed.finish()


def test_a_child_that_holds_the_pipe_does_not_hold_the_run(
    tap: Callable[..., TapFeed], tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    feed = tap(
        "leaves_a_child_that_holds_the_pipe", limits=TimeLimits(kill_grace=SECONDS), pid_file=str(pid_file)
    )
    assert types(feed)[-1] == "STATE"
    feed.finish()
    assert not is_running(int(pid_file.read_text(encoding="utf-8")))


def test_stopping_early_ends_the_tap_and_everything_it_started(
    tap: Callable[..., TapFeed], tmp_path: Path
) -> None:
    pid_file, ended = tmp_path / "pid", []
    feed = tap(
        "leaves_a_child_that_holds_the_pipe",
        limits=TimeLimits(kill_grace=SECONDS),
        pid_file=str(pid_file),
        ended=lambda: ended.append(True),
    )
    next(iter(feed))
    feed.stop()
    feed.stop()
    assert not is_running(int(pid_file.read_text(encoding="utf-8")))
    assert ended == [True]


def test_what_was_stopped_is_not_complete(tap: Callable[..., TapFeed]) -> None:
    feed = tap("never_ends")
    next(iter(feed))
    feed.stop()
    with pytest.raises(TapFailed, match="was stopped before its end"):
        feed.finish()


def test_what_ends_well_while_we_are_told_to_stop_is_not_complete(
    tap: Callable[..., TapFeed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a service manager tells both, and the tap exits with 0."""
    feed = tap("nothing")
    types(feed)
    monkeypatch.setattr(signals, "_received_signal", signal.SIGTERM)
    with pytest.raises(SignalReceivedException):
        feed.finish()


def test_the_last_words_are_in_the_error(tap: Callable[..., TapFeed]) -> None:
    feed = tap("fails")
    types(feed)
    with pytest.raises(TapFailed, match=r"CRITICAL the server said no\nTraceback[^$]*ValueError: no$"):
        feed.finish()


def test_secrets_are_masked_in_the_error_and_the_log(
    tap: Callable[..., TapFeed], caplog: pytest.LogCaptureFixture
) -> None:
    feed = tap("tells_its_secrets")
    caplog.set_level(logging.DEBUG, "singer.tap-hostile")
    types(feed)
    with pytest.raises(TapFailed) as caught:
        feed.finish()
    text = str(caught.value) + caplog.text
    assert text.count("***") == 6
    assert "s3cr3t" not in text


def test_secrets_are_masked_in_what_is_shown_of_lines_that_are_no_messages_and_in_no_record(
    tap: Callable[..., TapFeed],
) -> None:
    refused = tap("prints_its_secrets")
    with pytest.raises(MalformedLine, match=r'"password": "\*\*\*"') as caught:
        pump(feed=refused, noise="error")
    refused.stop()
    assert "s3cr3t" not in str(caught.value)
    pumped = pump(feed=tap("prints_its_secrets"))
    assert pumped.counts == {"lines that are no messages, skipped": 3}
    assert pumped.values("name", "users") == [PASSWORD]


def test_log_lines_keep_their_levels(tap: Callable[..., TapFeed], caplog: pytest.LogCaptureFixture) -> None:
    feed = tap("fails")
    caplog.set_level(logging.DEBUG, "singer.tap-hostile")
    types(feed)
    with pytest.raises(TapFailed):
        feed.finish()
    assert [(entry.levelname, entry.message.split()[0]) for entry in caplog.records] == [
        ("INFO", "INFO"),
        ("CRITICAL", "CRITICAL"),
        ("CRITICAL", "Traceback"),
        ("CRITICAL", "ValueError:"),
    ]


def test_a_log_without_newlines_is_forwarded_in_pieces(
    tap: Callable[..., TapFeed], caplog: pytest.LogCaptureFixture
) -> None:
    feed = tap("writes_without_a_newline")
    caplog.set_level(logging.INFO, "singer.tap-hostile")
    types(feed)
    feed.finish()
    assert [len(entry.message) for entry in caplog.records] == [65536] * 4 + [300_000 - 4 * 65536]


def test_a_tap_leads_a_session_and_knows_nothing_of_the_destination(
    tap: Callable[..., TapFeed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESTINATION__ORACLE__CREDENTIALS__PASSWORD", "of the database")
    monkeypatch.setenv("TAP_REGION", "eu")
    feed = tap("tells_how_it_was_started")
    told = json.loads(json.loads(lines_in(feed)[1])["record"]["name"])
    feed.finish()
    ours = [name for name in told["environment"] if name.startswith("DESTINATION")]
    assert (told["leads_its_session"], ours, told["environment"]["TAP_REGION"], told["stdin"]) == (
        True,
        [],
        "eu",
        "",
    )


def test_a_program_that_cannot_be_started_says_so(tmp_path: Path) -> None:
    ended: list[bool] = []
    run = TapRun(
        [str(tmp_path / "none")],
        name="tap-none",
        log=TapLog("tap-none", Mask()),
        limits=TimeLimits(),
        on_end=lambda: ended.append(True),
    )
    with pytest.raises(SingerConfigurationError, match="cannot be started"):
        next(run.chunks())
    assert ended == [True]


READS_A_TAP = f"""
import sys
sys.path.insert(0, {str(HOSTILE.parents[2])!r})
from dlt_oracle.singer.tap.masking import Mask
from dlt_oracle.singer.tap.feed import TapFeed
from dlt_oracle.singer.tap.log import TapLog
from dlt_oracle.singer.tap.run import TapRun, TimeLimits
command = [sys.executable, "-c", sys.argv[1]]
run = TapRun(command, name="t", log=TapLog("t", Mask()), limits=TimeLimits(), on_end=lambda: print("freed"))
feed = TapFeed(run)
try:
    for block in feed:
        for line in block.lines:
            print(line.decode(), flush=True)
finally:
    feed.stop()
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Callable[[str], tuple[subprocess.Popen[str], int]]]:
    """Start a process that reads a tap, a program whose first line is its process id; return both."""
    with contextlib.ExitStack() as stack:

        def start(program: str) -> tuple[subprocess.Popen[str], int]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", READS_A_TAP, program],
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=tmp_path,
                )
            )
            assert process.stdout is not None
            return process, int(process.stdout.readline())

        yield start


def test_sigterm_ends_the_tap_before_us(reader: Callable[[str], tuple[subprocess.Popen[str], int]]) -> None:
    """A process that reads a tap gets SIGTERM, as from a container's stop."""
    process, tap_pid = reader("import os, signal; print(os.getpid(), flush=True); signal.pause()")
    os.kill(process.pid, signal.SIGTERM)
    rest, _ = process.communicate()
    assert (rest, process.returncode, is_running(tap_pid)) == ("freed\n", 128 + signal.SIGTERM, False)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is no child of ours")
def test_a_tap_whose_reader_is_killed_ends_when_it_prints_more(
    reader: Callable[[str], tuple[subprocess.Popen[str], int]],
) -> None:
    process, tap_pid = reader("import os; print(os.getpid(), flush=True)\nwhile True: print('more')")
    tap = os.pidfd_open(tap_pid)
    process.kill()
    process.communicate()
    ended, _, _ = select.select([tap], [], [], 60)
    os.close(tap)
    assert ended == [tap]


@pytest.mark.parametrize("name", ["idle_timeout", "run_timeout", "kill_grace"])
def test_limits_are_positive(name: str) -> None:
    with pytest.raises(SingerConfigurationError, match=f"{name}=0 has to be positive"):
        TimeLimits(**{name: 0})
