"""What a session needs of its connection, and the packet-level habits built on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dlt_oracle.embedded.protocol.codes import DataFlag, Marker, PacketType
from dlt_oracle.embedded.protocol.packets import Packet, ProtocolError, encode_data, encode_marker

if TYPE_CHECKING:
    from collections.abc import Callable


class ConnectionClosed(Exception):  # noqa: N818 - an end, not an error
    """The client is gone, or said goodbye."""


class Interrupted(Exception):  # noqa: N818 - as above
    """The client sent a break: the call must end with ORA-01013."""


class Channel(Protocol):
    """A connection to one client. Blocking; raises ConnectionClosed at its end."""

    def receive(self) -> Packet:
        """Return the next packet."""

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""

    def use_large_packets(self) -> None:
        """Read 32-bit packet lengths from now on (after ACCEPT)."""

    def watch(self, cancel: Callable[[], None]) -> None:
        """Begin to watch the client while a call runs; ``cancel`` is called from another thread."""

    def unwatch(self) -> None:
        """End it. Raises Interrupted or ConnectionClosed when ``cancel`` was called."""


class Wire:
    """DATA packets and breaks over a channel that was accepted."""

    def __init__(self, channel: Channel, sdu: int) -> None:
        self._channel = channel
        self._sdu = sdu

    def pull(self) -> bytes:
        """Return the payload of the next DATA packet. Raises Interrupted at a break."""
        while True:
            packet = self._channel.receive()
            if packet.type is PacketType.MARKER:
                raise Interrupted
            if packet.type is not PacketType.DATA:
                raise ProtocolError(f"a {packet.type.name} packet inside a session")
            if packet.data_flags & DataFlag.EOF:
                raise ConnectionClosed
            if packet.body:
                return packet.body

    def send(self, payload: bytes) -> None:
        """Send ``payload`` in DATA packets."""
        self._channel.send(encode_data(payload, self._sdu))

    def break_in(self) -> None:
        """Make the client drop what it is sending or awaiting, so that an error can be its answer.

        Both sides end in step: everything up to the client's reset marker is thrown away.
        """
        self._channel.send(encode_marker(Marker.BREAK))
        while True:
            packet = self._channel.receive()
            if packet.type is PacketType.MARKER and packet.marker == Marker.RESET:
                break
        self._channel.send(encode_marker(Marker.RESET))
