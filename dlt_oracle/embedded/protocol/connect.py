"""CONNECT, ACCEPT and REFUSE (python-oracledb's ``thin/messages/connect.pyx``)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from dlt_oracle.embedded.protocol.packets import HEADER_BYTES, ProtocolError

# The oldest protocol with 32-bit packet lengths, and the oldest python-oracledb accepts.
MIN_VERSION = 315
MIN_SDU = 512
MAX_SDU = 2 * 1024 * 1024

_CONNECT = struct.Struct(">HHHHHHHHHHIBB24xII")
_DATA_OFFSET = 74  # of the descriptor, from the packet's start

# Why a listener refuses, by the number clients look for in the text.
NO_SUCH_SID = 12505
NO_SERVICE_GIVEN = 12504
NO_SUCH_SERVICE = 12514
NO_SUCH_SERVER_TYPE = 12520
VERSIONS_INCOMPATIBLE = 12618


@dataclass(frozen=True)
class ConnectRequest:
    """What a CONNECT packet asks; ``descriptor`` may be shorter than ``descriptor_length``.

    A descriptor above 230 bytes follows in DATA packets of its own.
    """

    version: int
    sdu: int
    descriptor_length: int
    descriptor: bytes


def parse_connect(body: bytes) -> ConnectRequest:
    """Parse the body of a CONNECT packet."""
    if len(body) < _CONNECT.size:
        raise ProtocolError(f"a CONNECT packet of {len(body)} bytes")
    fields = _CONNECT.unpack_from(body)
    length, offset = fields[8], fields[9]
    descriptor = body[offset - HEADER_BYTES :][:length] if offset >= _DATA_OFFSET else b""
    sdu = fields[13] or fields[3]
    return ConnectRequest(fields[0], min(max(sdu, MIN_SDU), MAX_SDU), length, descriptor)


_OPTIONS_DONT_CARE = 0x0001  # and not 0x0400: no out-of-band breaks, so no urgent data to handle
_NATIVE_ENCRYPTION_DISABLED = 0x04
_NATIVE_ENCRYPTION_OFF = 0x08  # node-oracledb and go-ora negotiate encryption unless both are set
_FLAG_FAST_AUTH = 0x10000000
_ACCEPT = struct.Struct(">HHHHHHHBB8xIIBI")


def accept_body(version: int, sdu: int, *, fast_auth: bool) -> bytes:
    """Return the body of an ACCEPT packet (the packet has 45 bytes)."""
    return _ACCEPT.pack(
        version,
        _OPTIONS_DONT_CARE,
        min(sdu, 0xFFFF),
        min(sdu, 0xFFFF),
        1,
        0,
        HEADER_BYTES + _ACCEPT.size,
        _NATIVE_ENCRYPTION_DISABLED,
        _NATIVE_ENCRYPTION_OFF,
        sdu,
        sdu,
        0,
        _FLAG_FAST_AUTH if fast_auth else 0,
    )


_REFUSED_BY_LISTENER = 0x22


def refuse_body(code: int) -> bytes:
    """Return the body of a REFUSE packet; clients look for ``(ERR=code)`` in its text."""
    text = (
        f"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR={code})(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))"
    ).encode()
    return bytes((_REFUSED_BY_LISTENER, 0)) + len(text).to_bytes(2, "big") + text
