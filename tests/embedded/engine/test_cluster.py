from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from dlt_oracle.embedded.engine import account, cluster
from dlt_oracle.embedded.engine.account import Account, AccountError, choose_account
from dlt_oracle.embedded.engine.cluster import Cluster, ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable

_SERVE_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from dlt_oracle.embedded.engine.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.start()
print(cluster.conninfo, flush=True)
time.sleep(60)
"""


@pytest.fixture
def directory(make_directory: Callable[[], Path]) -> Path:
    return make_directory() / "pg"


def _killed_owner(directory: Path) -> str:
    """Start a cluster in another process, kill that process, and return the cluster's conninfo."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE_UNTIL_KILLED, str(directory)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    conninfo = process.stdout.readline().strip()
    process.kill()
    process.wait(10)
    process.stdout.close()
    return conninfo


def _ends(conninfo: str) -> bool:
    for _ in range(200):
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            return True
        time.sleep(0.05)
    return False


def test_a_cluster_is_made_started_stopped_and_started_again(directory: Path) -> None:
    first = Cluster(directory)
    first.start()
    with psycopg.connect(first.conninfo) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    first.stop()
    second = Cluster(directory)
    second.start()
    with psycopg.connect(second.conninfo) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    second.stop()


def test_text_sorts_by_code_point_and_still_has_upper_case(directory: Path) -> None:
    started = Cluster(directory)
    started.start()
    with psycopg.connect(started.conninfo) as connection:
        ordered = connection.execute(
            "SELECT x FROM unnest(ARRAY['é', 'z', 'Z', 'a']) AS x ORDER BY x"
        ).fetchall()
        assert [x for (x,) in ordered] == ["Z", "a", "z", "é"]
        assert connection.execute("SELECT upper('é')").fetchone() == ("É",)
    started.stop()


def test_nobody_can_connect_by_tcp(directory: Path) -> None:
    started = Cluster(directory)
    started.start()
    with psycopg.connect(started.conninfo) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    started.stop()


def test_postgresql_ends_when_its_owner_is_killed(directory: Path) -> None:
    assert _ends(_killed_owner(directory))


def test_a_start_recovers_the_directory_of_a_killed_owner(directory: Path) -> None:
    _killed_owner(directory)
    again = Cluster(directory)
    again.start()
    psycopg.connect(again.conninfo).close()
    again.stop()


def test_a_start_ends_a_postgresql_that_was_left_behind(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A supervisor that forgets its duty, as if the shell had been killed with the owner.
    monkeypatch.setattr(cluster, "_SUPERVISOR", 'shift; "$@" </dev/null & wait')
    orphaned = Cluster(directory)
    orphaned.start()
    monkeypatch.undo()
    pid = int((directory / "postmaster.pid").read_text().split("\n")[0])
    again = Cluster(directory)
    again.start()
    psycopg.connect(again.conninfo).close()
    again.stop()
    orphaned.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def test_a_lock_file_with_a_reused_process_id_is_no_obstacle(directory: Path) -> None:
    first = Cluster(directory)
    first.start()
    first.stop()
    (directory / "postmaster.pid").write_text(f"{os.getpid()}\n{directory}\n")
    second = Cluster(directory)
    second.start()
    second.stop()


def test_stopping_twice_and_asking_a_stopped_cluster_are_told_apart(directory: Path) -> None:
    stopped = Cluster(directory)
    stopped.stop()
    with pytest.raises(ClusterError, match="not running"):
        stopped.conninfo  # noqa: B018 - the property is what raises


def test_no_socket_directory_is_left_behind(directory: Path) -> None:
    started = Cluster(directory)
    started.start()
    sockets = Path(started.conninfo.split()[0].removeprefix("host="))
    assert sockets.stat().st_mode & 0o077 == 0
    started.stop()
    assert not sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")
def test_root_runs_postgresql_as_an_account_without_rights(directory: Path) -> None:
    started = Cluster(directory)
    started.start()
    pid = int((directory / "postmaster.pid").read_text().split("\n")[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    started.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has directories nobody else reaches")
def test_root_may_keep_data_where_no_other_account_reaches(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    started = Cluster(closed / "pg")
    started.start()
    psycopg.connect(started.conninfo).close()
    started.stop()
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses")
def test_without_a_capability_to_lend_root_is_told_to_choose_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "_lendable_capability", lambda: None)
    (tmp_path / "closed").mkdir(mode=0o700)
    with pytest.raises(AccountError, match="outside of root's home"):
        choose_account([tmp_path / "closed" / "pg"])


def test_an_ordinary_user_runs_postgresql_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert choose_account([tmp_path]) is None


def test_an_account_names_user_group_and_no_other_groups() -> None:
    assert Account("nobody", 1, 2).popen_arguments() == {"user": 1, "group": 2, "extra_groups": []}


def test_a_missing_wheel_is_named_with_the_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ClusterError, match=r"dlt-oracle\[embedded\]"):
        cluster.binaries()
