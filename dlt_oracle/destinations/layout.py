"""Where the tables of a dataset are: the one place that knows both dataset layouts.

============ ===================== =========================
layout       table                 staging table
============ ===================== =========================
``prefix``   ``OWNER.RAW___ITEMS`` ``OWNER.RAW_STAGING$ITEMS``
``schema``   ``RAW.ITEMS``         ``RAW.RAW_STAGING$ITEMS``
============ ===================== =========================

``staging_schema`` puts staging tables into that schema instead, in both layouts. They always have a prefix,
so that one schema can take the staging tables of many datasets, and its own schema that of a dataset. It
is not the prefix of a dataset: one that is called ``raw_staging`` has nothing to do with the staging of
``raw``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.destinations.sql import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.destinations.configuration import OracleClientConfiguration

SEPARATOR = "___"
"""Stands between the dataset and the table in a table's name. snake_case writes no three underscores."""

STAGING_SEPARATOR = "$"
"""The same in the name of a staging table. snake_case writes no dollar signs."""


@dataclass(frozen=True)
class Place:
    """A schema, as the dictionary stores its name, and the dataset that shares it with others, if any.

    Without ``dataset`` the whole schema is the dataset. ``dataset`` is not folded.
    """

    owner: str
    dataset: str = ""
    separator: str = SEPARATOR

    @property
    def prefix(self) -> str:
        """What the names of the tables begin with, not folded; empty where the schema is the dataset."""
        return self.dataset and self.dataset + self.separator

    @property
    def is_whole_schema(self) -> bool:
        """Whether the dataset is the schema."""
        return not self.dataset


@dataclass(frozen=True)
class Layout:
    """The places of one client's datasets.

    ``owner_of`` and ``shared`` say where a dataset that is not staging is: its schema, and whether that is
    shared with others under prefixes. ``fold`` makes a name what the dictionary stores.
    """

    fold: Callable[[str], str]
    owner_of: Callable[[str], str]
    shared: bool
    dataset: str
    staging_dataset: str
    staging_schema: str | None = None

    def place(self, dataset: str) -> Place:
        """Return where a dataset's tables are.

        Raises InvalidIdentifierError for a dataset whose tables could not be told from those of another.
        """
        if dataset == self.staging_dataset:
            owner = self.staging_schema or self.owner_of(self.dataset)
            return self._checked(Place(owner, dataset, STAGING_SEPARATOR))
        return self._checked(Place(self.owner_of(dataset), dataset if self.shared else ""))

    def _checked(self, place: Place) -> Place:
        if len(self.fold(place.prefix).encode()) > names.MAX_PREFIX_BYTES:
            raise names.InvalidIdentifierError(
                place.dataset,
                f"as a dataset's name it may have {names.MAX_PREFIX_BYTES - len(place.separator)} bytes, "
                "because it begins the names of the dataset's tables",
            )
        return place


def layout_of(
    config: OracleClientConfiguration, dataset: str, staging_dataset: str, fold: Callable[[str], str]
) -> Layout:
    """Return the layout that ``config`` asks for."""
    shared = config.dataset_layout == "prefix"

    def schema_of_user(_dataset: str) -> str:
        return config.owner

    return Layout(
        fold,
        schema_of_user if shared else fold,
        shared,
        dataset,
        staging_dataset,
        config.staging_owner,
    )
