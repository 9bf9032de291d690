"""A tap by name, by path, by argument list, in an environment of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.tap.command import SingerCommand


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "tap-shop"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_name_is_looked_up_on_the_path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    assert SingerCommand.of("tap-shop") == SingerCommand((str(program),), "tap-shop")


def test_a_name_is_looked_up_beside_the_running_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    python = Path(sys.executable)
    assert SingerCommand.of(python.name).argv == (str(python),)


def test_a_name_that_is_nowhere_says_how_to_get_it() -> None:
    with pytest.raises(SingerConfigurationError, match=r"no program 'tap-none' on PATH. Install the tap"):
        SingerCommand.of("tap-none")


def test_a_path_is_the_program(program: Path) -> None:
    assert (
        SingerCommand.of(str(program))
        == SingerCommand.of(program)
        == SingerCommand((str(program),), "tap-shop")
    )


@pytest.mark.parametrize(("mode", "message"), [(0o644, "may not be executed"), (None, "there is no program")])
def test_a_path_that_is_no_program_says_so(program: Path, mode: int | None, message: str) -> None:
    program.unlink() if mode is None else program.chmod(mode)
    with pytest.raises(SingerConfigurationError, match=message):
        SingerCommand.of(program)


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        (("--from", "meltanolabs-tap-github", "tap-github"), "tap-github"),
        (("run", "--rm", "ghcr.io/shop/tap-shop:1.2"), "tap-shop"),
        (("run", "tap-shop@sha256:ab"), "tap-shop"),
        (("taps/tap_shop.py",), "tap_shop"),
        (("-m", "tap_shop", "--mode", "fast"), "tap_shop"),
        (("shop-export", "--verbose"), "shop-export"),
    ],
)
def test_an_argument_list_is_named_by_what_it_runs(rest: tuple[str, ...], name: str) -> None:
    command = SingerCommand.of([sys.executable, *rest])
    assert (command.argv, command.name) == ((sys.executable, *rest), name)


def test_an_empty_list_is_no_command() -> None:
    with pytest.raises(SingerConfigurationError, match="empty list"):
        SingerCommand.of([])


def test_a_program_of_an_environment_is_found_there(program: Path) -> None:
    command = SingerCommand.in_environment("tap-shop", program.parents[1])
    assert (command.argv, command.section) == ((str(program),), "tap_shop")


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for uv, which installs nothing; its calls stand in the file that is returned.

    With pip, a tap is installed by `make tap` and `make taps`.
    """
    uv, calls = tmp_path / "path" / "uv", tmp_path / "calls"
    uv.parent.mkdir()
    uv.write_text(_UV.format(calls=calls), encoding="utf-8")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    return calls


def test_installing_makes_an_environment_once(installer: Path, tmp_path: Path) -> None:
    directory = tmp_path / "environment"
    first = SingerCommand.install("tap-shop==1.0", directory)
    again = SingerCommand.install("tap-shop==1.0", directory)
    python = directory / "bin" / "python"
    assert installer.read_text(encoding="utf-8").splitlines() == [
        f"venv --quiet --allow-existing --python {sys.executable} {directory}",
        f"pip install --quiet --python {python} tap-shop==1.0",
    ]
    assert (first, again.argv) == (again, (str(directory / "bin" / "tap-shop"),))


@pytest.mark.usefixtures("installer")
def test_an_installation_that_fails_shows_the_installers_words(tmp_path: Path) -> None:
    with pytest.raises(
        SingerConfigurationError, match=r"'tap-none' could not be installed in [^$]*no tap-none"
    ):
        SingerCommand.install("tap-none", tmp_path / "environment")


def test_a_requirement_without_a_name_wants_one(tmp_path: Path) -> None:
    with pytest.raises(SingerConfigurationError, match="give executable="):
        SingerCommand.install("git+https://example.com/tap.git", tmp_path)


_UV = """#!/bin/sh
echo "$*" >> {calls}
case "$*" in
  venv*) for directory in "$@"; do :; done; mkdir -p "$directory/bin" ;;
  *tap-none) echo "there is no tap-none" >&2; exit 1 ;;
  *) tap=$(dirname "$5")/tap-shop; echo "#!/bin/sh" > "$tap"; chmod +x "$tap" ;;
esac
"""
