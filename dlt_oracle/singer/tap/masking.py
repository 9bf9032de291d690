"""Keep secrets out of what people read: a tap's log, the text of an error.

Which values of a configuration are secret is nowhere declared, so the names of keys and the shape of values
decide. What a tap got elsewhere (a token that it has fetched) is known by how it stands in a text. Too much
is masked rather than too little; dates, paths and host names stay readable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from dlt_oracle.singer import secret_shapes
from dlt_oracle.singer.secret_shapes import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST_SECRET = 4
"""Characters. A shorter one would mask parts of ordinary words."""

_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase|code)?$|pwd|secret|token|credential|private|signature|cookie|session"
    r"|api_?key|access_?key|auth|(^|[_-])key$|(^|[_-])pat$|dsn|connection_?string|webhook",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ].*)?"  # a date
    r"|[./~][^\s]*|[^\s]*/[^\s]*"  # a path
    r"|[\w-]+(\.[\w-]+)*\.[a-z]{2,}",  # a host or file name
)
_TOKEN = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[\w.+/=~:-]{20,}")


class Mask:
    """Replaces secrets in texts. More can be added at any time."""

    def __init__(self, *configurations: Mapping[str, Any]) -> None:
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for configuration in configurations:
            self.add(configuration)

    def add(self, configuration: Mapping[str, Any]) -> None:
        """Learn the secrets of ``configuration``, however deep they are nested."""
        for secret in _secrets(configuration):
            self._secrets.update(_spellings(secret))
        # The longest first: a secret may contain another one.
        choices = sorted(self._secrets, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, choices))) if choices else None

    def __call__(self, text: str) -> str:
        """Return ``text`` with every known secret replaced, and with what looks like one."""
        return secret_shapes.masked(self._pattern.sub(MASK, text) if self._pattern else text)

    def __repr__(self) -> str:
        return f"Mask({len(self._secrets)} texts)"


def _secrets(value: Any, *, named: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secrets(inner, named=named or bool(_SECRET_NAME.search(str(key))))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _secrets(inner, named=named)
    elif isinstance(value, bool) or value is None:
        return
    elif named or (isinstance(value, str) and _looks_secret(value)):
        yield str(value)
    elif isinstance(value, str) and (password := _password_of_url(value)):
        # Programs show it either way.
        yield password
        yield unquote(password)


def _looks_secret(value: str) -> bool:
    return bool(_TOKEN.fullmatch(value)) and not _HARMLESS.fullmatch(value)


def _password_of_url(value: str) -> str | None:
    try:
        return urlsplit(value).password
    except ValueError:
        return None


def _spellings(secret: str) -> Iterable[str]:
    """Give the ways in which a secret shows up in logs: quoted for JSON or a URL, line by line."""
    lines = {secret, *secret.splitlines()}
    spelled = {
        spelling
        for line in lines
        for spelling in (
            line,
            json.dumps(line)[1:-1],
            json.dumps(line, ensure_ascii=False)[1:-1],
            quote(line, safe=""),
            quote_plus(line),
            repr(line)[1:-1],
        )
    }
    return {text for text in spelled if len(text) >= SHORTEST_SECRET}
