"""Values of settings as JSON, Meltano and the environment write them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.singer.target.settings import Kind, Setting

_TRUE = ("true", "1", "yes", "on", "t", "y")
_FALSE = ("false", "0", "no", "off", "f", "n")


class UnfitError(ValueError):
    """A value that is none for its setting. The text follows the setting's name; secrets are not in it."""


def parse(setting: Setting, value: Any) -> Any:
    """Return ``value`` as the setting's kind. Raises UnfitError."""
    try:
        parsed = _PARSERS[setting.kind](value)
    except (TypeError, ValueError):
        raise UnfitError(f"is {_shown(setting, value)}, which is no {setting.kind}") from None
    if setting.minimum is not None and parsed < setting.minimum:
        raise UnfitError(f"is {_shown(setting, value)}: the least is {setting.minimum:g}")
    if setting.maximum is not None and parsed > setting.maximum:
        raise UnfitError(f"is {_shown(setting, value)}: the most is {setting.maximum:g}")
    if setting.pattern and not re.fullmatch(setting.pattern, parsed, re.IGNORECASE | re.DOTALL):
        raise UnfitError(setting.misfit)
    if setting.choices:
        parsed = dict(setting.spellings).get(parsed.lower(), parsed.lower())
        if parsed not in setting.choices:
            raise UnfitError(f"is {_shown(setting, value)}: it is one of {', '.join(setting.choices)}")
    return parsed


def _string(value: Any) -> str:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise TypeError
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    found = float(value)
    if not math.isfinite(found):
        raise ValueError
    return found


def _boolean(value: Any) -> bool:
    word = str(value).lower()
    if word not in _TRUE + _FALSE:
        raise ValueError
    return word in _TRUE


_PARSERS: dict[Kind, Callable[[Any], Any]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}


def _shown(setting: Setting, value: Any) -> str:
    return "set" if setting.secret else repr(value)
