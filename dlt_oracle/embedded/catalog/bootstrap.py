"""Make the dictionary in an empty PostgreSQL database, and set what may differ at every start."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

STANDARD_STRING_BYTES = 4000
DICTIONARY_VERSION = "3"  # raise it with every change of the files here that an old directory cannot take
_FILES = (
    "tables.sql",
    "publish.sql",
    "views/tables.sql",
    "views/constraints.sql",
    "views/objects.sql",
    "views/users.sql",
    "views/instance.sql",
    "seed.sql",
)


@dataclass(frozen=True)
class Release:
    """What a release of Oracle says of itself."""

    banner: str
    version: str
    version_full: str


RELEASES = {
    "19c": Release(
        "Oracle Database 19c Embedded Stand-in Release 19.0.0.0.0 - Production", "19.0.0.0.0", "19.3.0.0.0"
    ),
    "21c": Release(
        "Oracle Database 21c Embedded Stand-in Release 21.0.0.0.0 - Production", "21.0.0.0.0", "21.3.0.0.0"
    ),
    "23ai": Release(
        "Oracle Database 23ai Embedded Stand-in Release 23.0.0.0.0 - Production", "23.0.0.0.0", "23.4.0.24.5"
    ),
}


class DictionaryVersionError(RuntimeError):
    """The database holds a dictionary that another release of this package made."""


def bootstrap(connection: psycopg.Connection[Any], runtime: str) -> bool:
    """Make schemas ``ora`` (from ``runtime``, renewed at every start), ``dict`` and ``sys``.

    Returns True when the dictionary was made now. Raises DictionaryVersionError for another version's.
    """
    with connection.transaction():
        connection.execute(runtime)
        made = connection.execute("SELECT to_regclass('dict.meta')").fetchone()
        if made is not None and made[0] is not None:
            _check_version(connection)
            return False
        for name in _FILES:
            connection.execute(files(__package__).joinpath(name).read_text(encoding="utf-8"))
        _set_meta(connection, {"dictionary_version": DICTIONARY_VERSION})
    return True


def describe_instance(
    connection: psycopg.Connection[Any], version: str, service_name: str, max_string_bytes: int
) -> None:
    """Write what the views of the instance show: release, service, parameters."""
    release = RELEASES[version]
    with connection.transaction():
        _set_meta(
            connection,
            {
                "banner": release.banner,
                "product": release.banner.partition(" Release")[0],
                "version": release.version,
                "version_full": release.version_full,
                "service_name": service_name,
                "instance_name": service_name.partition(".")[0][:16],
                "max_string_bytes": str(max_string_bytes),
            },
        )
        connection.execute("DELETE FROM dict.parameters")
        rows = _parameters(release, service_name, max_string_bytes)
        connection.cursor().executemany("INSERT INTO dict.parameters VALUES (%s, %s, %s)", rows)
        connection.execute("DELETE FROM dict.sessions")


def _check_version(connection: psycopg.Connection[Any]) -> None:
    found = connection.execute("SELECT value FROM dict.meta WHERE key = 'dictionary_version'").fetchone()
    if found is None or found[0] != DICTIONARY_VERSION:
        raise DictionaryVersionError(
            "the data directory was made by another release of dlt-oracle: give a new directory, or remove it"
        )


def _set_meta(connection: psycopg.Connection[Any], values: dict[str, str]) -> None:
    connection.cursor().executemany(
        "INSERT INTO dict.meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(values.items()),
    )


def _parameters(release: Release, service_name: str, max_string_bytes: int) -> list[tuple[str, int, str]]:
    """Rows of V$PARAMETER: name, type (1 boolean, 2 string, 3 integer), value."""
    return [
        ("compatible", 2, release.version.removesuffix(".0")),
        ("cursor_sharing", 2, "EXACT"),
        ("db_block_size", 3, "8192"),
        ("db_name", 2, service_name.partition(".")[0][:8]),
        ("ddl_lock_timeout", 3, "0"),
        ("deferred_segment_creation", 1, "TRUE"),
        ("max_string_size", 2, "EXTENDED" if max_string_bytes > STANDARD_STRING_BYTES else "STANDARD"),
        ("nls_language", 2, "AMERICAN"),
        ("nls_length_semantics", 2, "BYTE"),
        ("nls_territory", 2, "AMERICA"),
        ("open_cursors", 3, "300"),
        ("optimizer_mode", 2, "ALL_ROWS"),
        ("processes", 3, "150"),
        ("recyclebin", 2, "off"),
        ("service_names", 2, service_name),
        ("sessions", 3, "248"),
        ("undo_management", 2, "AUTO"),
    ]
