"""What `target-oracle --about` prints: the settings as text, JSON or Markdown, in the SDK's shape."""

from __future__ import annotations

import json
from importlib import metadata
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.target.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dlt_oracle.singer.target.settings import Setting

NAME = "target-oracle"
DESCRIPTION = "Singer target for Oracle Database: loads through dlt, prints STATE for what is committed."
CAPABILITIES = (
    "about",
    "activate-version",
    "batch",
    "datetime-failsafe",
    "hard-delete",
    "soft-delete",
    "target-schema",
)


def version() -> str:
    """Return the version of the distribution."""
    return metadata.version("dlt-oracle")


def about(output_format: str) -> str:
    """Return the page in one of :data:`FORMATS`."""
    return FORMATS[output_format]()


def schema() -> dict[str, Any]:
    """Return the settings as a JSON schema, aliases in ``x-aliases``."""
    return {"type": "object", "properties": {setting.name: _property(setting) for setting in SETTINGS}}


def table() -> Iterable[str]:
    """Return the lines of the Markdown table of settings."""
    yield "| Setting | Default | Description |"
    yield "|:--------|:--------|:------------|"
    for setting in SETTINGS:
        default = "" if setting.default is None else f"`{json.dumps(setting.default)}`"
        yield f"| `{setting.name}` | {default} | {_text(setting)} |"


def _property(setting: Setting) -> dict[str, Any]:
    found: dict[str, Any] = {"type": [setting.kind, "null"], "description": setting.description}
    if setting.default is not None:
        found["default"] = setting.default
    if setting.choices:
        found["enum"] = [*setting.choices]
    if setting.minimum is not None:
        found["minimum"] = setting.minimum
    if setting.maximum is not None:
        found["maximum"] = setting.maximum
    if setting.secret:
        found |= {"secret": True, "writeOnly": True}
    if setting.aliases:
        found["x-aliases"] = [*setting.aliases]
    return found


def _text(setting: Setting) -> str:
    also = ", ".join(f"`{name}`" for name in setting.aliases)
    return setting.description + (f" Also called {also}." if also else "")


def _as_text() -> str:
    lines = [f"Name: {NAME}", f"Description: {DESCRIPTION}", f"Version: {version()}", "Capabilities:"]
    lines += [f"  - {name}" for name in CAPABILITIES]
    lines.append("Settings:")
    for setting in SETTINGS:
        default = "" if setting.default is None else f", default {json.dumps(setting.default)}"
        lines += [
            f"  {setting.name} ({setting.kind}{default})",
            f"      {_text(setting)}",
            f"      Environment variable: {setting.variable}",
        ]
    return "\n".join(lines)


def _as_json() -> str:
    page = {
        "name": NAME,
        "description": DESCRIPTION,
        "version": version(),
        "capabilities": [*CAPABILITIES],
        "settings": schema(),
    }
    return json.dumps(page, indent=2)


def _as_markdown() -> str:
    lines = [f"# `{NAME}`", "", DESCRIPTION, "", "## Capabilities", ""]
    lines += [f"- `{name}`" for name in CAPABILITIES]
    lines += ["", "## Settings", "", *table()]
    return "\n".join(lines)


FORMATS: dict[str, Callable[[], str]] = {"text": _as_text, "json": _as_json, "markdown": _as_markdown}
