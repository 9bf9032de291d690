"""The judge in pytest: a run in which the package sends a text that Oracle would refuse fails at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dlt_oracle.destinations import sql_client
from judge import Judge
from judge.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECORDER = pytest.StashKey[Recorder]()
_JUDGE = pytest.StashKey[Judge]()
_FINDINGS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the recorder, and hang it into the client."""
    config.stash[_RECORDER] = recorder = Recorder()
    config.stash[_JUDGE] = Judge(config.cache.mkdir("judge") if hasattr(config, "cache") else None)
    config.stash[_FINDINGS] = []
    sql_client.on_statement = recorder.client


@pytest.fixture(scope="session")
def recorder(pytestconfig: pytest.Config) -> Recorder:
    """The recorder of this run: give ``recorder.server(…)`` to each embedded server."""
    return pytestconfig.stash[_RECORDER]


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """The judge, with its memory in pytest's cache directory."""
    return pytestconfig.stash[_JUDGE]


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Judge when all fixtures are gone, so that teardowns are judged too."""
    result = yield
    config = session.config
    findings = config.stash[_RECORDER].findings(config.stash[_JUDGE])
    config.stash[_FINDINGS].extend(findings)
    config.stash[_JUDGE].close()
    if findings and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was judged, and what is wrong with it."""
    recorder, findings = config.stash[_RECORDER], config.stash[_FINDINGS]
    if not recorder.sent and not recorder.got:
        return
    terminalreporter.section("SQL judge")
    for finding in findings:
        terminalreporter.write_line(finding, red=True)
    outcome = f"{len(findings)} findings" if findings else "all of them fit for Oracle"
    terminalreporter.write_line(f"{recorder.summary()}: {outcome}")
