"""Oracle identifiers: the one function that quotes a name, and the one that keeps it short enough.

Facts (SQL Language Reference 19c, "Database Object Naming Rules"): a quoted identifier may hold any
character but ``"`` and NUL, is compared exactly, and is at most 128 *bytes* long in the database
character set (30 where COMPATIBLE is below 12.2).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_IDENTIFIER_BYTES = 128
# Hexadecimal digits that tell two shortened names apart: 40 bits.
_DIGEST_LENGTH = 10
MAX_PREFIX_BYTES = MAX_IDENTIFIER_BYTES - _DIGEST_LENGTH - 1
"""Bytes at the beginning of a name that shortening leaves alone."""


class InvalidIdentifierError(ValueError):
    """A name that Oracle cannot hold in any form."""

    def __init__(self, name: str, reason: str, *, rewritten: bool = True) -> None:
        self.name = name
        way_out = ", or use a naming convention that rewrites such names (snake_case does)"
        super().__init__(
            f"The name {name!r} cannot be used in Oracle: {reason}. Rename the table or column in the "
            f"source{way_out if rewritten else ''}."
        )


def identifier(name: str) -> exp.Identifier:
    """Quote ``name``: every name in every statement of this package passes here.

    Raises InvalidIdentifierError for an empty name or one with a ``"`` or NUL in it: Oracle knows no way to
    escape them.
    """
    if not name:
        raise InvalidIdentifierError(name, "it is empty")
    if '"' in name or "\x00" in name:
        raise InvalidIdentifierError(name, "a quoted identifier may hold neither a double quote nor NUL")
    return exp.to_identifier(name, quoted=True)


def escape_identifier(name: str) -> str:
    """Return ``name`` quoted, as text: dlt's ``escape_identifier`` capability."""
    return identifier(name).sql("oracle")


def table(owner: str, name: str) -> exp.Table:
    """Return the table ``owner.name``, both as the dictionary stores them."""
    return exp.Table(this=identifier(name), db=identifier(owner))


def column(name: str, qualifier: str | None = None) -> exp.Column:
    """Return a column reference, ``name`` as the dictionary stores it."""
    return exp.Column(this=identifier(name), table=identifier(qualifier) if qualifier else None)


def new_column(name: str) -> exp.Identifier:
    """Quote the name of a column that is to be made.

    Raises InvalidIdentifierError for one that is too long (ORA-00972), or ROWID (ORA-00904): that is the only
    word that quoting does not save.
    """
    size = len(name.encode())
    if size > MAX_IDENTIFIER_BYTES:
        raise InvalidIdentifierError(name, f"it has {size} bytes, and a name may have {MAX_IDENTIFIER_BYTES}")
    if name == "ROWID":
        raise InvalidIdentifierError(name, "no column may be called so, not even in quotes", rewritten=False)
    return identifier(name)


def shorten(name: str, limit: int = MAX_IDENTIFIER_BYTES) -> str:
    """Return ``name`` when it fits ``limit`` bytes of UTF-8, else a shorter name that is always the same.

    The short form ends in a digest of the whole name, so different names stay different.
    """
    encoded = name.encode()
    if len(encoded) <= limit:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:_DIGEST_LENGTH].upper()
    head = encoded[: limit - _DIGEST_LENGTH - 1].decode(errors="ignore")
    return f"{head}_{digest}"


def suffixed(name: str, suffix: str) -> str:
    """Return ``name`` with ``suffix`` behind it, which stays whole however much the name is shortened."""
    return shorten(name, MAX_IDENTIFIER_BYTES - len(suffix)) + suffix


def physical_name(
    name: str, fold: Callable[[str], str], *, casefold: bool, limit: int = MAX_IDENTIFIER_BYTES
) -> str:
    """Return the stored form of ``name``: folded by ``fold`` and short enough.

    With ``casefold=False`` a name that fits comes back as it was (dlt's relations fold it later); one
    that does not is folded all the same, because the digest has to be that of the folded name.
    """
    folded = fold(name)
    stored = shorten(folded, limit)
    return stored if casefold or stored != folded else name
