"""How a Singer stream is read. Every option with its meaning: docs/reference/singer.md."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Method = Literal["FULL_TABLE", "INCREMENTAL", "LOG_BASED"]
Disposition = Literal["auto", "append", "merge", "replace"]
Nested = Literal["json", "tables"]
Numbers = Literal["auto", "decimal", "double"]
Lengths = Literal["ignore", "trust"]
Dates = Literal["null", "clamp", "text", "error"]
OnError = Literal["raise", "checkpoint"]
Noise = Literal["warn", "error"]
Schemaless = Literal["infer", "raise"]
Extra = Literal["keep", "drop"]
Collisions = Literal["error", "suffix"]
Keys = Literal["error", "ignore"]
Versions = Literal["delete", "mark", "ignore"]


@dataclass(frozen=True)
class Options:
    """Everything that decides how messages become rows; the same for all feeds of a pump.

    ``write_disposition`` and ``primary_key`` may name streams; ``methods`` are the replication methods that
    the catalog or the user chose. ``left_out``: properties by stream that were not selected: some taps send
    them all the same. ``batch_rows`` of a stream, and ``batch_bytes`` of JSON text of all streams
    together, cut batches. ``versions``: what becomes of rows that an ACTIVATE_VERSION left behind; ``mark``
    sets their ``_sdc_deleted_at``. ``open_ended``: the lines come without the boundaries of a run (a target's
    stdin): nothing is replaced.
    """

    write_disposition: Disposition | Mapping[str, Disposition] = "auto"
    primary_key: Mapping[str, Sequence[str]] = field(default_factory=dict)
    methods: Mapping[str, Method] = field(default_factory=dict)
    left_out: Mapping[str, Collection[str]] = field(default_factory=dict)
    nested: Nested = "json"
    numbers: Numbers = "auto"
    lengths: Lengths = "ignore"
    dates: Dates = "null"
    metadata: bool = True
    hard_delete: bool = True
    on_error: OnError = "raise"
    noise: Noise = "warn"
    schemaless: Schemaless = "infer"
    extra: Extra = "keep"
    collisions: Collisions = "error"
    keys: Keys = "error"
    versions: Versions = "delete"
    open_ended: bool = False
    batch_rows: int = 20_000
    batch_bytes: int = 8 << 20

    def __post_init__(self) -> None:
        problems = [
            f"{name}={getattr(self, name)!r} is none of {', '.join(get_args(kind))}"
            for name, kind in _CHOICES.items()
            if getattr(self, name) not in get_args(kind)
        ]
        wanted = self.write_disposition
        problems += [
            f"write_disposition={disposition!r} is none of {', '.join(get_args(Disposition))}"
            for disposition in ([wanted] if isinstance(wanted, str) else wanted.values())
            if disposition not in get_args(Disposition)
        ]
        problems += [
            f"{name}={getattr(self, name)} has to be positive"
            for name in ("batch_rows", "batch_bytes")
            if getattr(self, name) < 1
        ]
        if problems:
            raise SingerConfigurationError("; ".join(problems))

    @classmethod
    def of(cls, given: Mapping[str, Any], arguments: Collection[str] = ()) -> Options:
        """Return the options that a user gave beside ``arguments``, which may have been meant.

        Raises SingerConfigurationError that tells wrong values and unknown names together.
        """
        names = [one.name for one in fields(cls)]
        problems = [_unknown(name, [*names, *arguments]) for name in given if name not in names]
        try:
            options = cls(**{name: value for name, value in given.items() if name in names})
        except SingerConfigurationError as error:
            raise SingerConfigurationError("; ".join([*problems, str(error)])) from None
        if problems:
            raise SingerConfigurationError("; ".join(problems))
        return options

    def disposition(self, stream: str) -> Disposition:
        """Return what the user wants for ``stream``."""
        if isinstance(self.write_disposition, str):
            return self.write_disposition
        return self.write_disposition.get(stream, "auto")


def _unknown(name: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f"there is no option {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


_CHOICES = {
    "nested": Nested,
    "numbers": Numbers,
    "lengths": Lengths,
    "dates": Dates,
    "on_error": OnError,
    "noise": Noise,
    "schemaless": Schemaless,
    "extra": Extra,
    "collisions": Collisions,
    "keys": Keys,
    "versions": Versions,
}
