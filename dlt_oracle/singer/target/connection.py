"""Read a SQLAlchemy URL of Oracle as SQLAlchemy does, without SQLAlchemy."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class UrlError(ValueError):
    """A URL that says no connection; the text does not repeat it, as it holds a password."""


def parse_url(url: str) -> dict[str, Any]:
    """Return the parts of a URL by the names of settings.

    The path is a SID, ``?service_name=`` a service, and a host alone an alias of tnsnames.ora: the rules of
    SQLAlchemy's dialect "oracle". Raises UrlError.
    """
    # Names of drivers have underscores, which no URL's scheme may have.
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] != "oracle":
        raise UrlError("does not begin with oracle:// or oracle+oracledb://")
    try:
        parsed = urlsplit(f"//{rest}")
        port = parsed.port
    except ValueError:
        raise UrlError("is no URL: write special characters of user and password as %xx") from None
    service_name = (parse_qs(parsed.query).get("service_name") or [""])[0]
    sid = unquote(parsed.path.removeprefix("/"))
    found: dict[str, Any] = {
        "username": unquote(parsed.username or ""),
        "password": unquote(parsed.password or ""),
        "port": port,
    }
    if service_name or sid:
        found |= {"host": parsed.hostname, "service_name": service_name, "sid": sid}
    else:
        found["dsn"] = parsed.hostname
    return {key: value for key, value in found.items() if value}
