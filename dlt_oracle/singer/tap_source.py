"""A tap as a dlt source: from the arguments that a user gives to a feed that starts it."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.resources import Start, stream_source
from dlt_oracle.singer.tap import discovery
from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.command import SingerCommand
from dlt_oracle.singer.tap.config_file import TapConfig
from dlt_oracle.singer.tap.discovery import CATALOG_MAX_AGE
from dlt_oracle.singer.tap.launch import Tap
from dlt_oracle.singer.tap.meltano import read_extractor
from dlt_oracle.singer.tap.rules import CatalogRules
from dlt_oracle.singer.tap.run import TimeLimits
from dlt_oracle.singer.tap.selection import EVERYTHING
from dlt_oracle.singer.tap.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import Literal

    from dlt.extract import DltSource

    from dlt_oracle.singer.feed import Feed
    from dlt_oracle.singer.tap.selection import Replication


def tap_source(  # noqa: PLR0913 - what can be said about a tap, each by its name
    tap: SingerCommand | str | PathLike[str] | Sequence[str],
    *,
    config: Mapping[str, Any] | str | PathLike[str] | None = None,
    catalog: Catalog | Mapping[str, Any] | str | PathLike[str] | Literal[False] | None = None,
    select: Sequence[str] | None = None,
    replication: Mapping[str, Replication] | None = None,
    rules: CatalogRules | None = None,
    state: str | None = None,
    name: str | None = None,
    idle_timeout: float | None = None,
    run_timeout: float | None = None,
    kill_grace: float = 10.0,
    env: Mapping[str, str] | None = None,
    cwd: str | PathLike[str] | None = None,
    catalog_max_age: float = CATALOG_MAX_AGE,
    on_config_change: Callable[[dict[str, Any]], None] | None = None,
    **options: Any,
) -> DltSource:
    """Return a source of the streams of ``tap``. What each argument means: docs/reference/singer-taps.md.

    The tap is asked for its catalog here, if it was not before, and started when the source is extracted.
    ``options``: fields of ``Options``. Raises SingerConfigurationError and TapFailed.
    """
    command = SingerCommand.of(tap)
    chosen = Options.of(options, signature(tap_source).parameters)
    if catalog is False and (select or replication):
        raise SingerConfigurationError(
            "select and replication are told to a tap in its catalog, and with catalog=False it gets none: "
            "leave them away, and properties with left_out={…}"
        )
    # A catalog of the user's own has its own selection.
    wanted = rules or CatalogRules(selection=EVERYTHING if catalog is None else None)
    if select is not None:
        wanted = replace(wanted, selection=select)
    wanted = replace(wanted, replication={**wanted.replication, **(replication or {})})
    limits = TimeLimits(idle_timeout, run_timeout, kill_grace)
    started = Tap(command, TapConfig.of(config, command, on_config_change), limits, env or {}, cwd)
    if catalog is False:
        sync = Sync(started)
    else:
        found = discovery.discover(started, catalog_max_age) if catalog is None else Catalog.of(catalog)
        sync = Sync(
            started, wanted.apply(found), needs_catalog=catalog is not None or wanted != CatalogRules()
        )
    chosen = replace(
        chosen,
        methods={**sync.methods, **chosen.methods},
        left_out={**sync.left_out, **chosen.left_out},
    )

    def open_feed(start: Start) -> Feed:
        return sync.open(state or start.state, start.selected)

    return stream_source(name or command.name, open_feed, chosen, sync.streams, sync.deselected)


def discover(
    tap: SingerCommand | str | PathLike[str] | Sequence[str],
    *,
    config: Mapping[str, Any] | str | PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | PathLike[str] | None = None,
) -> Catalog:
    """Return the catalog of ``tap``, asked for now. ``Catalog.document`` is its JSON object.

    Raises SingerConfigurationError and TapFailed.
    """
    command = SingerCommand.of(tap)
    started = Tap(command, TapConfig.of(config, command), env=env or {}, cwd=cwd)
    return discovery.discover(started, max_age=0)


def meltano_source(
    project: str | PathLike[str],
    extractor: str,
    *,
    environment: str | None = None,
    ask_meltano: bool = False,
    **arguments: Any,
) -> DltSource:
    """Return a source of an extractor of a Meltano project.

    ``environment``: of the project, None for its default. ``ask_meltano``: let Meltano itself say what
    configuration and catalog are. ``arguments``: of ``tap_source``, in place of what the project says. Raises
    SingerConfigurationError and TapFailed.
    """
    found = read_extractor(project, extractor, environment, ask_meltano=ask_meltano)
    from_project: dict[str, Any] = {
        "config": found.config,
        "catalog": found.catalog,
        "rules": found.rules,
        "state": found.state,
        "env": found.env,
        "cwd": found.cwd,
    }
    return tap_source(found.command, **{**from_project, **arguments})
