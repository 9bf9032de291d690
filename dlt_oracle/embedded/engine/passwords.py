"""Password verifiers: what the server keeps instead of a password (Oracle's 12c verifier).

The derivation is python-oracledb's (``impl/thin/messages/auth.pyx``): PBKDF2 with SHA-512, 4096 rounds.
"""

from __future__ import annotations

import hashlib
import secrets

from dlt_oracle.embedded.model import Verifier

SALT_BYTES = 16
HASH_BYTES = 32
ROUNDS = 4096
_KEY_BYTES = 64
_LABEL = b"AUTH_PBKDF2_SPEEDY_KEY"
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def make_verifier(password: str) -> Verifier:
    """Return the verifier of ``password`` under a new salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt + _LABEL, ROUNDS, _KEY_BYTES)
    return Verifier(salt, hashlib.sha512(key + salt).digest()[:HASH_BYTES])


def generate_password(length: int = 20) -> str:
    """Return a random password that needs no quoting in SQL or a connect string."""
    return secrets.choice(_ALPHABET[:48]) + "".join(secrets.choice(_ALPHABET) for _ in range(length - 1))
