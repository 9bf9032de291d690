"""Package after package: read to a cut, load and commit, and only then print the STATE before the cut."""

from __future__ import annotations

import logging
import tempfile
from typing import TYPE_CHECKING

import dlt
from dlt.common.destination import Destination

from dlt_oracle.singer.errors import SingerError
from dlt_oracle.singer.pump import Pump
from dlt_oracle.singer.resources import package_source, run
from dlt_oracle.singer.target.packages import PackageFeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.singer.target.config import TargetConfig
    from dlt_oracle.singer.target.lines import LineReader

SOURCE = "singer"
"""Name of the dlt source, and so of the schema that is kept in the database."""

logger = logging.getLogger("target_oracle")


def load(config: TargetConfig, reader: LineReader, print_state: Callable[[str | None], None]) -> None:
    """Load all that ``reader`` gives; ``print_state`` gets the raw text of each STATE that is safe to keep.

    A package holds all streams' rows up to its cut, so its last STATE covers nothing else. The working
    directory lasts as long as the process: what a killed one left there was in no STATE, and is sent again.

    Raises SingerError for input that cannot be loaded (what came before is committed, and its STATE printed),
    and what dlt and the destination raise.
    """
    pump = Pump(config.options)
    with tempfile.TemporaryDirectory(prefix="target-oracle-", ignore_cleanup_errors=True) as directory:
        pipeline = dlt.pipeline(
            config.pipeline_name,
            pipelines_dir=directory,
            destination=Destination.from_reference("oracle", **config.destination),
            dataset_name=config.dataset_name,
        )
        while reader.wait():
            package = PackageFeed(reader, config.limits)
            pump.attach(package)
            try:
                run(pipeline, package_source(SOURCE, pump), **_contract(config))
            except SingerError as error:
                if error is pump.failure:  # which is raised behind the commit
                    print_state(pump.state)
                raise
            print_state(pump.state)
            logger.info("Loaded %d lines, %d bytes.", package.rows, package.bytes)
    reader.check_end()
    for name, count in sorted(pump.counters.items()):
        logger.info("%s: %d", name, count)


def _contract(config: TargetConfig) -> dict[str, object]:
    return {"schema_contract": {"data_type": "freeze"}} if config.freeze_types else {}
