"""A tap of changes whose right answer is known: two streams, keys, versions of rows, deletes, bookmarks."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = ("left", "right")
KEYS = 20
DELETED = 0.1

Rows = dict[int, int]
"""Value by key."""


@dataclass(frozen=True)
class Change:
    """A row's new value, or its end."""

    stream: str
    key: int
    value: int
    deleted: bool


class Tap:
    """``changes`` of two interleaved streams, a STATE behind every ``state_every``."""

    def __init__(self, changes: int, state_every: int, seed: int = 7) -> None:
        chance = random.Random(seed)
        self.state_every = state_every
        self.changes = [
            Change(chance.choice(STREAMS), chance.randrange(KEYS), number, chance.random() < DELETED)
            for number in range(changes)
        ]

    def lines(self, position: int = 0) -> Iterator[bytes]:
        """Give the messages of a run whose bookmark is ``position``."""
        for stream in STREAMS:
            yield _line(
                type="SCHEMA",
                stream=stream,
                key_properties=["id"],
                schema={
                    "properties": {
                        "id": {"type": "integer"},
                        "value": {"type": ["null", "integer"]},
                        "_sdc_deleted_at": {"type": ["null", "string"], "format": "date-time"},
                    }
                },
            )
        for number, change in enumerate(self.changes[position:], position + 1):
            record: dict[str, Any] = {"id": change.key, "value": change.value}
            if change.deleted:
                record = {"id": change.key, "_sdc_deleted_at": "2024-05-01T00:00:00Z"}
            yield _line(type="RECORD", stream=change.stream, record=record)
            if number % self.state_every == 0 or number == len(self.changes):
                yield _line(type="STATE", value={"position": number})

    def rows(self, stream: str, position: int | None = None) -> Rows:
        """Return what ``stream`` holds after the first ``position`` changes, or all."""
        rows: Rows = {}
        for change in self.changes[:position]:
            if change.stream == stream:
                rows.pop(change.key, None)
                if not change.deleted:
                    rows[change.key] = change.value
        return rows


def _line(**message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"
