"""Who runs PostgreSQL: it refuses root, so a root process starts it as another account.

Nothing is created and no directory's mode is widened. Where the account cannot reach a path (a data
directory below ``/root``), Linux lends the process one capability instead, the right to read and search;
see capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CANDIDATES = ("postgres", "nobody")


class AccountError(RuntimeError):
    """No account may run PostgreSQL on the given paths; the text says what to change."""


@dataclass(frozen=True)
class Account:
    """An unprivileged account, with the capability it needs to reach its files (or none)."""

    name: str
    uid: int
    gid: int
    capability: int | None = None

    def popen_arguments(self) -> Mapping[str, Any]:
        """Arguments for :class:`subprocess.Popen` which make the child this account."""
        if self.capability is None:
            return {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {"preexec_fn": _become(self)}


def choose_account(paths: Iterable[Path]) -> Account | None:
    """Choose the account that runs PostgreSQL on ``paths``: None means the current one.

    Raises AccountError where root has no account to drop to, or that account cannot reach a path.
    """
    if os.geteuid() != 0:
        return None
    entry = _unprivileged_entry()
    account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    unreachable = [path for path in paths if not _reachable(path)]
    if not unreachable:
        return account
    capability = _lendable_capability()
    if capability is None:
        raise AccountError(
            f"PostgreSQL does not run as root, and {account.name!r} cannot reach {unreachable[0]}: "
            "use a directory outside of root's home, or run as another user"
        )
    return Account(account.name, account.uid, account.gid, capability)


def _unprivileged_entry() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _CANDIDATES:
        if name in known:
            return known[name]
    raise AccountError(f"PostgreSQL does not run as root, and none of {_CANDIDATES} exists to run it")


def _reachable(path: Path) -> bool:
    """Whether anybody may walk down to ``path`` (whose own mode is the caller's business)."""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def _lendable_capability() -> int | None:
    if not sys.platform.startswith("linux"):
        return None
    status = Path("/proc/self/status").read_text(encoding="ascii")
    effective = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
    return next((c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if effective >> c & 1), None)


def _become(account: Account) -> Callable[[], None]:
    """Return the function that the child runs between fork and exec. Loads libc before the fork."""
    libc = ctypes.CDLL(None, use_errno=True)
    mask = 1 << (account.capability or 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; low, high
    ambient = (_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, account.capability, 0, 0)

    def check(result: int) -> None:
        if result != 0:
            raise OSError(ctypes.get_errno(), "cannot lend a capability to PostgreSQL")

    def become() -> None:
        check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        check(libc.capset(ctypes.byref(header), ctypes.byref(sets)))
        check(libc.prctl(*ambient))

    return become
