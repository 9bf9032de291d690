r"""Which streams and properties a tap is to send, in Meltano's words, and how it finds what is new.

``users``, ``users.*``: a stream with all its properties; ``users.name``; ``users.address.city`` (its parents
come along); ``*`` and ``?`` as in file names, over dots too; ``!`` excludes, wherever in the list it stands;
a dot that belongs to a name is written ``\.``. Properties that the tap calls automatic always come,
unsupported ones never.

The same catalog comes out as of Meltano 4, with two differences that its users do not notice: ``\.`` works in
properties too, and a stream without any metadata is not selected by itself.
"""

from __future__ import annotations

import difflib
import logging
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, get_args

from dlt_oracle.singer.errors import SingerConfigurationError
from dlt_oracle.singer.options import Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dlt_oracle.singer.tap.catalog import Breadcrumb, Catalog, CatalogStream

EVERYTHING = ("*.*",)

Replication = Method | tuple[Method, str]
"""A replication method, for INCREMENTAL with the property that tells what is new."""

_log = logging.getLogger(__name__)
_UNESCAPED_DOT = re.compile(r"(?<!\\)\.")


@dataclass(frozen=True)
class Pattern:
    """One line of a selection. ``path``: patterns of property names, from the outside in."""

    text: str
    stream: str
    path: tuple[str, ...]
    excludes: bool

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read ``!stream.property.sub``; raises SingerConfigurationError if no stream is named."""
        stream, *path = (part.replace(r"\.", ".") for part in _UNESCAPED_DOT.split(text.removeprefix("!")))
        if not stream or not all(path):
            raise SingerConfigurationError(
                f"{text!r} selects nothing: write stream, stream.property or stream.*"
            )
        # A stream alone means the stream with all that is in it.
        return cls(text, stream, tuple(path) or ("*",), text.startswith("!"))

    def names(self, stream: CatalogStream) -> bool:
        """Whether this is about ``stream``."""
        return fnmatchcase(stream.id, self.stream)

    def decides(self, breadcrumb: Breadcrumb) -> bool:
        """Whether this selects, or excludes, what stands at ``breadcrumb`` of a stream that it names."""
        if not breadcrumb:
            return not self.excludes or self.path == ("*",)
        lengths = [len(self.path)] if self.excludes else range(1, len(self.path) + 1)
        where = ".".join(breadcrumb)
        return any(fnmatchcase(where, _breadcrumb_pattern(self.path[:length])) for length in lengths)


def select(catalog: Catalog, patterns: Sequence[str]) -> None:
    """Set in ``catalog`` what the tap is to send.

    A pattern that fits nothing is a warning with the names that look like it. Raises SingerConfigurationError
    when no stream is left: a run that loads nothing should not look like a good one.
    """
    parsed = [Pattern.parse(text) for text in patterns]
    for pattern in parsed:
        _warn_if_unknown(pattern, catalog)
    for stream in catalog.streams:
        stream.select(_chosen(stream, [pattern for pattern in parsed if pattern.names(stream)]))
    if catalog.streams and not catalog.selected:
        raise SingerConfigurationError(
            f"select={list(patterns)} selects none of the tap's streams: {_some(_ids(catalog))}"
        )


def replicate(catalog: Catalog, replication: Mapping[str, Replication]) -> None:
    """Set how streams are replicated: the one of that name, else the first pattern that fits.

    Raises SingerConfigurationError for an unknown method, and for INCREMENTAL without a property to go by.
    """
    for name in replication:
        if not any(fnmatchcase(stream.id, name) for stream in catalog.streams):
            _log.warning("replication: no stream is called %r%s", name, _like(name, _ids(catalog)))
    for stream in catalog.streams:
        fitting = [name for name in replication if fnmatchcase(stream.id, name)]
        if fitting:
            _replicate(stream, replication[stream.id if stream.id in fitting else fitting[0]])


def _replicate(stream: CatalogStream, wanted: Replication) -> None:
    method, key = (wanted, None) if isinstance(wanted, str) else wanted
    if method not in get_args(Method):
        known = ", ".join(get_args(Method))
        raise SingerConfigurationError(f"stream {stream.id!r}: the method {method!r} is none of {known}")
    properties = stream.schema.get("properties") or {}
    key = key or stream.replication_key
    if method == "INCREMENTAL" and key not in properties:
        what = f"has no property {key!r}" if key else "needs a property that tells what is new"
        raise SingerConfigurationError(
            f'stream {stream.id!r} {what}: replication={{{stream.id!r}: ("INCREMENTAL", "…")}} '
            f"with one of {_some(list(properties))}"
        )
    forced = stream.metadata(()).get("forced-replication-method")
    if forced and forced != method:
        _log.warning("stream %r: the tap insists on %s, whatever it is told", stream.id, forced)
    stream.replicate(method, key if method == "INCREMENTAL" else None)


def _chosen(stream: CatalogStream, patterns: Sequence[Pattern]) -> set[Breadcrumb]:
    chosen = {
        breadcrumb
        for breadcrumb in stream.breadcrumbs()
        if any(pattern.decides(breadcrumb) for pattern in patterns if not pattern.excludes)
        and not any(pattern.decides(breadcrumb) for pattern in patterns if pattern.excludes)
    }
    for breadcrumb in stream.breadcrumbs():
        match stream.inclusion(breadcrumb):
            case "automatic" if breadcrumb:
                chosen.add(breadcrumb)
            case "unsupported":
                chosen.discard(breadcrumb)
    return chosen


def _breadcrumb_pattern(path: Iterable[str]) -> str:
    return ".".join(f"properties.{part}" for part in path)


def _warn_if_unknown(pattern: Pattern, catalog: Catalog) -> None:
    streams = [stream for stream in catalog.streams if pattern.names(stream)]
    if not streams:
        near = _like(pattern.stream, _ids(catalog))
        _log.warning("select: %r fits no stream%s", pattern.text, near)
    elif not any(
        pattern.decides(breadcrumb) for stream in streams for breadcrumb in stream.breadcrumbs()[1:]
    ):
        names = [".".join(crumb[1::2]) for stream in streams for crumb in stream.breadcrumbs()[1:]]
        if names:
            near = _like(".".join(pattern.path), names)
            _log.warning("select: %r fits no property of %s%s", pattern.text, _some(_names(streams)), near)


def _ids(catalog: Catalog) -> list[str]:
    return _names(catalog.streams)


def _names(streams: Iterable[CatalogStream]) -> list[str]:
    return [stream.id for stream in streams]


def _like(wanted: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(wanted, names)
    return f"; similar: {', '.join(near)}" if near else f"; there are: {_some(names)}" if names else ""


def _some(names: Sequence[str], limit: int = 10) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
