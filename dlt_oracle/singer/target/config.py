"""Configuration of `target-oracle`: files and environment in, one checked value out, all problems at once."""

from __future__ import annotations

import difflib
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.options import Options
from dlt_oracle.singer.target.connection import ConnectionProblems, credentials
from dlt_oracle.singer.target.settings import ENV_PREFIX, IGNORED, REFUSED, SETTINGS, variable
from dlt_oracle.singer.target.values import UnfitError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dlt_oracle.singer.options import Versions

ENVIRONMENT = "ENV"
"""In place of a file: ``--config ENV`` reads ``TARGET_ORACLE_*``, which win over files."""

_NAMES = (*(name for setting in SETTINGS for name in setting.names), *REFUSED, *IGNORED)

logger = logging.getLogger("target_oracle")


class ConfigurationError(SingerConfigurationError):
    """Everything that is wrong with a configuration. ``problems``: a sentence each, without secrets."""

    def __init__(self, problems: Sequence[str]) -> None:
        number = f"{len(problems)} problems" if len(problems) > 1 else "one problem"
        super().__init__(f"The configuration has {number}:" + "".join(f"\n  - {text}" for text in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class PackageLimits:
    """When a package is cut: ``rows`` (lines), ``bytes`` of lines, ``seconds`` since its first line."""

    rows: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class TargetConfig:
    """What the target needs, each part in the words of the one who takes it.

    ``destination``: arguments of the destination ``oracle``, with a password in them; ``grace``: seconds in
    which a package may still be loaded after a signal.
    """

    destination: dict[str, Any] = field(repr=False)
    pipeline_name: str
    dataset_name: str
    limits: PackageLimits
    options: Options
    freeze_types: bool
    grace: float


def read(paths: Sequence[str], environ: Mapping[str, str]) -> TargetConfig:
    """Read files (JSON objects; later ones win) and, where a path is ``ENV``, the environment.

    Raises ConfigurationError with everything that is wrong.
    """
    problems: list[str] = []
    merged: dict[str, Any] = {}
    unread: set[str] = set()
    for path in paths:
        if path != ENVIRONMENT:
            try:
                merged |= _canonical(_read_file(path), problems, path)
            except UnfitError as error:
                problems.append(f"--config {path} {error}")
                unread |= {setting.name for setting in SETTINGS}
    if ENVIRONMENT in paths:
        _warn_of_unknown(environ)
        merged |= _canonical(dict(_from_environment(environ)), problems, "the environment")
    given = _parsed(merged, problems)
    unread |= merged.keys() - given.keys()
    values = {setting.name: setting.default for setting in SETTINGS} | given
    connection: dict[str, Any] = {}
    try:
        connection = credentials(values, given, unread)
    except ConnectionProblems as error:
        problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return _config(values, connection)


def _read_file(path: str) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise UnfitError(f"cannot be read: {error.strerror}") from error
    except ValueError as error:  # without the text, which may hold a password
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise UnfitError(f"is no JSON{where}") from None
    if not isinstance(content, dict):
        raise UnfitError("holds no JSON object")
    return content


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in _NAMES:
        if variable(name) in environ:
            yield name, environ[variable(name)]


def _warn_of_unknown(environ: Mapping[str, str]) -> None:
    known = {variable(name).removeprefix(ENV_PREFIX) for name in _NAMES}
    for name in environ:
        rest = name.removeprefix(ENV_PREFIX)
        # Behind two underscores Meltano tells of its own affairs, as TARGET_ORACLE__LOAD_SCHEMA.
        if rest != name and rest not in known and not rest.startswith("_"):
            logger.warning("The variable %s is unknown%s", name, _suggestion(rest, known, ENV_PREFIX))


def _canonical(content: Mapping[str, Any], problems: list[str], source: str) -> dict[str, Any]:
    """Return the settings of one source by their own names; null and empty text mean "not set"."""
    by_name = {name: setting.name for setting in SETTINGS for name in setting.names}
    found: dict[str, Any] = {}
    said_by: dict[str, str] = {}
    for key, value in content.items():
        if value is None or value == "":
            continue
        name = by_name.get(key)
        if name is None:
            _check_foreign(key, value, problems, by_name)
        elif name in found and found[name] != value:
            problems.append(f"{said_by[name]} and {key} in {source} mean the same and differ: keep one")
        else:
            found[name], said_by[name] = value, key
    return found


def _check_foreign(key: str, value: Any, problems: list[str], known: Mapping[str, str]) -> None:
    if key in REFUSED:
        if value not in (False, 0, {}, [], "false", "0"):
            problems.append(f"{key} is not supported: {REFUSED[key]}")
    elif key in IGNORED:
        logger.info("The setting %s changes nothing: %s.", key, IGNORED[key])
    else:
        logger.warning("The setting %s is unknown%s", key, _suggestion(key, known))


def _suggestion(name: str, known: Iterable[str], prefix: str = "") -> str:
    """Return the end of a sentence that says ``prefix`` and ``name`` are unknown."""
    close = difflib.get_close_matches(name, known, n=1)
    return f": is {prefix}{close[0]} meant?" if close else "."


def _parsed(merged: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    """Return the values of the settings that are given."""
    given = {}
    for setting in SETTINGS:
        if setting.name in merged:
            try:
                given[setting.name] = parse(setting, merged[setting.name])
            except UnfitError as error:
                problems.append(f"{setting.name} ({setting.variable}) {error}")
    return given


def _config(values: Mapping[str, Any], connection: dict[str, Any]) -> TargetConfig:
    destination = {"credentials": connection} | {
        key: values[key]
        for key in ("dataset_layout", "staging_schema", "create_schema", "ddl", "server_version")
        if values[key] is not None
    }
    options = Options(
        write_disposition=_DISPOSITIONS[values["load_method"]],
        nested=values["nested"],
        numbers="double" if values["prefer_float_over_numeric"] else values["numbers"],
        lengths=values["lengths"],
        dates=values["dates"],
        metadata=values["add_record_metadata"],
        hard_delete=values["hard_delete"],
        versions=_versions(values),
        noise=values["noise"],
        extra=values["extra"],
        collisions=values["collisions"],
        schemaless="raise",
        open_ended=True,
    )
    return TargetConfig(
        destination=destination,
        pipeline_name=values["pipeline_name"],
        dataset_name=values["default_target_schema"],
        limits=PackageLimits(
            values["batch_size_rows"], values["batch_size_bytes"], values["batch_wait_limit_seconds"]
        ),
        options=options,
        freeze_types=values["freeze_schema"],
        grace=values["termination_grace_seconds"],
    )


_DISPOSITIONS: dict[str, Any] = {"upsert": "auto", "append-only": "append", "overwrite": "replace"}


def _versions(values: Mapping[str, Any]) -> Versions:
    if not values["process_activate_version_messages"]:
        return "ignore"
    return "delete" if values["hard_delete"] else "mark"
