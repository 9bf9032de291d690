"""STATE in the pipeline's own state, where it is committed with the load package's data, or not at all.

It is kept as the text that the tap sent: taps compare their bookmarks, and dlt's JSON would make floats of
big numbers. Bookmarks are never edited unless somebody asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from dlt.pipeline.pipeline import Pipeline

_KEY = "singer"
_STATE = "state"
_ACTIVATIONS = "pending_activation"
_MARKS = "activation_marks"
_FAILURE = "failure"
_VERSION = 1
_OF_MELTANO = "singer_state"


def source_name(tap: str) -> str:
    """Return the name of the dlt source of a tap: its command's name with underscores."""
    name = "".join(character if character.isalnum() else "_" for character in tap.rpartition("/")[2])
    return name.strip("_").lower() or _KEY


@dataclass(frozen=True)
class Stored:
    """What a source's part of the pipeline state holds of a tap. Written to in place."""

    of_source: dict[str, Any]

    @property
    def state(self) -> str | None:
        """The raw JSON text of the STATE that was committed last; None: there is none."""
        return self._singer.get(_STATE)

    @property
    def activations(self) -> dict[str, int]:
        """Versions, by stream, that the data committed so far activates."""
        return dict(self._singer.get(_ACTIVATIONS) or {})

    @property
    def marks(self) -> bool:
        """Whether activation marks earlier rows as deleted, instead of deleting them."""
        return bool(self._singer.get(_MARKS))

    @property
    def failure(self) -> str | None:
        """Why the tap ended early in the run that was committed last; None: it did not."""
        return self._singer.get(_FAILURE)

    def keep(self, state: str | None, failure: str | None) -> None:
        """Note what the load package in the making commits; a ``state`` of None leaves what is there."""
        self._note(_FAILURE, failure)
        if state is not None:
            self._note(_STATE, state)

    def add_activations(self, activations: dict[str, int], *, mark: bool) -> None:
        """Note versions that the load package in the making activates."""
        self._note(_ACTIVATIONS, {**self.activations, **activations})
        self._note(_MARKS, mark or None)

    def reset(self, state: str | None) -> None:
        """Put another STATE there."""
        self._note(_STATE, state)

    def activated(self) -> None:
        """Note that nothing is left to activate."""
        self._note(_ACTIVATIONS, {})

    @property
    def _singer(self) -> dict[str, Any]:
        return self.of_source.get(_KEY) or {}

    def _note(self, name: str, value: Any) -> None:
        noted = {**self._singer, "version": _VERSION, name: value}
        self.of_source[_KEY] = {key: one for key, one in noted.items() if one not in (None, {})}


class SingerState:
    """The STATE of one tap in a pipeline. ``set`` and ``reset`` take effect with the next run.

    >>> singer_state(pipeline, "tap-github").reset("issues")
    """

    def __init__(self, pipeline: Pipeline, tap: str) -> None:
        self._pipeline = pipeline
        self._name = source_name(tap)

    @property
    def stored(self) -> Stored:
        """What the pipeline has of the tap; not to be written to."""
        return Stored(self._pipeline.state.get("sources", {}).get(self._name, {}))

    @property
    def text(self) -> str | None:
        """The JSON text as the tap sent it; None: there is none."""
        return self.stored.state

    @property
    def value(self) -> Any:
        """The STATE as Python has it."""
        return json.loads(self.text or "null")

    def set(self, state: str | dict[str, Any]) -> None:
        """Let the tap begin with another STATE: the JSON text of an object, or a dict.

        Raises SingerConfigurationError when it is something else.
        """
        text = state if isinstance(state, str) else json.dumps(state)
        try:
            value = json.loads(text)
        except ValueError as error:
            raise SingerConfigurationError(f"the STATE is no JSON: {error}") from error
        if not isinstance(value, dict):
            raise SingerConfigurationError(
                "the STATE is no JSON object. To forget the one that is there, use reset()"
            )
        if _OF_MELTANO in value:
            raise SingerConfigurationError(
                f"this is Meltano's document around the STATE: give what stands under {_OF_MELTANO!r} in it"
            )
        self._write(text)

    def reset(self, stream: str | None = None) -> None:
        """Forget the STATE, or the bookmark of one stream (its tap_stream_id) only."""
        if stream is None:
            self._write(None)
            return
        value = self.value
        bookmarks = value.get("bookmarks") if isinstance(value, dict) else None
        if not isinstance(bookmarks, dict) or stream not in bookmarks:
            known = ", ".join(sorted(bookmarks)) if isinstance(bookmarks, dict) else "none"
            raise SingerConfigurationError(f"the STATE has no bookmark of {stream!r}. It has: {known}")
        del bookmarks[stream]
        self._write(json.dumps(value))

    def activated(self) -> None:
        """Note that nothing is left to activate, in the database too: others begin with what is there."""
        with self._pipeline.managed_state(extract_state=True) as state:
            self._of_source(state).activated()
        self._pipeline.run()

    def _write(self, text: str | None) -> None:
        if (
            not self._pipeline.default_schema_name
        ):  # a fresh working directory: what the database has comes first
            self._pipeline.sync_destination()
        # Kept here until the next run commits it: a pending package would be all that the next run loads.
        with self._pipeline.managed_state() as state:
            self._of_source(state).reset(text)

    def _of_source(self, state: Any) -> Stored:
        return Stored(state.setdefault("sources", {}).setdefault(self._name, {}))


def singer_state(pipeline: Pipeline, tap: str) -> SingerState:
    """Return the STATE of ``tap`` in ``pipeline``, to read, set or reset."""
    return SingerState(pipeline, tap)
