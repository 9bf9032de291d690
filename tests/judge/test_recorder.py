from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from judge.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from judge import Judge

OURS = SimpleNamespace(module="dlt:orders")
SOMEBODY_ELSES = SimpleNamespace(module="python3")
GOOD = 'DELETE FROM "T"'
WRONG = 'DELETE FROM "T" AS "X"'


def _seen(recorder: Recorder, sql: str, note: Callable[[Any, str], None] | None = None) -> None:
    recorder.client(sql)
    (note or recorder.server())(OURS, sql)


def test_texts_that_both_sides_saw_and_oracle_takes_give_no_finding(judge: Judge) -> None:
    recorder = Recorder()
    _seen(recorder, GOOD)
    assert recorder.findings(judge) == []


def test_a_text_that_oracle_refuses_is_reported_with_its_reason(judge: Judge) -> None:
    recorder = Recorder()
    _seen(recorder, WRONG)
    (finding,) = recorder.findings(judge)
    assert finding.startswith("refused by Oracle 19c (")
    assert finding.endswith(WRONG)


def test_a_text_that_went_past_the_clients_hook_is_reported(judge: Judge) -> None:
    recorder = Recorder()
    _seen(recorder, GOOD)
    recorder.server()(OURS, 'DELETE FROM "T" WHERE "A" = :1')
    (finding,) = recorder.findings(judge)
    assert finding.startswith("a server got it past the client's hook")


def test_a_text_that_never_arrived_is_reported(judge: Judge) -> None:
    recorder = Recorder()
    _seen(recorder, GOOD)
    recorder.client("COMMIT")
    assert recorder.findings(judge) == ["sent, yet no server got it: COMMIT"]


def test_with_a_real_database_only_the_client_is_asked(judge: Judge) -> None:
    recorder = Recorder()
    recorder.client(GOOD)
    assert recorder.findings(judge) == []


def test_other_peoples_sessions_are_none_of_our_business(judge: Judge) -> None:
    recorder = Recorder()
    recorder.server()(SOMEBODY_ELSES, WRONG)
    assert recorder.findings(judge) == []


def test_a_text_is_judged_by_the_version_that_got_it(judge: Judge) -> None:
    recorder = Recorder()
    _seen(recorder, "DROP TABLE IF EXISTS t", recorder.server("23ai"))
    assert recorder.findings(judge) == []
    _seen(recorder, "DROP TABLE IF EXISTS t")
    (finding,) = recorder.findings(judge)
    assert finding.startswith("refused by Oracle 19c (")


def test_a_run_that_sends_a_wrong_text_fails_though_its_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["judge.plugin"]\n')
    (tmp_path / "test_sends.py").write_text(
        "from dlt_oracle.destinations import sql_client\n\n\n"
        "def test_sends():\n"
        f"    sql_client.on_statement({WRONG!r})\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert "1 passed" in run.stdout
    assert f": {WRONG}" in run.stdout
    assert run.returncode == 1
