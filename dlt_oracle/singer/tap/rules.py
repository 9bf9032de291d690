"""What a user wants otherwise than the tap's catalog has it, applied to the catalog in one order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from dlt_oracle.singer.tap.catalog import Catalog
from dlt_oracle.singer.tap.selection import EVERYTHING, Replication, replicate, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dlt_oracle.singer.tap.catalog import Breadcrumb, CatalogStream


@dataclass(frozen=True)
class CatalogRules:
    """Selection, replication, and what Meltano calls ``metadata``, ``schema`` and ``select_filter``.

    ``selection`` None leaves what the catalog itself selects. ``metadata``: by pattern of streams, then of
    properties, ``{"orders": {"replication-method": "INCREMENTAL", "id": {"is-key": True}}}``. ``schema``: by
    pattern of streams, the JSON schema of a property, in place of the tap's. ``stream_filter``: streams that
    are left of the selected ones; ``!`` before those that are not.
    """

    selection: Sequence[str] | None = EVERYTHING
    replication: Mapping[str, Replication] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stream_filter: Sequence[str] = ()

    def apply(self, catalog: Catalog) -> Catalog:
        """Return ``catalog`` with all rules applied. Raises SingerConfigurationError, see ``selection``."""
        catalog = Catalog.of(catalog)
        for stream in catalog.streams:
            _override_schema(stream, self.schema)
        if self.selection is not None:
            select(catalog, self.selection)
        for stream in catalog.streams:
            _override_metadata(stream, self.metadata)
        replicate(catalog, self.replication)
        _filter(catalog, self.stream_filter)
        return catalog


def _override_schema(stream: CatalogStream, rules: Mapping[str, Mapping[str, Any]]) -> None:
    for pattern, properties in rules.items():
        if fnmatchcase(stream.id, pattern):
            known = stream.schema.setdefault("properties", {})
            for wanted, schema in properties.items():
                fitting = [name for name in known if fnmatchcase(name, wanted)] or [wanted]
                known.update(dict.fromkeys(fitting, schema))


def _override_metadata(stream: CatalogStream, rules: Mapping[str, Any]) -> None:
    for pattern, values in rules.items():
        if not fnmatchcase(stream.id, pattern):
            continue
        for wanted, name, value in _leaves(values):
            if not wanted:
                stream.entry[name.replace("-", "_")] = value
            for breadcrumb in stream.breadcrumbs():
                if fnmatchcase(".".join(breadcrumb), ".".join(wanted)):
                    stream.set_metadata(breadcrumb, name, value)


def _leaves(values: Mapping[str, Any], above: Breadcrumb = ()) -> Iterator[tuple[Breadcrumb, str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            inside = above if key == "properties" else (*above, "properties", key)
            yield from _leaves(value, inside)
        else:
            yield above, key, value


def _filter(catalog: Catalog, patterns: Sequence[str]) -> None:
    kept = [pattern for pattern in patterns if not pattern.startswith("!")]
    left_out = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    for stream in catalog.selected:
        wanted = not kept or any(fnmatchcase(stream.id, pattern) for pattern in kept)
        if not wanted or any(fnmatchcase(stream.id, pattern) for pattern in left_out):
            stream.deselect()
