"""OSON, the binary form of JSON documents on the wire, from and to JSON text (``base/oson.pyx``).

A document is a header, the names of all its fields, each once, and a tree of nodes. Containers point at
their children by offsets into the tree; objects name them by their place in the list of names. Numbers
cross as NUMBERs and keep every digit, so that they are text here and never a float.

What JSON text has no word for (dates, intervals, bytes) is refused.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from dlt_oracle.embedded.errors import unsupported
from dlt_oracle.embedded.protocol.buffers import Reader
from dlt_oracle.embedded.protocol.numbers import decode_number, encode_number
from dlt_oracle.embedded.protocol.packets import ProtocolError

_MAGIC = b"\xffJZ"
_SHORT_NAMES, _LONG_NAMES = 1, 3  # versions: names of up to 255 bytes, and of up to 65,535 (23ai)
_MAX_SHORT_NAME_BYTES = 255

# Flags of the header.
_RELATIVE_OFFSETS = 0x0001
_INLINE_LEAVES = 0x0002
_LENGTH_IN_TYPE = 0x0004
_NAMES_32 = 0x0008  # the number of names, and their ids, take 32 bits; without either flag, 8
_NAMES_16 = 0x0400
_SCALAR = 0x0010  # nothing but one node
_SHORT_HASHES = 0x0100
_NAMES_SEGMENT_32 = 0x0800
_TREE_32 = 0x1000
_TINY_NODES = 0x2000
_LONG_SEGMENT_16 = 0x0100  # in flags of its own

# Types of nodes. Containers have the first bit, and others that tell widths.
_CONTAINER = 0x80
_ARRAY = 0x40
_OFFSETS_32 = 0x20
_CHILDREN = 0x18
_CHILDREN_16 = 0x08
_CHILDREN_32 = 0x10
_SHARED_NAMES = 0x18
_WORDS = {0x30: "null", 0x31: "true", 0x32: "false"}
_STRING_WIDTHS = {0x33: 1, 0x37: 2, 0x38: 4}  # bytes of the length
_NUMBER = 0x34
_SHORT_NUMBERS = {0x20: 1, 0x60: 1, 0x40: 0, 0x50: 0}  # the low half is the length, less so many
_STRING_8, _STRING_16, _STRING_32 = _STRING_WIDTHS

_UINT8, _UINT16 = 1 << 8, 1 << 16
_HASH_START, _HASH_FACTOR = 0x811C9DC5, 16777619
_SPACES = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class _Number(str):
    """The digits of a number, as they are written."""

    __slots__ = ()


def decode_document(data: bytes) -> str:
    """Return a document as JSON text. Raises ProtocolError, and ORA-03001 for what JSON text cannot say."""
    return _Decoder(data).text()


def encode_document(text: str) -> bytes:
    """Return JSON text as OSON."""
    return _Encoder(json.loads(text, parse_int=_Number, parse_float=_Number)).document()


@dataclass(frozen=True)
class _Segment:
    """Where names stand: ``count`` of them in ``size`` bytes; hashes are as wide as the names' lengths."""

    length_bytes: int
    offset_bytes: int
    count: int
    size: int


class _Decoder:
    """Reads one document."""

    def __init__(self, data: bytes) -> None:
        self._reader = reader = Reader(data)
        if reader.raw(len(_MAGIC)) != _MAGIC:
            raise ProtocolError("a document that is no OSON")
        version = reader.u8()
        flags = reader.u16()
        self._relative = bool(flags & _RELATIVE_OFFSETS)
        self._id_bytes = 4 if flags & _NAMES_32 else 2 if flags & _NAMES_16 else 1
        self._names: list[str] = []
        tree_bytes = 4 if flags & _TREE_32 else 2
        if flags & _SCALAR:
            reader.skip_u8(tree_bytes)
        else:
            offset_bytes = 4 if flags & _NAMES_SEGMENT_32 else 2
            segments = [_Segment(1, offset_bytes, self._integer(self._id_bytes), self._integer(offset_bytes))]
            if version == _LONG_NAMES:
                offset_bytes = 2 if reader.u16() & _LONG_SEGMENT_16 else 4
                segments.append(_Segment(2, offset_bytes, self._integer(4), self._integer(4)))
            reader.skip_u8(tree_bytes + 2)  # and the number of tiny nodes
            for segment in segments:
                self._names += self._read_names(segment)
        self._tree = reader.pos

    def text(self) -> str:
        """Return the document."""
        return self._node()

    def _integer(self, width: int) -> int:
        return int.from_bytes(self._reader.raw(width), "big")

    def _read_names(self, segment: _Segment) -> list[str]:
        width = segment.length_bytes
        self._reader.skip_u8(segment.count * width)  # hashes
        offsets = [self._integer(segment.offset_bytes) for _ in range(segment.count)]
        data = self._reader.raw(segment.size)
        starts = [(at + width, int.from_bytes(data[at : at + width], "big")) for at in offsets]
        return [data[start : start + length].decode() for start, length in starts]

    def _node(self) -> str:
        reader = self._reader
        kind = reader.u8()
        if kind & _CONTAINER:
            return self._container(kind, reader.pos - 1 - self._tree)
        if kind in _WORDS:
            return _WORDS[kind]
        if kind < _OFFSETS_32:
            return _quoted(reader.raw(kind))
        if kind in _STRING_WIDTHS:
            return _quoted(reader.raw(self._integer(_STRING_WIDTHS[kind])))
        if kind == _NUMBER:
            return decode_number(reader.raw(reader.u8()))
        if kind & 0xF0 in _SHORT_NUMBERS:
            return decode_number(reader.raw((kind & 0x0F) + _SHORT_NUMBERS[kind & 0xF0]))
        raise unsupported(f"JSON documents with values of OSON type {kind:#x}")

    def _container(self, kind: int, start: int) -> str:
        """Read what is at ``start`` in the tree."""
        reader = self._reader
        offset_bytes = 4 if kind & _OFFSETS_32 else 2
        if kind & _ARRAY:
            places = self._offsets(self._children(kind), offset_bytes, start)
            return f"[{','.join(map(self._at, places))}]"
        if kind & _CHILDREN == _SHARED_NAMES:
            other = self._integer(offset_bytes)
            values = reader.pos
            reader.pos = self._tree + other
            ids = self._ids(self._children(reader.u8()))
            reader.pos = values
        else:
            ids = self._ids(self._children(kind))
        names = [self._names[number - 1] for number in ids]
        places = self._offsets(len(names), offset_bytes, start)
        return f"{{{','.join(map(self._member, names, places))}}}"

    def _children(self, kind: int) -> int:
        return self._integer({_CHILDREN_16: 2, _CHILDREN_32: 4}.get(kind & _CHILDREN, 1))

    def _ids(self, count: int) -> list[int]:
        return [self._integer(self._id_bytes) for _ in range(count)]

    def _offsets(self, count: int, width: int, start: int) -> list[int]:
        base = start if self._relative else 0
        return [base + self._integer(width) for _ in range(count)]

    def _member(self, name: str, offset: int) -> str:
        return f"{_SPACES.encode(name)}:{self._at(offset)}"

    def _at(self, offset: int) -> str:
        self._reader.pos = self._tree + offset
        return self._node()


def _quoted(data: bytes) -> str:
    return _SPACES.encode(data.decode())


class _Encoder:
    """Writes one document; offsets always take 32 bits."""

    def __init__(self, value: Any) -> None:
        self._value = value
        names = sorted(map(str.encode, _names_in(value)), key=_order)
        self._short = [name for name in names if len(name) <= _MAX_SHORT_NAME_BYTES]
        self._long = [name for name in names if len(name) > _MAX_SHORT_NAME_BYTES]
        self._ids = {name.decode(): number for number, name in enumerate([*self._short, *self._long], 1)}
        count = len(names)
        self._id_bytes = 1 if count < _UINT8 else 2 if count < _UINT16 else 4
        self._tree = bytearray()

    def document(self) -> bytes:
        """Return the document."""
        flags = _INLINE_LEAVES | _LENGTH_IN_TYPE
        self._write(self._value)
        size = len(self._tree)
        tree_bytes = 2 if size < _UINT16 else 4
        flags |= _TREE_32 if size >= _UINT16 else 0
        version = _LONG_NAMES if self._long else _SHORT_NAMES
        if not isinstance(self._value, (dict, list)):
            return _header(version, flags | _SCALAR) + size.to_bytes(tree_bytes, "big") + self._tree
        short, names = _name_segment(self._short, 1)
        flags |= _SHORT_HASHES | _TINY_NODES
        flags |= {1: 0, 2: _NAMES_16, 4: _NAMES_32}[self._id_bytes]
        flags |= _NAMES_SEGMENT_32 if short.offset_bytes > 2 else 0  # noqa: PLR2004 - bytes
        parts = [
            _header(version, flags),
            short.count.to_bytes(self._id_bytes, "big"),
            short.size.to_bytes(short.offset_bytes, "big"),
        ]
        if self._long:
            long, long_names = _name_segment(self._long, 2)
            long_flags = _LONG_SEGMENT_16 if long.offset_bytes == 2 else 0  # noqa: PLR2004 - bytes
            parts.append(struct.pack(">HII", long_flags, long.count, long.size))
            names += long_names
        return b"".join((*parts, size.to_bytes(tree_bytes, "big"), b"\0\0", names, self._tree))

    def _write(self, value: Any) -> None:
        tree = self._tree
        if isinstance(value, dict):
            self._open(_CONTAINER, len(value))
            for name in value:
                tree += self._ids[name].to_bytes(self._id_bytes, "big")
            self._write_children(value.values(), len(value))
        elif isinstance(value, list):
            self._open(_CONTAINER | _ARRAY, len(value))
            self._write_children(value, len(value))
        else:
            tree += _scalar(value)

    def _open(self, kind: int, children: int) -> None:
        width = 1 if children < _UINT8 else 2 if children < _UINT16 else 4
        self._tree.append(kind | _OFFSETS_32 | {1: 0, 2: _CHILDREN_16, 4: _CHILDREN_32}[width])
        self._tree += children.to_bytes(width, "big")

    def _write_children(self, children: Any, count: int) -> None:
        place = len(self._tree)
        self._tree += bytes(4 * count)
        for child in children:
            self._tree[place : place + 4] = len(self._tree).to_bytes(4, "big")
            place += 4
            self._write(child)


def _header(version: int, flags: int) -> bytes:
    return _MAGIC + bytes((version,)) + flags.to_bytes(2, "big")


def _name_segment(names: list[bytes], length_bytes: int) -> tuple[_Segment, bytes]:
    """Return names with what stands before them: their hashes, and where each begins."""
    segment = b"".join(len(name).to_bytes(length_bytes, "big") + name for name in names)
    offset_bytes = 2 if len(segment) < _UINT16 else 4
    hashes = b"".join((_hash(name) % (1 << 8 * length_bytes)).to_bytes(length_bytes, "big") for name in names)
    starts = accumulate((length_bytes + len(name) for name in names), initial=0)
    offsets = b"".join(start.to_bytes(offset_bytes, "big") for start, _ in zip(starts, names, strict=False))
    found = _Segment(length_bytes, offset_bytes, len(names), len(segment))
    return found, hashes + offsets + segment


def _scalar(value: Any) -> bytes:
    if isinstance(value, _Number):
        data = encode_number(value)
        return bytes((_NUMBER, len(data))) + data
    if isinstance(value, str):
        data = value.encode()
        for kind, width in _STRING_WIDTHS.items():
            if len(data) < 1 << 8 * width:
                return bytes((kind,)) + len(data).to_bytes(width, "big") + data
    return _WORD_NODES[value]


_WORD_NODES = {None: b"\x30", True: b"\x31", False: b"\x32"}


def _names_in(value: Any) -> set[str]:
    """Return the names of all fields, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(_names_in, value.values()))
    return set().union(*map(_names_in, value)) if isinstance(value, list) else set()


def _hash(name: bytes) -> int:
    found = _HASH_START
    for byte in name:
        found = (found ^ byte) * _HASH_FACTOR & 0xFFFFFFFF
    return found


def _order(name: bytes) -> tuple[int, int, bytes]:
    """Names stand by their hash, so that one can be looked up by it."""
    return _hash(name) & 0xFF, len(name), name
