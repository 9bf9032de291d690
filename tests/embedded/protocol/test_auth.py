"""The password check, both halves."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_oracle.embedded.model import Verifier
from dlt_oracle.embedded.protocol.auth import Challenge, no_one, password_hash, server_response
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.codes import MessageType


def pairs_of(message: bytes) -> dict[str, str]:
    reader = Reader(message)
    assert reader.u8() == MessageType.PARAMETER
    found = {}
    for _ in range(reader.ub2()):
        key = reader.sized().decode()
        found[key] = reader.sized().decode()
        reader.ub4()
    return found


def aes(key: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
    cipher = Cipher(AES(key), CBC(bytes(16)))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def answer(challenge: dict[str, str], password: bytes) -> tuple[dict[str, str], bytes]:
    """Answer a challenge as a client does; return its pairs and the session key."""
    key = password_hash(password, bytes.fromhex(challenge["AUTH_VFR_DATA"]))
    theirs = aes(key, bytes.fromhex(challenge["AUTH_SESSKEY"]), decrypt=True)
    ours = secrets.token_bytes(32)
    salt = bytes.fromhex(challenge["AUTH_PBKDF2_CSK_SALT"])
    session_key = hashlib.pbkdf2_hmac("sha512", (ours + theirs).hex().upper().encode(), salt, 3, 32)
    plain = secrets.token_bytes(16) + password
    padding = 16 - len(plain) % 16
    pairs = {
        "AUTH_SESSKEY": aes(key, ours).hex().upper(),
        "AUTH_PASSWORD": aes(session_key, plain + bytes([padding]) * padding).hex().upper(),
    }
    return pairs, session_key


@given(st.binary(min_size=1, max_size=60), st.binary(min_size=1, max_size=60))
@settings(max_examples=20, deadline=None)
def test_only_the_right_password_opens(password: bytes, other: bytes) -> None:
    salt = secrets.token_bytes(16)
    challenge = Challenge(Verifier(salt, password_hash(password, salt)))
    pairs, session_key = answer(pairs_of(challenge.message()), password)
    assert challenge.check(pairs) == session_key
    if other != password:
        assert challenge.check(answer(pairs_of(challenge.message()), other)[0]) is None


def test_no_password_opens_the_challenge_of_an_unknown_user() -> None:
    challenge = Challenge(no_one())
    assert challenge.check(answer(pairs_of(challenge.message()), b"")[0]) is None


@pytest.mark.parametrize(
    "pairs",
    [
        {},
        {"AUTH_SESSKEY": "zz", "AUTH_PASSWORD": "00"},
        {"AUTH_SESSKEY": "00" * 31, "AUTH_PASSWORD": "00" * 32},
        {"AUTH_SESSKEY": "00" * 32, "AUTH_PASSWORD": ""},
        {"AUTH_SESSKEY": "00" * 32, "AUTH_PASSWORD": "00" * 17},
    ],
)
def test_broken_answers_are_wrong_passwords(pairs: dict[str, str]) -> None:
    assert Challenge(no_one()).check(pairs) is None


def test_the_server_shows_that_it_has_the_key() -> None:
    key = secrets.token_bytes(32)
    plain = aes(key, bytes.fromhex(server_response(key)), decrypt=True)
    assert plain[16:32] == b"SERVER_TO_CLIENT"


def test_secrets_are_in_no_representation() -> None:
    challenge = Challenge(no_one())
    shown = repr(challenge)
    assert repr(challenge.server_part)[2:-1] not in shown
    assert challenge.verifier.password_hash.hex() not in shown
    assert "password_hash" not in shown
