"""Authentication with the 12c verifier (python-oracledb's ``thin/messages/auth.pyx``, ``thin/crypto.pyx``).

The server keeps a salt and a hash of the PBKDF2 key, never the password. Both sides send a random
part of the session key, encrypted with the hash; the password comes back encrypted with the key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from dlt_oracle.embedded.model import Verifier
from dlt_oracle.embedded.protocol.buffers import Reader, sized, ub
from dlt_oracle.embedded.protocol.codes import MessageType

VERIFIER_12C = 0x4815
VGEN_ROUNDS = 4096
SDER_ROUNDS = 3
KEY_BYTES = 32
SALT_BYTES = 16
_BLOCK = 16

# Authentication modes (``TNS_AUTH_MODE_…``).
MODE_LOGON = 0x1
MODE_CHANGE_PASSWORD = 0x2
MODE_WITH_PASSWORD = 0x100


@dataclass(frozen=True)
class AuthRequest:
    """Phase one or two of an authentication."""

    user: str
    mode: int
    pairs: dict[str, str] = field(repr=False)


def read_auth(reader: Reader) -> AuthRequest:
    """Read an authentication message after its function header."""
    has_user = reader.u8()
    reader.ub4()  # length of the user's name
    mode = reader.ub4()
    reader.u8()
    count = reader.ub4()
    reader.skip_u8(2)
    user = reader.text() if has_user else ""
    pairs: dict[str, str] = {}
    for _ in range(count):
        key = reader.sized().decode().rstrip("\0")
        pairs[key] = reader.sized().decode()
        reader.ub4()  # flags
    return AuthRequest(user, mode, pairs)


def pairs_message(pairs: list[tuple[str, str, int]]) -> bytes:
    """Return a parameter message of (key, value, flags)."""
    parts = [bytes((MessageType.PARAMETER,)), ub(len(pairs))]
    for key, value, flags in pairs:
        parts += (sized(key.encode()), sized(value.encode()), ub(flags))
    return b"".join(parts)


def password_hash(password: bytes, salt: bytes) -> bytes:
    """Return the hash a 12c verifier keeps: SHA-512 of the PBKDF2 key and the salt, 32 bytes."""
    key = hashlib.pbkdf2_hmac("sha512", password, salt + b"AUTH_PBKDF2_SPEEDY_KEY", VGEN_ROUNDS, 64)
    return hashlib.sha512(key + salt).digest()[:KEY_BYTES]


def no_one() -> Verifier:
    """Return a verifier that no password matches: the challenge of an unknown user looks like any other."""
    return Verifier(secrets.token_bytes(SALT_BYTES), secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True)
class Challenge:
    """The server's half of one authentication."""

    verifier: Verifier = field(repr=False)
    server_part: bytes = field(repr=False, default_factory=lambda: secrets.token_bytes(KEY_BYTES))
    csk_salt: bytes = field(repr=False, default_factory=lambda: secrets.token_bytes(SALT_BYTES))

    def message(self) -> bytes:
        """Return the parameter message that ends phase one."""
        encrypted = _encrypt(self.verifier.password_hash, self.server_part)
        return pairs_message(
            [
                ("AUTH_SESSKEY", _hex(encrypted), 0),
                ("AUTH_VFR_DATA", _hex(self.verifier.salt), VERIFIER_12C),
                ("AUTH_PBKDF2_CSK_SALT", _hex(self.csk_salt), 0),
                ("AUTH_PBKDF2_VGEN_COUNT", str(VGEN_ROUNDS), 0),
                ("AUTH_PBKDF2_SDER_COUNT", str(SDER_ROUNDS), 0),
            ]
        )

    def check(self, pairs: dict[str, str]) -> bytes | None:
        """Return the session key when phase two shows the right password, else None."""
        try:
            client_part = _decrypt(self.verifier.password_hash, bytes.fromhex(pairs["AUTH_SESSKEY"]))
            secret = bytes.fromhex(pairs["AUTH_PASSWORD"])
        except (KeyError, ValueError):
            return None
        combined = _hex(client_part[:KEY_BYTES] + self.server_part).encode()
        session_key = hashlib.pbkdf2_hmac("sha512", combined, self.csk_salt, SDER_ROUNDS, KEY_BYTES)
        password = _unpadded(_decrypt(session_key, secret) if len(secret) % _BLOCK == 0 else b"")
        if password is None:
            return None
        found = password_hash(password[SALT_BYTES:], self.verifier.salt)
        return session_key if hmac.compare_digest(found, self.verifier.password_hash) else None


def server_response(session_key: bytes) -> str:
    """Return AUTH_SVR_RESPONSE, by which the client knows that the server has the key."""
    plain = secrets.token_bytes(_BLOCK) + b"SERVER_TO_CLIENT" + bytes((_BLOCK,)) * _BLOCK
    return _hex(_encrypt(session_key, plain))


def _hex(data: bytes) -> str:
    return data.hex().upper()


def _encrypt(key: bytes, data: bytes) -> bytes:
    encryptor = Cipher(AES(key), CBC(bytes(_BLOCK))).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _decrypt(key: bytes, data: bytes) -> bytes:
    decryptor = Cipher(AES(key), CBC(bytes(_BLOCK))).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _unpadded(data: bytes) -> bytes | None:
    """Remove PKCS7 padding; None when there is none (the wrong key decrypts to noise)."""
    count = data[-1] if data else 0
    if not 1 <= count <= _BLOCK or not data.endswith(bytes((count,)) * count):
        return None
    return data[:-count]
