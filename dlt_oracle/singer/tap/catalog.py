"""A tap's catalog: its streams, what they hold, and what is known about each property.

Taps of three generations are read: metadata as a list of breadcrumbs, fields on the stream itself
(``replication_method``), and schemas that carry their own ``selected`` and ``inclusion``. What is not
understood is kept: the tap gets its own catalog back, with a few fields changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dlt_oracle.singer.errors import SingerConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from dlt_oracle.singer.options import Method

Breadcrumb = tuple[str, ...]
"""Where something is in a schema: ``()`` is the stream, ``("properties", "id")`` a property."""


class CatalogStream:
    """One stream of a catalog. ``entry`` is its JSON object, which the setters change."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.entry = entry
        # Of the first generation, whose schema itself says what is selected.
        self._is_annotated = "metadata" not in entry

    @property
    def id(self) -> str:
        """``tap_stream_id``: what bookmarks, selection and replication call the stream."""
        return str(self.entry.get("tap_stream_id") or self.entry.get("stream"))

    @property
    def name(self) -> str:
        """What the stream's messages call it, as far as the catalog tells.

        PipelineWise's database taps call it schema and table; their ids are the same, or have the database
        before them.
        """
        stream = str(self.entry.get("stream_alias") or self.entry.get("stream") or self.id)
        qualified = f"{self.metadata(()).get('schema-name')}-{stream}"
        return qualified if f"-{self.id}".endswith(f"-{qualified}") else stream

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records."""
        return cast("dict[str, Any]", self.entry.setdefault("schema", {}))

    @property
    def method(self) -> Method | None:
        """The replication method that the tap will use; None if the catalog does not say."""
        metadata = self.metadata(())
        found = (
            metadata.get("forced-replication-method")
            or metadata.get("replication-method")
            or self.entry.get("replication_method")
        )
        # Some taps say {"replication-method": "LOG_BASED", …}.
        found = found.get("replication-method") if isinstance(found, dict) else found
        return cast("Method", str(found).upper()) if found else None

    @property
    def replication_key(self) -> str | None:
        """The property that tells what is new."""
        found = self.metadata(()).get("replication-key") or self.entry.get("replication_key")
        return str(found) if found else None

    @property
    def left_out(self) -> list[str]:
        """Properties that are not selected, the outermost only."""
        return [
            crumb[1]
            for crumb in self.breadcrumbs()
            if len(crumb) == 2  # noqa: PLR2004 - ("properties", name)
            and self.metadata(crumb).get("selected") is False
            and self.inclusion(crumb) != "automatic"
        ]

    @property
    def is_selected(self) -> bool:
        """Whether the tap is to send the stream."""
        selected = self.metadata(()).get("selected")
        return bool(self.entry.get("selected") if selected is None else selected)

    @property
    def is_deselected(self) -> bool:
        """Whether the catalog says that the tap is not to send it; where it says nothing, the tap decides."""
        return not self.is_selected and False in (
            self.metadata(()).get("selected"),
            self.entry.get("selected"),
        )

    def breadcrumbs(self) -> list[Breadcrumb]:
        """Return the stream, each property of the schema, and whatever else the metadata names."""
        found = [(), *_properties(self.schema), *(_key(item) for item in self._items())]
        return list(dict.fromkeys(found))

    def inclusion(self, breadcrumb: Breadcrumb) -> str | None:
        """Return ``automatic``, ``available`` or ``unsupported``, None if nothing is said."""
        found = self.metadata(breadcrumb).get("inclusion")
        if found is None and self._is_annotated:
            found = self._schema_at(breadcrumb).get("inclusion")
        return found

    def metadata(self, breadcrumb: Breadcrumb) -> Mapping[str, Any]:
        """Return what is known about the stream or a property."""
        for item in self._items():
            if _key(item) == breadcrumb:
                return cast("Mapping[str, Any]", item.get("metadata") or {})
        return {}

    def select(self, chosen: Collection[Breadcrumb]) -> None:
        """Select what stands in ``chosen``, and nothing else, in every way that a tap may look it up."""
        for breadcrumb in self.breadcrumbs():
            selected = breadcrumb in chosen
            self.set_metadata(breadcrumb, "selected", selected)
            if self._is_annotated and (not breadcrumb or self._schema_at(breadcrumb)):
                self._schema_at(breadcrumb)["selected"] = selected
        self.entry["selected"] = () in chosen

    def deselect(self) -> None:
        """Have the tap leave the stream out."""
        self.set_metadata((), "selected", False)
        self.entry["selected"] = False
        if "selected" in self.schema:
            self.schema["selected"] = False

    def replicate(self, method: Method, key: str | None) -> None:
        """Ask for a replication method, and for INCREMENTAL the property that tells what is new."""
        wanted = {"replication-method": method, **({"replication-key": key} if key else {})}
        for name, value in wanted.items():
            self.set_metadata((), name, value)
            self.entry[name.replace("-", "_")] = value

    def set_metadata(self, breadcrumb: Breadcrumb, name: str, value: Any) -> None:
        """Say something about the stream or a property."""
        items = self.entry.setdefault("metadata", [])
        for item in items:
            if _key(item) == breadcrumb:
                item.setdefault("metadata", {})[name] = value
                return
        items.append({"breadcrumb": list(breadcrumb), "metadata": {name: value}})

    def _items(self) -> list[dict[str, Any]]:
        return self.entry.get("metadata") or []

    def _schema_at(self, breadcrumb: Breadcrumb) -> dict[str, Any]:
        place: Any = self.schema
        for step in breadcrumb:
            place = place.get(step) if isinstance(place, dict) else None
        return place if isinstance(place, dict) else {}


class Catalog:
    """All streams that a tap offers. The document is copied: what the user gave stays as it was."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        streams = document.get("streams") if isinstance(document, dict) else None
        if not isinstance(streams, list) or not all(map(_is_stream, streams)):
            raise SingerConfigurationError(
                'this is no catalog: it needs {"streams": [{"tap_stream_id": …}, …]}'
            )
        # By way of JSON: objects that two streams of a Python catalog share are two afterwards.
        self.document: dict[str, Any] = json.loads(json.dumps(document))
        self.streams = [CatalogStream(entry) for entry in self.document["streams"]]

    @classmethod
    def of(cls, catalog: Catalog | Mapping[str, Any] | str | os.PathLike[str]) -> Catalog:
        """Return the catalog in a JSON file, or the one that is given. Raises SingerConfigurationError."""
        if isinstance(catalog, Catalog):
            return cls(catalog.document)
        if not isinstance(catalog, (str, os.PathLike)):
            return cls(catalog)
        path = Path(catalog).expanduser()
        try:
            return cls(json.loads(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise SingerConfigurationError(f"the catalog {path} cannot be used: {error}") from error

    @property
    def selected(self) -> list[CatalogStream]:
        """The streams that the tap is to send."""
        return [stream for stream in self.streams if stream.is_selected]

    def as_json(self) -> bytes:
        """Return what the tap's file holds."""
        return json.dumps(self.document).encode()


def _is_stream(entry: Any) -> bool:
    return isinstance(entry, dict) and bool(entry.get("tap_stream_id") or entry.get("stream"))


def _key(item: Mapping[str, Any]) -> Breadcrumb:
    return tuple(map(str, item.get("breadcrumb") or ()))


def _properties(schema: Any, above: Breadcrumb = ()) -> Iterator[Breadcrumb]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name, inner in (properties if isinstance(properties, dict) else {}).items():
        breadcrumb = (*above, "properties", name)
        yield breadcrumb
        yield from _properties(inner, breadcrumb)
