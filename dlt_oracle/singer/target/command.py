"""What the command does: arguments in, exit code out."""

from __future__ import annotations

import argparse
import gc
import importlib.util
import logging
import os
import sys
from typing import TYPE_CHECKING

from dlt_oracle.singer.errors import SingerConfigurationError, SingerError
from dlt_oracle.singer.target import about, config
from dlt_oracle.singer.target.interruption import Interruption
from dlt_oracle.singer.target.lines import LineReader
from dlt_oracle.singer.target.stdout import StateOutput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.singer.target.config import TargetConfig

OK = 0
FAILED = 1
"""The input or the database: STATE was printed for what is committed."""
MISCONFIGURED = 2
"""Arguments or settings; nothing was read."""

_LOGGERS = ("target_oracle", "singer")

logger = logging.getLogger("target_oracle")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; after a signal, 128 and its number."""
    parsed = _parser().parse_args(arguments)
    if parsed.about:
        sys.stdout.write(about.about(parsed.format) + "\n")
        return OK
    output = StateOutput()
    _log_to_stderr()
    try:
        _require_extra()
        settings = config.read(parsed.config, os.environ)
        descriptor = _open(parsed.input)
    except SingerConfigurationError as error:
        logger.error("%s", error)  # noqa: TRY400 - a person's sentence, no traceback
        return MISCONFIGURED
    try:
        return _load(settings, descriptor, output)
    except SingerError as error:
        logger.error("%s: %s", type(error).__name__, error)  # noqa: TRY400 - as above
        return FAILED
    except Exception as error:  # noqa: BLE001 - whatever it is, the runner gets its code and a person its sentence
        from dlt_oracle.singer.target.failures import is_misconfiguration, sentence

        logger.error("%s", sentence(error))  # noqa: TRY400 - as above
        return MISCONFIGURED if is_misconfiguration(error) else FAILED


def _require_extra() -> None:
    if importlib.util.find_spec("msgspec") is None:
        raise config.ConfigurationError(["msgspec is not installed: pip install 'dlt-oracle[singer]'"])


def _load(settings: TargetConfig, descriptor: int, output: StateOutput) -> int:
    # dlt's own handlers would stop between extract and load.
    os.environ["RUNTIME__INTERCEPT_SIGNALS"] = "false"
    from dlt_oracle.singer.target.failures import without_traceback
    from dlt_oracle.singer.target.loop import load

    logging.getLogger("dlt").addFilter(without_traceback)
    gc.freeze()  # what was imported stays: looking for garbage in it, again and again, is in vain
    reader = LineReader(descriptor)
    try:
        with Interruption(reader.interrupt, settings.grace) as interruption:
            load(settings, reader, output.write)
        if interruption.exit_code:
            logger.info("%s", _committed(output.count))
        return interruption.exit_code or OK
    finally:
        reader.close()


def _committed(states: int) -> str:
    """Return what a run that a signal has stopped leaves behind, of which it has printed ``states``."""
    if not states:
        return "Stopped. No STATE was printed: the tap has to start again where this run began."
    printed = "The STATE that was printed covers" if states == 1 else f"The last of {states:,} STATEs covers"
    return f"Stopped. {printed} what is committed: the tap starts again from it."


def _open(path: str | None) -> int:
    if path is None:
        return sys.stdin.fileno()
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as error:
        raise SingerConfigurationError(f"--input {path} cannot be read: {error.strerror}") from error


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in _LOGGERS:
        log = logging.getLogger(name)
        log.addHandler(handler)
        log.setLevel(logging.INFO)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=about.NAME, description=about.DESCRIPTION)
    parser.add_argument(
        "-c",
        "--config",
        action="append",
        default=[],
        metavar="FILE",
        help="a JSON file with settings, or ENV for TARGET_ORACLE_* variables; may be given more than once",
    )
    parser.add_argument("--input", metavar="FILE", help="read messages from FILE instead of stdin")
    parser.add_argument("--about", action="store_true", help="describe the settings and exit")
    parser.add_argument("--format", choices=about.FORMATS, default="text", help="how --about prints")
    parser.add_argument("--version", action="version", version=f"{about.NAME} {about.version()}")
    return parser
