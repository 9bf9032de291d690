"""An extractor of a Meltano project, ready to run without Meltano, or with the words of Meltano itself.

The tap is started by us either way: ``meltano invoke`` would give it no state.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.tap.command import SingerCommand
from dlt_oracle.singer.tap.meltano_project import Layer, Project, texts
from dlt_oracle.singer.tap.rules import CatalogRules
from dlt_oracle.singer.tap.selection import EVERYTHING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

_UNESCAPED_DOT = re.compile(r"(?<!\\)\.")


@dataclass(frozen=True)
class Extractor:
    """What it takes to run an extractor as the project has it. ``catalog``: of the user or of Meltano."""

    command: SingerCommand
    config: Mapping[str, Any] = field(repr=False)
    rules: CatalogRules
    catalog: Mapping[str, Any] | Path | None
    state: str | None
    env: Mapping[str, str] = field(repr=False)
    cwd: Path


def read_extractor(
    file: str | os.PathLike[str], name: str, environment: str | None = None, *, ask_meltano: bool = False
) -> Extractor:
    """Return the extractor ``name`` of the project ``file`` in ``environment`` (None: its default one).

    ``ask_meltano``: take configuration and catalog from ``meltano invoke --dump``, for what this does not
    read (settings in Meltano's database, for instance); it has to be on PATH or in the project's ``.venv``.
    Raises SingerConfigurationError when something is not there.
    """
    project = Project(file, environment)
    plugin = _Plugin(project, name)
    config, rules = plugin.config(), plugin.rules()
    catalog: Mapping[str, Any] | Path | None = plugin.file("catalog")
    if ask_meltano:
        config = _ask_meltano(project, name, "config")
        catalog, rules = _ask_meltano(project, name, "catalog"), CatalogRules(selection=None)
    state = plugin.file("state")
    return Extractor(
        command=plugin.command(),
        config=config,
        rules=rules,
        catalog=catalog,
        state=state.read_text(encoding="utf-8") if isinstance(state, Path) else None,
        env=plugin.env,
        cwd=project.root,
    )


class _Plugin:
    """One extractor with everything that is said about it, the most telling first."""

    def __init__(self, project: Project, name: str) -> None:
        self._project = project
        self._name = name
        self._chain = project.chain(name)
        overlays = [project.overlay(plugin["name"]) for plugin in self._chain]
        own = [layer for pair in zip(overlays, self._chain, strict=True) for layer in pair]
        self._layers: list[Layer] = [*own, project.lock(self._chain[-1])]
        self._variables = {**project.variables, "MELTANO_EXTRACTOR_NAME": name}
        self.env: dict[str, str] = {}
        # As in Meltano: the plugin's own, the environment's, then what the environment says of the plugin.
        for values in (
            *(texts(plugin.get("env")) for plugin in reversed(self._chain)),
            project.environment_env,
            *(texts(overlay.get("env")) for overlay in reversed(overlays)),
        ):
            added = {key: value or "" for key, value in project.expand(values, self._variables).items()}
            self.env.update(added)
            self._variables.update(added)

    def config(self) -> dict[str, Any]:
        """Return the tap's configuration: dotted names nested, variables replaced, what is unset left out."""
        values: dict[str, Any] = {}
        for layer in reversed(self._layers):
            values.update({setting["name"]: setting.get("value") for setting in layer.get("settings") or ()})
        for layer in reversed(self._layers):
            values.update(layer.get("config") or {})
        values = self._project.expand(values, self._variables)
        for name in values:
            text = self._from_environment(name)
            if text is not None:
                values[name] = _typed(text, self._kind(name))
        return _nested({name: value for name, value in values.items() if value is not None})

    def rules(self) -> CatalogRules:
        """Return what is to be changed in the tap's catalog; one that the user made has its own selection."""
        return CatalogRules(
            selection=None if self._extra("catalog") else self._extra("select") or EVERYTHING,
            metadata=_nested(self._extra("metadata") or {}),
            schema=self._extra("schema") or {},
            stream_filter=self._extra("select_filter") or (),
        )

    def file(self, key: str) -> Path | None:
        """Return the file that an extra names, relative to the project."""
        named = self._extra(key)
        return self._project.root / named if named else None

    def command(self) -> SingerCommand:
        """Return the tap's program, where Meltano has installed it, else on PATH."""
        executable = (
            self._extra("executable") or self._chain[-1].get("inherit_from") or self._chain[-1]["name"]
        )
        if executable.startswith("."):
            return SingerCommand(SingerCommand.of(self._project.root / executable).argv, self._name)
        for plugin in self._chain:
            place = self._project.root / ".meltano" / "extractors" / plugin["name"] / "venv"
            if (place / "bin" / executable).exists():
                return SingerCommand(SingerCommand.in_environment(executable, place).argv, self._name)
        try:
            return SingerCommand(SingerCommand.of(executable).argv, self._name)
        except SingerConfigurationError:
            raise SingerConfigurationError(
                f"there is no program {executable!r} below {self._project.root / '.meltano'}, nor on PATH: "
                f"run `meltano install` in the project, which puts {self._name} there"
            ) from None

    def _extra(self, key: str) -> Any:
        found = next((layer[key] for layer in self._layers if layer.get(key) is not None), None)
        return self._project.expand(found, self._variables)

    def _settings(self, name: str) -> list[Layer]:
        settings = (setting for layer in self._layers for setting in layer.get("settings") or ())
        return [setting for setting in settings if setting.get("name") == name]

    def _kind(self, name: str) -> str:
        return next(
            (str(setting["kind"]) for setting in self._settings(name) if setting.get("kind")), "string"
        )

    def _from_environment(self, name: str) -> str | None:
        """Return what a variable such as ``TAP_GITHUB_AUTH_TOKEN`` says instead of the project."""
        names = [setting["env"] for setting in self._settings(name) if setting.get("env")]
        names += [
            re.sub(r"\W", "_", f"{layer[key]}_{name}").upper()
            for layer in self._layers
            for key in ("name", "namespace")
            if layer.get(key)
        ]
        return next((self._variables[key] for key in names if key in self._variables), None)


def _typed(text: str, kind: str) -> Any:
    """Return the value that a text in an environment variable stands for."""
    return text if kind in {"string", "password", "date_iso8601", "file"} else yaml.safe_load(text)


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    r"""Return ``{"a.b": 1}`` as ``{"a": {"b": 1}}``; a dot that belongs to a name is written ``\.``."""
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = (part.replace(r"\.", ".") for part in _UNESCAPED_DOT.split(name))
        place = nested
        for part in above:
            inner = place.get(part)
            place[part] = dict(inner) if isinstance(inner, dict) else {}
            place = place[part]
        place[last] = value
    return nested


def _ask_meltano(project: Project, name: str, what: str) -> dict[str, Any]:
    own = project.root / ".venv" / "bin" / "meltano"
    meltano = str(own) if own.exists() else shutil.which("meltano")
    if meltano is None:
        raise SingerConfigurationError("there is no meltano on PATH, nor in the project's .venv")
    environment = (
        ["--environment", project.environment_name] if project.environment_name else ["--no-environment"]
    )
    command: Sequence[str] = [meltano, *environment, "invoke", f"--dump={what}", name]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)  # noqa: S603 - the user's own Meltano
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    if done.returncode or not isinstance(found, dict):
        # Its standard output would be the configuration, with secrets in it.
        tail = "\n".join(done.stderr.strip().splitlines()[-10:])
        raise SingerConfigurationError(
            f"meltano invoke --dump={what} {name} failed ({done.returncode}):\n{tail}"
        )
    return found
