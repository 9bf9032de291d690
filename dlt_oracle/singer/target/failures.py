"""What was wrong, out of what dlt wraps around it: tracebacks, and advice for a directory that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt.common.destination.exceptions import SchemaUpdateError
from dlt.destinations.exceptions import DestinationConnectionError
from dlt.load.exceptions import LoadClientJobException
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle.singer.errors import SingerError

if TYPE_CHECKING:
    import logging

_TRACEBACK = "Traceback (most recent call last):"


def input_failure(error: BaseException) -> SingerError | None:
    """Return what was wrong with the input; None: it was something else."""
    inner: BaseException | None = error
    while inner is not None and not isinstance(inner, SingerError):
        inner = inner.__cause__ or inner.__context__
    return inner


def sentence(error: BaseException) -> str:
    """Return what the database, or whatever it was, said."""
    inner = _wrapped(error)
    return str(error) if inner is None else sentence(inner)


def without_traceback(record: logging.LogRecord) -> bool:
    """Leave one line of what dlt logs of a failed job; a filter of logging, which keeps the record."""
    head, traceback, rest = record.getMessage().partition(_TRACEBACK)
    if traceback:
        record.msg, record.args = head + rest.rstrip().rpartition("\n")[2], ()
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.msg, record.args = f"{record.getMessage()}: {sentence(record.exc_info[1])}", ()
    record.exc_info = record.exc_text = None
    return True


def _wrapped(error: BaseException) -> BaseException | None:
    if isinstance(error, PipelineStepFailed):
        return error.exception
    if isinstance(error, LoadClientJobException):
        return error.client_exception
    if isinstance(error, DestinationConnectionError):
        return error.inner_exc
    return error.__cause__ if isinstance(error, SchemaUpdateError) else None
