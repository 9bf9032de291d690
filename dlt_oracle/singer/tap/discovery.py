"""Ask a tap for its catalog, and remember the answer: with many tables, discovery can take minutes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from dlt_oracle.singer.errors import SingerConfigurationError, TapFailed
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.config_file import TapConfig

if TYPE_CHECKING:
    from dlt_oracle.singer.tap.launch import Tap

CATALOG_MAX_AGE = 24 * 3600.0
"""Seconds for which a catalog is remembered; new streams and properties are seen after that at the latest."""
HELP_SECONDS = 60.0


def discover(tap: Tap, max_age: float = CATALOG_MAX_AGE) -> Catalog:
    """Return the tap's catalog, which is remembered for the same configuration for ``max_age`` seconds.

    0 asks the tap each time. Raises TapFailed when the tap does not discover, SingerConfigurationError when
    what it prints is no catalog.
    """
    remembered = _place(tap, "catalog", tap.config.values)
    document = _recall(remembered, max_age)
    if document is None:
        document = _discovered(tap)
        _remember(remembered, document)
    return Catalog(document)


def forget(tap: Tap) -> None:
    """Discover anew next time, whatever is remembered."""
    _place(tap, "catalog", tap.config.values).unlink(missing_ok=True)


def catalog_option(tap: Tap) -> str | None:
    """Return how the tap takes its catalog: ``--properties`` if its help knows only that, None: not."""
    remembered = _place(tap, "option", None)
    option = _recall(remembered, CATALOG_MAX_AGE)
    if option is None:
        option = _option_of(_help(tap))
        _remember(remembered, option)
    return str(option) or None


def note_that_it_takes_none(tap: Tap) -> None:
    """Remember of a tap that it fails with a catalog, and runs without."""
    _remember(_place(tap, "option", None), "")


def _discovered(tap: Tap) -> dict[str, Any]:
    run = tap.run("--discover")
    try:
        printed = b"".join(run.chunks())
        run.finish()
    except TapFailed as failure:
        raise TapFailed(
            f"{failure}\n(while it discovered its streams; a tap that cannot do that takes catalog=…, or "
            "catalog=False to go without)",
            failure.exit_code,
        ) from None
    finally:
        run.stop()
    catalog = _catalog_in(printed.decode("utf-8", errors="replace"))
    if catalog is None:
        raise SingerConfigurationError(
            f"{tap.command.name} --discover printed no catalog ({len(printed):,} bytes): give catalog=…"
        )
    return catalog


def _catalog_in(text: str) -> dict[str, Any] | None:
    """Return the catalog in what was printed; some taps print other things before it."""
    decoder, start = json.JSONDecoder(), text.find("{")
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(text, start)
        except ValueError:
            found = None
        if isinstance(found, dict) and "streams" in found:
            return found
        start = text.find("{", start + 1)
    return None


def _help(tap: Tap) -> str:
    quick = replace(tap, config=TapConfig({}), limits=replace(tap.limits, run_timeout=HELP_SECONDS))
    run = quick.run("--help")
    try:
        return b"".join(run.chunks()).decode("utf-8", errors="replace")
    finally:
        run.stop()


def _option_of(text: str) -> str:
    return "--properties" if "--properties" in text and "--catalog" not in text else "--catalog"


def _place(tap: Tap, kind: str, configuration: Any) -> Path:
    """Return the file for what is remembered of ``tap``; its name tells nothing of the configuration."""
    known_by = json.dumps([tap.command.argv, str(tap.cwd), configuration], sort_keys=True, default=str)
    digest = hashlib.sha256(known_by.encode()).hexdigest()[:16]
    directory = Path(dlt.current.run_context().get_data_entity("singer"))
    return directory / f"{tap.command.name}.{digest}.{kind}.json"


def _recall(path: Path, max_age: float) -> Any:
    with contextlib.suppress(OSError, ValueError):
        if time.time() - path.stat().st_mtime < max_age:
            return json.loads(path.read_bytes())
    return None


def _remember(path: Path, value: Any) -> None:
    # Where nothing can be written, each run discovers.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f"{path.name}.{os.getpid()}")
        written.write_text(json.dumps(value), encoding="utf-8")
        written.replace(path)
