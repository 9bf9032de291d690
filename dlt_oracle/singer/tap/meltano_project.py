"""What a Meltano project says about its extractors: files, environments, inheritance, variables."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

Layer = Mapping[str, Any]
"""One definition of a plugin: of the project, of an environment, of a lock file."""

_log = logging.getLogger(__name__)
_VARIABLE = re.compile(r"(?P<escape>\\)?\$(?:\{(?P<curly>\w+)\}|(?P<plain>[A-Z][A-Z0-9_]*))")
_DOTENV_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*")


class Project:
    """The project of ``file`` (``meltano.yml``, or its folder) in ``environment``.

    None is the default environment, or none. Raises SingerConfigurationError when a file cannot be read or
    there is no such environment.
    """

    def __init__(self, file: str | os.PathLike[str], environment: str | None = None) -> None:
        named = Path(file).expanduser().absolute()
        self.file = named / "meltano.yml" if named.is_dir() else named
        self.root = self.file.parent
        document = _load(self.file)
        included = [
            path for pattern in document.get("include_paths") or () for path in self.root.glob(pattern)
        ]
        self._documents = [document, *(_load(path) for path in sorted(included) if path != self.file)]
        dotenv = _dotenv(self.root / ".env")
        self.environment_name = (
            environment
            or os.environ.get("MELTANO_ENVIRONMENT")
            or dotenv.get("MELTANO_ENVIRONMENT")
            or document.get("default_environment")
        )
        self._environment = self._environment_called(self.environment_name)
        self.variables = {"MELTANO_PROJECT_ROOT": str(self.root), **dotenv, **os.environ}
        self.variables.update(self.expand(texts(document.get("env")), self.variables))

    def chain(self, name: str) -> list[Layer]:
        """Return the extractor ``name`` and those that it inherits from, the nearest first."""
        chain: list[Layer] = []
        known = {plugin["name"]: plugin for plugin in self._extractors()}
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise SingerConfigurationError(f"{self.file} has no extractor {name!r}; there are: {there}")
        # Whoever inherits from a name that is not in the project inherits from Meltano's hub.
        while name in known and known[name] not in chain:
            chain.append(known[name])
            name = known[name].get("inherit_from") or ""
        return chain

    def overlay(self, name: str) -> Layer:
        """Return what the environment says about the extractor ``name``."""
        plugins = (self._environment.get("config") or {}).get("plugins") or {}
        return next((plugin for plugin in plugins.get("extractors") or () if plugin.get("name") == name), {})

    def lock(self, plugin: Layer) -> Layer:
        """Return what Meltano's hub says about a plugin, from the file that ``meltano add`` has made."""
        name, variant = plugin.get("inherit_from") or plugin["name"], plugin.get("variant") or "*"
        found = sorted((self.root / "plugins" / "extractors").glob(f"{name}--{variant}.lock"))
        return _load(found[0]) if found else {}

    @property
    def environment_env(self) -> dict[str, str]:
        """The variables that the environment sets."""
        return texts(self._environment.get("env"))

    def expand(self, value: Any, variables: Mapping[str, str]) -> Any:
        """Return ``value`` with ``$NAME`` and ``${NAME}`` replaced; nothing but unset variables is None."""
        if isinstance(value, Mapping):
            return {key: self.expand(inner, variables) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.expand(inner, variables) for inner in value]
        if not isinstance(value, str):
            return value

        def text_of(match: re.Match[str]) -> str:
            if match["escape"]:
                return match[0][1:]
            name = match["curly"] or match["plain"]
            if name not in variables:
                _log.warning("%s: the variable %s is not set", self.file.name, name)
            return variables.get(name, "")

        expanded = _VARIABLE.sub(text_of, value)
        return None if not expanded and value else expanded

    def _extractors(self) -> Iterator[Layer]:
        for document in self._documents:
            yield from (document.get("plugins") or {}).get("extractors") or ()

    def _environment_called(self, name: str | None) -> Layer:
        if not name:
            return {}
        found = {
            entry["name"]: entry
            for document in self._documents
            for entry in document.get("environments") or ()
        }
        if name not in found:
            there = ", ".join(found) or "none"
            raise SingerConfigurationError(f"{self.file} has no environment {name!r}; there are: {there}")
        environment: Layer = found[name]
        return environment


def texts(values: Any) -> dict[str, str]:
    """Return variables as texts; None: none."""
    return {str(name): str(value) for name, value in (values or {}).items()}


def _load(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".lock" else yaml.safe_load(text)
    except OSError as error:
        raise SingerConfigurationError(f"the project cannot be read: {error}") from error
    except (ValueError, yaml.YAMLError) as error:
        # The parser's own text quotes the file, in which there may be secrets.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise SingerConfigurationError(f"{path}{where}: this cannot be parsed") from None
    if not isinstance(document, dict):
        raise SingerConfigurationError(f"{path} is no Meltano project")
    return document


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    found = map(_DOTENV_LINE.fullmatch, path.read_text(encoding="utf-8").splitlines())
    return {match[1]: _unquoted(match[2]) for match in found if match}


def _unquoted(text: str) -> str:
    if text[:1] in {"'", '"'} and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1]
    return re.split(r"\s+#", text)[0]
