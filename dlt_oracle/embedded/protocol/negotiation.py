"""Protocol and data-type negotiation, the releases this server presents, and fast authentication.

Facts from python-oracledb's ``thin/capabilities.pyx`` and ``thin/messages/protocol.pyx``,
``data_types.pyx`` and ``fast_auth.pyx``.
"""

from __future__ import annotations

from dataclasses import dataclass

from dlt_oracle.embedded.protocol.buffers import Reader, clr
from dlt_oracle.embedded.protocol.codes import AL16UTF16, AL32UTF8, MessageType
from dlt_oracle.embedded.protocol.packets import ProtocolError


@dataclass(frozen=True)
class Release:
    """What a database release shows on the wire.

    ``field_version`` decides the layout of TTC messages, ``tns_version`` that of packets;
    ``number`` is the five-part version.
    """

    name: str
    banner: str
    number: tuple[int, int, int, int, int]
    field_version: int
    tns_version: int
    fast_auth: bool

    @property
    def packed(self) -> int:
        """AUTH_VERSION_NO, in the form of 18c and later."""
        major, minor, patch, port, update = self.number
        return major << 24 | minor << 16 | patch << 12 | port << 4 | update


RELEASES: dict[str, Release] = {
    "19c": Release(
        "19c", "- Production", (19, 3, 0, 0, 0), field_version=12, tns_version=318, fast_auth=False
    ),
    "21c": Release(
        "21c", "- Production", (21, 3, 0, 0, 0), field_version=16, tns_version=318, fast_auth=False
    ),
    "23ai": Release(
        "23ai",
        "- Develop, Learn, and Run for Free",
        (23, 4, 0, 24, 5),
        field_version=24,
        tns_version=319,
        fast_auth=True,
    ),
}

# Compile-time capabilities by index; the field version (7) is the release's. Index 40 stays without
# 0x40 and run-time index 6 without 0x10: no request boundaries.
_COMPILE_CAPABILITIES = {
    4: 0xEA,
    8: 1,
    9: 1,
    15: 0x29,
    16: 0x91,
    17: 3,
    18: 7,
    19: 3,
    21: 1,
    23: 0xCF,
    26: 4,
    27: 1,
    34: 12,
    37: 0xB8,
    39: 8,
    42: 5,
}
_COMPILE_BYTES = 55  # the driver indexes them unchecked
_FIELD_VERSION = 7
_RUN_TIME_BYTES = 11
_RUN_TIME_COMPATIBILITY = 2
_RUN_TIME_TTC = 6
_LONG_STRINGS = 0x05
_SHORT_STRINGS = 0x01
_LONG_STRING_BYTES = 32767

# The driver reads the national character set at fdo[9:11] when fdo[5] and fdo[6] are 0.
_FDO = bytes(9) + AL16UTF16.to_bytes(2, "big") + bytes(1)


def protocol_reply(release: Release, max_string_bytes: int) -> bytes:
    """Return the answer to a protocol message."""
    compile_capabilities = bytearray(_COMPILE_BYTES)
    for index, value in _COMPILE_CAPABILITIES.items():
        compile_capabilities[index] = value
    compile_capabilities[_FIELD_VERSION] = release.field_version
    run_time = bytearray(_RUN_TIME_BYTES)
    run_time[0] = _RUN_TIME_COMPATIBILITY
    run_time[_RUN_TIME_TTC] = _LONG_STRINGS if max_string_bytes >= _LONG_STRING_BYTES else _SHORT_STRINGS
    return b"".join(
        (
            bytes((MessageType.PROTOCOL, 6, 0)),
            b"x86_64/Linux 2.4.xx\0",
            AL32UTF8.to_bytes(2, "little"),
            b"\x01",  # flags
            b"\0\0",  # number of character set elements
            len(_FDO).to_bytes(2, "big"),
            _FDO,
            clr(bytes(compile_capabilities)),
            clr(bytes(run_time)),
        )
    )


def read_protocol(reader: Reader) -> str:
    """Read a protocol message after its type byte; return the driver's name."""
    reader.until_zero()  # the versions the client speaks
    return reader.until_zero().decode("ascii", "replace")


DATA_TYPES_REPLY = bytes((MessageType.DATA_TYPES, 0, 0))

_UB2_TYPES = 27
_TTC3 = 37
_TIME_ZONE_VERSION = 0x02
_TIME_ZONE_BYTES = 11
_TIME_ZONE_VERSION_BYTES = 4


def read_data_types(reader: Reader) -> int:
    """Read a data types message after its type byte; return the client's field version."""
    reader.skip_u8(5)  # two character sets, encoding flags
    compile_capabilities = reader.clr() or b""
    run_time = reader.clr() or b""
    if len(compile_capabilities) <= _UB2_TYPES or compile_capabilities[_UB2_TYPES] == 0:
        raise ProtocolError("a client without two-byte data type numbers")
    if len(run_time) > 1 and run_time[1] & 1:
        reader.skip_u8(_TIME_ZONE_BYTES)
        if len(compile_capabilities) > _TTC3 and compile_capabilities[_TTC3] & _TIME_ZONE_VERSION:
            reader.skip_u8(_TIME_ZONE_VERSION_BYTES)
    while reader.u16():
        if reader.u16():  # type converted to: a representation follows
            reader.skip_u8(4)
    return compile_capabilities[_FIELD_VERSION]


def read_fast_auth(reader: Reader) -> tuple[str, int]:
    """Read a fast authentication message up to its phase one; return driver name and field version."""
    reader.skip_u8(3)  # version, two flags
    _expect(reader, MessageType.PROTOCOL)
    driver = read_protocol(reader)
    reader.skip_u8(6)  # server character sets (unused) and the field version it is written in
    _expect(reader, MessageType.DATA_TYPES)
    return driver, read_data_types(reader)


def _expect(reader: Reader, kind: MessageType) -> None:
    found = reader.u8()
    if found != kind:
        raise ProtocolError(f"message {found} inside fast authentication where {kind.name} belongs")
