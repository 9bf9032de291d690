"""Two processes with one dataset: what one has made stays known, whatever the other stores after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer.target.conftest import Running


def stream(name: str, kind: str, value: object, **more: object) -> list[bytes]:
    """Write a SCHEMA and a RECORD whose ``value`` is of this kind, and a STATE."""
    properties = {"id": {"type": "integer"}, "value": {"type": ["null", kind]}} | {
        key: {"type": ["null", "integer"]} for key in more
    }
    messages: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": name, "key_properties": ["id"], "schema": {"properties": properties}},
        {"type": "RECORD", "stream": name, "record": {"id": 1, "value": value, **more}},
        {"type": "STATE", "value": {name: value}},
    ]
    return [json.dumps(message).encode() + b"\n" for message in messages]


def test_a_target_that_began_before_another_does_not_make_its_tables_unknown(
    start: Callable[..., Running], rows: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    first = start(batch_size_rows=3)
    first.send(stream("mine", "integer", 1))
    assert first.state() == {"mine": 1}
    second = start()
    second.send(stream("theirs", "integer", 2))
    assert second.end()[:2] == (0, [{"theirs": 2}])
    # A new column: the schema that is stored last is of one who has never heard of the second's table.
    first.send(stream("mine", "integer", 3, added=4))
    assert first.end()[:2] == (0, [{"mine": 3}])
    third = start()
    third.send(stream("theirs", "string", "no number"))
    code, printed, log = third.end()
    assert (code, printed) == (0, [{"theirs": "no number"}]), log
    assert rows("SELECT value, value__v_text FROM raw___theirs") == [(None, "no number")]
