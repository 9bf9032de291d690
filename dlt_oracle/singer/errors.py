"""What can go wrong with a Singer stream. Each error says what, why, and the way out."""

from __future__ import annotations


class SingerError(Exception):
    """Something about a tap, or about what it sent, that keeps data from being loaded."""


class SingerConfigurationError(SingerError, ValueError):
    """Arguments, a configuration or a catalog that cannot be used."""


class TapFailed(SingerError):  # noqa: N818 - says what happened
    """A tap that did not end well: what it sent may not be all.

    ``exit_code``: that of its process, None where there is none. ``committed_state``: the raw text of the
    STATE that was committed with the data before it; None: nothing was committed.
    """

    def __init__(self, message: str, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.committed_state: str | None = None


class TruncatedLine(TapFailed):
    """A last line without its end: the tap died while it wrote it."""


class StreamError(SingerError):
    """A message that breaks the rules. ``line``: its number, from 1; ``stream``: of which stream."""

    def __init__(self, message: str, *, stream: str | None = None, line: int | None = None) -> None:
        where = f"line {line}" if line is not None else ""
        where = f"stream {stream!r}, {where}".rstrip(", ") if stream is not None else where
        super().__init__(f"{where}: {message}" if where else message)
        self.stream = stream
        self.line = line


class MalformedLine(StreamError):  # noqa: N818 - says what happened
    """A line that is no Singer message."""


class RecordBeforeSchema(StreamError):  # noqa: N818 - says what happened
    """A RECORD, or an ACTIVATE_VERSION or BATCH, of a stream that has no SCHEMA yet."""


class InvalidSchema(StreamError):  # noqa: N818 - says what happened
    """A SCHEMA that no table can be made from."""


class MissingKey(StreamError):  # noqa: N818 - says what happened
    """A key property that is not in the SCHEMA, or has no value in a record."""


class NameCollision(StreamError):  # noqa: N818 - says what happened
    """Two properties, or two streams, that get the same name in the database."""


class UnfitValue(StreamError):  # noqa: N818 - says what happened
    """A value that its column cannot hold, under a policy that calls this an error."""


class BatchFileError(StreamError):
    """A BATCH whose files cannot be read."""
