"""From CONNECT to a session: the listener's part, negotiation, authentication."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.protocol import auth, connect, negotiation
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.codes import Function, MessageType, PacketType
from dlt_oracle.embedded.protocol.descriptors import ConnectData, connect_data
from dlt_oracle.embedded.protocol.negotiation import RELEASES, Release
from dlt_oracle.embedded.protocol.packets import ProtocolError, encode_packet
from dlt_oracle.embedded.protocol.replies import Ending, ending
from dlt_oracle.embedded.protocol.requests import read_header
from dlt_oracle.embedded.session.channel import Channel, ConnectionClosed, Wire

if TYPE_CHECKING:
    from dlt_oracle.embedded.model import Database
    from dlt_oracle.embedded.session.faults import Faults

_log = logging.getLogger(__name__)

MAX_OPEN_CURSORS = 300
MAX_IDENTIFIER_BYTES = 128


class Refused(ConnectionClosed):
    """The client was told why it may not enter."""


@dataclass
class Entrance:
    """What a login has settled; ``field_version`` is the smaller of both sides'."""

    wire: Wire
    release: Release
    service: str
    field_version: int
    user: str = ""
    alter_session: str = ""
    session_key: bytes = field(default=b"", repr=False)


def accept(channel: Channel, database: Database, faults: Faults) -> Entrance:
    """Read CONNECT and answer ACCEPT, or REFUSE and raise Refused."""
    request, descriptor = _read_connect(channel)
    data = connect_data(descriptor)
    release = RELEASES[database.version]
    refusal = faults.on_connect() or _refusal(request.version, data, database)
    if refusal:
        _log.info("refused a connection with TNS-%d", refusal)
        channel.send(encode_packet(PacketType.REFUSE, connect.refuse_body(refusal), large=False))
        raise Refused
    version = min(request.version, release.tns_version)
    body = connect.accept_body(version, request.sdu, fast_auth=release.fast_auth)
    channel.send(encode_packet(PacketType.ACCEPT, body, large=False))
    channel.use_large_packets()
    return Entrance(Wire(channel, request.sdu), release, data.service_name or data.sid, release.field_version)


def _read_connect(channel: Channel) -> tuple[connect.ConnectRequest, str]:
    packet = channel.receive()
    if packet.type is not PacketType.CONNECT:
        raise ProtocolError(f"a {packet.type.name} packet where CONNECT belongs")
    request = connect.parse_connect(packet.body)
    descriptor = request.descriptor
    while len(descriptor) < request.descriptor_length:
        packet = channel.receive()
        if packet.type is not PacketType.DATA:
            raise ProtocolError(f"a {packet.type.name} packet inside a connect descriptor")
        descriptor += packet.body
    return request, descriptor.decode()


def _refusal(version: int, data: ConnectData, database: Database) -> int | None:
    """Return the listener's error number for a connection it cannot place."""
    if version < connect.MIN_VERSION:
        return connect.VERSIONS_INCOMPATIBLE
    if data.server in ("POOLED", "EMON"):
        return connect.NO_SUCH_SERVER_TYPE
    if data.service_name:
        return None if data.service_name in database.service_names else connect.NO_SUCH_SERVICE
    if data.sid:
        return None if data.sid in database.service_names else connect.NO_SUCH_SID
    return connect.NO_SERVICE_GIVEN


def authenticate(entrance: Entrance, database: Database) -> None:
    """Negotiate and check the password. Raises OracleError when the client may not enter."""
    reader = Reader(entrance.wire.pull(), entrance.wire.pull)
    kind = reader.u8()
    if kind == MessageType.FAST_AUTH:
        driver, version = negotiation.read_fast_auth(reader)
        entrance.field_version = min(version, entrance.release.field_version)
        answer = negotiation.protocol_reply(entrance.release, database.max_string_bytes)
        answer += negotiation.DATA_TYPES_REPLY
        phase_one = _read_phase(reader, Function.AUTH_PHASE_ONE, _FAST_AUTH_FIELD_VERSION)
    elif kind == MessageType.PROTOCOL:
        driver = negotiation.read_protocol(reader)
        entrance.wire.send(negotiation.protocol_reply(entrance.release, database.max_string_bytes))
        reader = Reader(entrance.wire.pull(), entrance.wire.pull)
        if reader.u8() != MessageType.DATA_TYPES:
            raise ProtocolError("no data types message after the protocol message")
        entrance.field_version = min(negotiation.read_data_types(reader), entrance.release.field_version)
        entrance.wire.send(negotiation.DATA_TYPES_REPLY)
        answer = b""
        phase_one = _next_phase(entrance, Function.AUTH_PHASE_ONE)
    else:
        raise ProtocolError(f"message {kind} where the protocol message belongs")
    _log.info("a client connects with %s", driver)
    user = _user_name(phase_one.user)
    challenge = auth.Challenge(database.verifier(user) or auth.no_one())
    entrance.wire.send(answer + challenge.message() + ending(Ending(), entrance.field_version))
    phase_two = _next_phase(entrance, Function.AUTH_PHASE_TWO)
    key = challenge.check(phase_two.pairs)
    if key is None or _user_name(phase_two.user) != user:
        raise OracleError(1017)
    _refuse_modes(phase_two)
    entrance.user = user
    entrance.session_key = key
    entrance.alter_session = phase_two.pairs.get("AUTH_ALTER_SESSION", "").rstrip("\0")


# Phase one inside fast authentication is written for 19c, whatever is negotiated.
_FAST_AUTH_FIELD_VERSION = 13


def _next_phase(entrance: Entrance, function: Function) -> auth.AuthRequest:
    return _read_phase(Reader(entrance.wire.pull(), entrance.wire.pull), function, entrance.field_version)


def _read_phase(reader: Reader, function: Function, field_version: int) -> auth.AuthRequest:
    if reader.u8() != MessageType.FUNCTION or read_header(reader, field_version) != function:
        raise ProtocolError(f"no {function.name} message where it belongs")
    request = auth.read_auth(reader)
    if reader.left:
        raise ProtocolError(f"{reader.left} bytes after {function.name}")
    return request


def _user_name(name: str) -> str:
    """Fold a user name as Oracle does: quoted ones keep their case."""
    quoted = name.startswith('"') and name.endswith('"')
    return name[1:-1] if quoted and len(name) > 1 else name.upper()


_KNOWN_MODES = auth.MODE_LOGON | auth.MODE_WITH_PASSWORD


def _refuse_modes(request: auth.AuthRequest) -> None:
    """Refuse what a right password does not open here."""
    if request.mode & auth.MODE_CHANGE_PASSWORD:
        raise unsupported("changing a password through the driver (use ALTER USER)")
    if request.mode & ~_KNOWN_MODES:
        raise OracleError(1031)  # SYSDBA and its like
    if "PROXY_CLIENT_NAME" in request.pairs:
        raise unsupported("proxy users")


def welcome(entrance: Entrance, session_id: int) -> bytes:
    """Return the answer to phase two."""
    release = entrance.release
    pairs = {
        "AUTH_VERSION_STRING": release.banner,
        "AUTH_VERSION_NO": str(release.packed),
        "AUTH_SESSION_ID": str(session_id),
        "AUTH_SERIAL_NUM": str(session_id % 0xFFFF + 1),
        "AUTH_DBNAME": entrance.service,
        "AUTH_SC_DBUNIQUE_NAME": entrance.service,
        "AUTH_SC_REAL_DBUNIQUE_NAME": entrance.service,
        "AUTH_SC_SERVICE_NAME": entrance.service,
        "AUTH_SC_INSTANCE_NAME": entrance.service,
        "AUTH_INSTANCENAME": entrance.service,
        "AUTH_SC_DB_DOMAIN": "",
        "AUTH_MAX_OPEN_CURSORS": str(MAX_OPEN_CURSORS),
        "AUTH_MAX_IDEN_LENGTH": str(MAX_IDENTIFIER_BYTES),
        "AUTH_SVR_RESPONSE": auth.server_response(entrance.session_key),
    }
    message = auth.pairs_message([(key, value, 0) for key, value in pairs.items()])
    return message + ending(Ending(), entrance.field_version)
