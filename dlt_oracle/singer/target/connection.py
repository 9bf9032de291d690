"""Where the database is and who loads: the settings of the connection as the destination's credentials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from dlt_oracle.singer.target.settings import ENV_PREFIX, variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

_ADDRESSES = ("dsn", "service_name", "sid")
_DATABASE = ("host", *_ADDRESSES, "sqlalchemy_url")
"""Any of these names a database."""
_PARTS = (*_ADDRESSES, "host", "port", "username", "password")
_NOTHING = (
    "nothing says where the database is: set host, service_name, username and password in a file for "
    f"--config FILE, or as {ENV_PREFIX}<SETTING> for --config ENV. To try things out with no database, set "
    "embedded to a directory"
)


class ConnectionProblems(ValueError):  # noqa: N818 - there may be more than one
    """Everything that is wrong with the connection. ``problems``: a sentence each, without secrets."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(*problems)
        self.problems = problems


class UrlError(ValueError):
    """A URL that says no connection; the text does not repeat it, as it holds a password."""


def credentials(
    values: Mapping[str, Any], given: Mapping[str, Any], unread: AbstractSet[str]
) -> dict[str, Any]:
    """Return the arguments of the destination.

    ``values``: of all settings; ``given``: of those that are set. ``unread``: settings that may be set, to
    what could not be read, and so are not missing. Raises ConnectionProblems.
    """
    if values["embedded"]:
        databases = [key for key in _DATABASE if key in given]
        if databases:
            raise ConnectionProblems([f"only one of embedded and {' and '.join(databases)} can be used"])
        return {"embedded": values["embedded"]}
    problems: list[str] = []
    known: dict[str, Any] = {"port": values["port"]}
    try:
        known |= _parts(values, given)
    except UrlError as error:
        problems.append(f"sqlalchemy_url {error}")
        unread = unread | {"sqlalchemy_url"}
    if values["password_file"]:
        known["password"] = _first_line(values, problems)
        unread = unread | {"password"}
    problems += _contradictions(known)
    if not unread & {"embedded", "sqlalchemy_url"}:  # which may say all the rest
        problems += _missing(known, unread)
    if problems:
        raise ConnectionProblems(problems)
    if values["proxy_user"]:
        known["username"] = f"{values['proxy_user']}[{known.get('username')}]"
    if values["tns_admin"]:
        known["config_dir"] = values["tns_admin"]
    return known | {"connect_timeout": values["connect_timeout"]}


def _parts(values: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the URL says, and single settings, which win over it. Raises UrlError."""
    chosen = {key: given[key] for key in _PARTS if key in given}
    parts = parse_url(values["sqlalchemy_url"]) if values["sqlalchemy_url"] else {}
    if chosen.keys() & set(_ADDRESSES):
        replaced = (*_ADDRESSES, "host") if "dsn" in chosen else _ADDRESSES
        parts = {key: part for key, part in parts.items() if key not in replaced}
    return parts | chosen


def _first_line(values: Mapping[str, Any], problems: list[str]) -> str | None:
    if values["password"]:
        problems.append("password and password_file are both set: keep one")
    try:
        return Path(values["password_file"]).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        problems.append(f"password_file {values['password_file']} cannot be read: {reason}")
        return None


def _contradictions(known: Mapping[str, Any]) -> Iterator[str]:
    addresses = [key for key in _ADDRESSES if known.get(key)]
    if len(addresses) > 1:
        yield f"only one of {' and '.join(addresses)} can be used"
    elif known.get("dsn") and known.get("host"):
        yield "dsn says all of where the database is: leave out host"


def _missing(known: Mapping[str, Any], unread: AbstractSet[str]) -> Iterator[str]:
    if not unread and not any(known.get(key) for key in _PARTS if key != "port"):
        yield _NOTHING
        return
    is_dsn = known.get("dsn") or "dsn" in unread
    if not any(known.get(key) or key in unread for key in _ADDRESSES):
        yield f"one of service_name, sid or dsn is missing ({variable('service_name')} in the environment)"
    for key in ("username", "password") if is_dsn else ("host", "username", "password"):
        if not known.get(key) and key not in unread:
            yield f"{key} is missing ({variable(key)} in the environment)"


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
