"""Lines of a Singer stream as messages: a block of them at once, or each by itself.

The fast way is one typed decode that leaves RECORD's values as they are (msgspec: exact numbers, where dlt's
own JSON turns big ones into floats). Lines that are no strict JSON, which real taps do send, are read again
by the standard library and repaired; what was repaired is counted.

Source of the messages: Singer specification 0.3, and singer-sdk for ACTIVATE_VERSION and BATCH.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from dlt_oracle.singer.blocks import BYTE_ORDER_MARK
from dlt_oracle.singer.errors import MalformedLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dlt_oracle.singer.blocks import Block

_NOTHING = msgspec.Raw()
_LONG_DIGITS = 1000
# How a message begins, and its stream: in a line that cannot be read, this is all that errors may show.
_BEGINNING = re.compile(
    r'\{\s*"type"\s*:\s*"(?:RECORD|SCHEMA|STATE|ACTIVATE_VERSION|BATCH)"'
    r'(?:\s*,\s*"stream"\s*:\s*"([^"\\]{1,128})")?'
)


class Record(msgspec.Struct, gc=False):
    """A RECORD, which nearly all messages are: few fields are read faster, and are smaller.

    ``record`` is the JSON text, a dict where that had to be repaired, or the row where it was read with its
    SCHEMA at once. ``line``: its number, from 1.
    """

    type: str
    stream: str | None = None
    record: Any = _NOTHING
    version: int | None = None
    time_extracted: str | None = None
    line: int = 0


class Message(Record, gc=False):
    """A message of any type. ``schema`` and ``value`` are JSON texts."""

    schema: msgspec.Raw = _NOTHING
    key_properties: list[str] | None = None
    bookmark_properties: list[str] | str | None = None
    value: msgspec.Raw = _NOTHING
    encoding: dict[str, Any] | None = None
    manifest: list[str] | None = None


class _RecordLine(Record, gc=False):
    """As a line holds it: msgspec takes no union of raw text and something else."""

    record: msgspec.Raw = _NOTHING


class _MessageLine(Message, gc=False):
    """As above."""

    record: msgspec.Raw = _NOTHING


RECORD = "RECORD"
_record_decoder = msgspec.json.Decoder(_RecordLine)
_decode_record, _decode_records = _record_decoder.decode, _record_decoder.decode_lines
_decode_message = msgspec.json.Decoder(_MessageLine).decode
_decode_object = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_decode_value = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
# What strict decoding raises for a line that is no strict JSON, or whose fields have other types.
_NOT_STRICT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read_records(block: Block) -> Sequence[Record] | None:
    """Read the messages of a block at once, as far as a RECORD has them; None: look at each line."""
    try:
        found = _decode_records(block.text)
    except _NOT_STRICT:
        return None
    return found if block.has_a_line_each(len(found)) else None


def read(line: bytes, number: int, counters: Counter[str]) -> Record | None:
    """Read line ``number``, a Message if its type is not RECORD; None: nothing that looks like a message.

    ``counters`` gets what was repaired. Raises MalformedLine for a broken message.
    """
    try:
        message: Record = _decode_record(line)
        if message.type != RECORD:
            message = _decode_message(line)
    except _NOT_STRICT:
        return _read_tolerant(line, number, counters)
    message.line = number
    return message


def type_of(line: bytes) -> str | None:
    """Return the type of the message in ``line``, in capitals; None: there is none that can be read."""
    try:
        message = read(line, 0, Counter())
    except MalformedLine:
        return None  # an error when its turn has come
    return None if message is None else message.type.upper()


def may_have_state(lines: bytes) -> bool:
    """Say whether looking for a STATE message in ``lines`` is worth while."""
    return b'TATE"' in lines or b'tate"' in lines  # a mixture of letters only comes to its turn later


def is_state(line: bytes) -> bool:
    """Say whether ``line`` is a STATE message, and not one that speaks of it within."""
    return may_have_state(line) and type_of(line) == "STATE"


def up_to_last_state(lines: Sequence[bytes]) -> int:
    """Return how many of ``lines`` the last STATE among them covers, itself included."""
    return next((number for number in range(len(lines), 0, -1) if is_state(lines[number - 1])), 0)


def read_record(record: bytes, line: int, stream: str, counters: Counter[str]) -> dict[str, Any]:
    """Read the JSON text of a record that is not as its SCHEMA says, repairing it as ``read`` does."""
    try:
        return _decode_object(record)
    except _NOT_STRICT:
        pass
    try:
        found = _repaired(_load(_text(record, counters)), counters)
    except (ValueError, RecursionError) as error:
        raise MalformedLine(_broken(error), stream=stream, line=line) from error
    if not isinstance(found, dict):
        raise MalformedLine(f"a record that is no object, but {_kind(found)}", stream=stream, line=line)
    return found


def read_value(value: msgspec.Raw, counters: Counter[str]) -> Any:
    """Read a value that was left as JSON text; its numbers are exact. ``counters`` gets what was repaired."""
    json_text = _text(bytes(value), counters)
    try:
        return _decode_value(json_text)
    except msgspec.ValidationError:  # an integer of thousands of digits
        return _load(json_text)


def _read_tolerant(line: bytes, number: int, counters: Counter[str]) -> Record | None:
    text = _text(line.removeprefix(BYTE_ORDER_MARK).strip(), counters)
    try:
        found = _repaired(_load(text), counters)
    except (ValueError, RecursionError) as error:
        beginning = _BEGINNING.search(text)
        if beginning is None and not (text.startswith("{") and '"type"' in text):
            return None
        raise MalformedLine(_broken(error), stream=beginning and beginning[1], line=number) from error
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        return None
    fields = {name: found[name] for name in _FIELDS if found.get(name) is not None}
    for name in ("schema", "value"):
        if name in fields:
            fields[name] = msgspec.Raw(_encode(fields[name]))
    for name, wanted in _TYPES.items():
        if name in fields and type(fields[name]) is not wanted:
            raise MalformedLine(
                f"`{name}` of a {found['type']} message is {_kind(fields[name])}, and has to be "
                f"{_kind(wanted())}. The tap has to be mended",
                line=number,
            )
    return Message(**fields, line=number)


def _load(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=_integer)


def _integer(digits: str) -> int | Decimal:
    # Python refuses to read longer integers, as that takes quadratic time.
    return int(digits) if len(digits) < _LONG_DIGITS else Decimal(digits)


_FIELDS = tuple(name for name in Message.__struct_fields__ if name != "line")
_TYPES: dict[str, type] = {
    "stream": str,
    "record": dict,
    "key_properties": list,
    "version": int,
    "time_extracted": str,
    "encoding": dict,
    "manifest": list,
}


def _text(line: bytes, counters: Counter[str]) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        counters["invalid UTF-8, replaced by U+FFFD"] += 1
        return line.decode(errors="replace")


# Of what a tap sent, errors show no values: they may be secrets, or somebody's data.
def _broken(error: Exception) -> str:
    what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return (
        f"a message that cannot be read: {what}. The tap, or something it calls, breaks its own output; "
        "nothing behind this line can be trusted"
    )


def _kind(value: Any) -> str:
    """Say what ``value`` is, as JSON calls it."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return "an integer" if isinstance(value, int) else "a number"


def _repaired(value: Any, counters: Counter[str]) -> Any:
    """Return ``value`` with U+FFFD for each lone surrogate, which is no character and no UTF-8."""
    if isinstance(value, str):
        return _characters(value, counters)
    if isinstance(value, dict):
        return {_characters(key, counters): _repaired(item, counters) for key, item in value.items()}
    if isinstance(value, list):
        return [_repaired(item, counters) for item in value]
    return value


def _characters(text: str, counters: Counter[str]) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        counters["lone surrogates, replaced by U+FFFD"] += 1
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
