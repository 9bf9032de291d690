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

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt.common.configuration.exceptions import ConfigurationValueError

from dlt_oracle.destinations.sql import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.destinations.configuration import OracleClientConfiguration

SEPARATOR = "___"
"""Stands between the dataset and the table in a table's name. snake_case writes no three underscores."""

STAGING_SEPARATOR = "$"
"""The same in the name of a staging table. snake_case writes no dollar signs."""


_AMBIGUOUS = re.compile(f"{SEPARATOR}|{re.escape(STAGING_SEPARATOR)}|_$")
"""What a prefix may not hold, so that a dataset ends where the first separator in a table's name begins."""


class DatasetNameError(ConfigurationValueError):
    """The tables of a dataset of this name could not be told from those of another."""

    def __init__(self, dataset: str, reason: str) -> None:
        self.dataset = dataset
        super().__init__(
            f"The dataset name {dataset!r} cannot be used: {reason}. Give the pipeline another "
            "`dataset_name`."
        )


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

        Raises DatasetNameError for a dataset whose tables could not be told from those of another.
        """
        if dataset == self.staging_dataset:
            owner = self.staging_schema or self.owner_of(self.dataset)
            place = Place(owner, dataset, STAGING_SEPARATOR)
        else:
            place = Place(self.owner_of(dataset), dataset if self.shared else "")
        self.check(place.dataset, place.separator)
        return place

    def check(self, dataset: str, separator: str = SEPARATOR) -> None:
        """Raise DatasetNameError for a name that cannot be a prefix. Needs no owner, and no connection."""
        longest = names.MAX_PREFIX_BYTES - len(separator)
        if len(self.fold(dataset).encode()) > longest:
            raise DatasetNameError(dataset, f"as a prefix of the names of tables it may have {longest} bytes")
        if self.shared and _AMBIGUOUS.search(dataset):
            raise DatasetNameError(
                dataset,
                f'with `dataset_layout = "prefix"` it may hold neither {SEPARATOR} nor {STAGING_SEPARATOR} '
                "and not end in an underscore, or its tables could be those of another dataset",
            )


def layout_of(
    config: OracleClientConfiguration, dataset: str, staging_dataset: str, fold: Callable[[str], str]
) -> Layout:
    """Return the layout that ``config`` asks for. Raises DatasetNameError."""
    shared = config.dataset_layout == "prefix"

    def schema_of_user(_dataset: str) -> str:
        return config.owner

    layout = Layout(
        fold,
        schema_of_user if shared else fold,
        shared,
        dataset,
        staging_dataset,
        config.staging_owner,
    )
    if shared:
        layout.check(dataset or "")
    return layout
