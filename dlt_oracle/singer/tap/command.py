"""What to start: a tap by name, by path, by argument list, or in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = "{files}"
"""Stands, in an argument, for the private directory of the tap's files: a container has to mount it."""

_SPEC_FILE = "dlt-oracle-installed"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class SingerCommand:
    """A tap's program with the arguments that come before ``--config``.

    ``name`` is what the tap is called in the log, in dlt's state and in ``[sources.singer.<name>]``.
    """

    argv: tuple[str, ...]
    name: str

    @classmethod
    def of(cls, tap: SingerCommand | str | os.PathLike[str] | Sequence[str]) -> SingerCommand:
        """Return the command that ``tap`` means.

        A text without a slash is looked up on PATH and beside the running Python; a text with one, or a path,
        is the program itself; a list is taken as it stands and named by its last part that begins with
        ``tap``, else by its last part. Raises SingerConfigurationError when there is no such program.
        """
        if isinstance(tap, SingerCommand):
            return tap
        if isinstance(tap, os.PathLike) or (isinstance(tap, str) and os.sep in tap):
            path = Path(tap).expanduser()
            return cls((_executable(path),), path.name)
        if isinstance(tap, str):
            return cls((_on_path(tap),), tap)
        argv = tuple(map(str, tap))
        if not argv:
            raise SingerConfigurationError("an empty list is no command: name the tap's program")
        return cls((_on_path(argv[0]) if os.sep not in argv[0] else argv[0], *argv[1:]), _name_of(argv))

    @classmethod
    def in_environment(cls, executable: str, directory: str | os.PathLike[str]) -> SingerCommand:
        """Return the program ``executable`` of the virtual environment in ``directory``."""
        return cls((_executable(Path(directory).expanduser() / "bin" / executable),), executable)

    @classmethod
    def install(
        cls, requirement: str, directory: str | os.PathLike[str], executable: str | None = None
    ) -> SingerCommand:
        """Return the tap after installing ``requirement`` into a virtual environment in ``directory``.

        Taps pin what they need: each gets an environment of its own, apart from the pipeline's. Nothing is
        done when ``requirement`` was installed there before. uv is used where it is found: it ignores upper
        bounds of a tap's Python, where pip takes an older release of the tap without a word. ``executable``:
        the program's name, by default the requirement's. Raises SingerConfigurationError with the
        installer's last lines.
        """
        directory = Path(directory).expanduser().absolute()
        name = executable or _required_name(requirement)
        installed = directory / _SPEC_FILE
        if not installed.exists() or installed.read_text(encoding="utf-8") != requirement:
            _install(requirement, directory)
            command = cls.in_environment(name, directory)
            installed.write_text(requirement, encoding="utf-8")
            return command
        return cls.in_environment(name, directory)

    @property
    def section(self) -> str:
        """The name as a key of dlt's configuration, ``tap_github``."""
        return re.sub(r"\W", "_", self.name)


def _executable(path: Path) -> str:
    if not path.is_file():
        raise SingerConfigurationError(f"there is no program {path}")
    if not os.access(path, os.X_OK):
        raise SingerConfigurationError(f"{path} may not be executed: chmod +x, or give [interpreter, path]")
    return str(path.absolute())


def _find(name: str) -> str | None:
    # What was installed beside the pipeline is there, whether or not its environment is activated.
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def _on_path(name: str) -> str:
    found = _find(name)
    if found is None:
        raise SingerConfigurationError(
            f"there is no program {name!r} on PATH. Install the tap (best in an environment of its own: "
            f"SingerCommand.install({name!r}, 'taps/{name}')), or give its path or its whole argument list"
        )
    return found


def _name_of(argv: Sequence[str]) -> str:
    """Return what an argument list runs: a program, a module, or a container's image."""
    last = [part.rstrip("/").rsplit("/", 1)[-1] for part in argv if not part.startswith("-")]
    taps = [part for part in last if part.startswith("tap")]
    match = _NAME.match((taps or last)[-1].partition(":")[0].partition("@")[0])
    return match[0].removesuffix(".py") if match else "tap"


def _required_name(requirement: str) -> str:
    match = _NAME.match(requirement)
    if match is None or "/" in requirement or "://" in requirement:
        raise SingerConfigurationError(
            f"{requirement!r} does not say what its program is called: give executable=…"
        )
    return match[0]


def _install(requirement: str, directory: Path) -> None:
    python = directory / "bin" / "python"
    uv = _find("uv")
    if uv is not None:
        steps = [
            [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(directory)],
            [uv, "pip", "install", "--quiet", "--python", str(python), requirement],
        ]
    else:
        if not python.exists():
            venv.create(directory, with_pip=True)
        steps = [[str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)  # noqa: S603 - what the user asked for
        if done.returncode:
            tail = "\n".join(done.stderr.strip().splitlines()[-10:])
            raise SingerConfigurationError(f"{requirement!r} could not be installed in {directory}:\n{tail}")
