"""A tap with all that it takes to start it, as often as needed: to discover, to sync."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlt_oracle.singer.tap.command import FILES
from dlt_oracle.singer.tap.config_file import TapConfig
from dlt_oracle.singer.tap.log import TapLog
from dlt_oracle.singer.tap.masking import Mask
from dlt_oracle.singer.tap.private_files import PrivateFiles
from dlt_oracle.singer.tap.run import TapRun, TimeLimits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from dlt_oracle.singer.tap.command import SingerCommand


@dataclass(frozen=True)
class Tap:
    """What is run, with which configuration and environment, within which limits."""

    command: SingerCommand
    config: TapConfig = field(default_factory=lambda: TapConfig({}))
    limits: TimeLimits = field(default_factory=TimeLimits)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | PathLike[str] | None = None

    def run(
        self, *flags: str, files: Mapping[str, bytes] | None = None, holds_errors: bool = False
    ) -> TapRun:
        """Return a run with ``flags``, and with ``files``: their contents by option, as ``--state``.

        Nothing that is secret is an argument: configuration, catalog and state go as files that only their
        owner can read, and that are gone when the run has ended. What the tap changed in its configuration is
        kept before. ``holds_errors``: errors of its log wait for its first output; if it fails before that,
        they are in the failure, and in the log at DEBUG.
        """
        private = PrivateFiles()
        config_file = private.write("config.json", self.config.as_json())
        arguments = ["--config", str(config_file), *flags]
        for option, content in (files or {}).items():
            arguments += [option, str(private.write(f"{option.lstrip('-')}.json", content))]
        mask = Mask(self.config.values, self.env)

        def keep_and_remove() -> None:
            try:
                mask.add(self.config.take_back(config_file))
            finally:
                private.remove()

        argv = [part.replace(FILES, str(private.directory)) for part in self.command.argv]
        return TapRun(
            [*argv, *arguments],
            name=self.command.name,
            log=TapLog(self.command.name, mask, holds_errors=holds_errors),
            limits=self.limits,
            env=self.env,
            cwd=self.cwd,
            on_end=keep_and_remove,
        )
