"""A tap's configuration: where it comes from, and where a tap's changes to it go.

Taps that refresh OAuth tokens write the new ones into the file that they were given. Whoever forgets those is
locked out at the next run.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dlt_oracle.singer.tap.command import SingerCommand

_log = logging.getLogger(__name__)


class TapConfig:
    """The values a tap gets. ``path``: the file they were read from, into which changes go back.

    ``on_change`` gets the changed keys with their new values instead.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        path: Path | None = None,
        on_change: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.values = dict(values)
        self._path = path
        self._on_change = on_change

    def __repr__(self) -> str:
        return f"TapConfig({', '.join(sorted(self.values))})"

    @classmethod
    def of(
        cls,
        config: Mapping[str, Any] | str | os.PathLike[str] | None,
        command: SingerCommand,
        on_change: Callable[[dict[str, Any]], None] | None = None,
    ) -> TapConfig:
        """Return what ``config`` means: values, a JSON file, or with None ``[sources.singer.<tap>.config]``.

        Raises SingerConfigurationError when the file cannot be read or holds no JSON object.
        """
        if config is None:
            return cls(_from_dlt(command), on_change=on_change)
        if isinstance(config, (str, os.PathLike)):
            path = Path(config).expanduser()
            return cls(_read(path), path, on_change)
        return cls(config, on_change=on_change)

    def as_json(self) -> bytes:
        """Return what the tap's file holds."""
        return json.dumps(self.values, default=_text).encode()

    def take_back(self, file: Path) -> dict[str, Any]:
        """Keep what the tap has changed in ``file``; return it. Removed keys are no changes."""
        try:
            values = _read(file)
        except SingerConfigurationError:
            _log.warning("the tap left a configuration that cannot be read: its changes are lost")
            return {}
        given = json.loads(self.as_json())
        changed = {key: value for key, value in values.items() if key not in given or given[key] != value}
        if changed:
            self._keep(changed)
        return changed

    def _keep(self, changed: dict[str, Any]) -> None:
        self.values.update(changed)
        if self._on_change is not None:
            self._on_change(changed)
            return
        advice = (
            "Give the configuration as the path of a JSON file, which is updated, or on_config_change=…, to "
            "keep them"
        )
        if self._path is not None:
            try:
                _merge_into(self._path, changed)
            except (OSError, SingerConfigurationError) as error:
                advice = str(error)
            else:
                return
        _log.warning(
            "the tap has changed its configuration (%s) and the new values are lost: if these are tokens, "
            "the next run may be locked out. %s",
            ", ".join(sorted(changed)),
            advice,
        )


def _text(value: Any) -> str:
    """Return a date of a TOML file as taps expect dates, anything else as its text."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _from_dlt(command: SingerCommand) -> dict[str, Any]:
    for section in dict.fromkeys((command.section, command.name)):
        found = dlt.secrets.get(f"sources.singer.{section}.config", dict)
        if found is not None:
            return dict(found)
    return {}


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_bytes())
    except OSError as error:
        raise SingerConfigurationError(f"the configuration cannot be read: {error}") from error
    except ValueError as error:
        raise SingerConfigurationError(f"the configuration {path} is no JSON") from error
    if not isinstance(values, dict):
        raise SingerConfigurationError(f"the configuration {path} is no JSON object")
    return values


def _merge_into(path: Path, changed: Mapping[str, Any]) -> None:
    """Replace ``path`` by itself with ``changed``, in one step, with the same rights."""
    values = {**_read(path), **changed}
    path = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=2)
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
