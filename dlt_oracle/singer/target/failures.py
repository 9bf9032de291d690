"""What was wrong, in the target's words, out of what dlt wraps around it: tracebacks, and advice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dlt.common.configuration.exceptions import ConfigurationException
from dlt.common.destination.exceptions import SchemaUpdateError
from dlt.common.schema.exceptions import DataValidationError
from dlt.destinations.exceptions import DestinationConnectionError
from dlt.load.exceptions import LoadClientJobException
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle.singer.errors import SingerError
from dlt_oracle.singer.target.settings import SETTINGS

if TYPE_CHECKING:
    import logging

_TRACEBACK = "Traceback (most recent call last):"
_OWN_SETTING = re.compile(
    rf"(`(?:{'|'.join(setting.name for setting in SETTINGS)})\b[^`]*`) under \[destination\.oracle\]"
)
_OTHER_NAMES = {"`config_dir`": "`tns_admin`", "`dataset_name`": "`default_target_schema`"}
_PRECISION = "larger `precision`"


def input_failure(error: BaseException) -> SingerError | None:
    """Return what was wrong with the input; None: it was something else."""
    inner: BaseException | None = error
    while inner is not None and not isinstance(inner, SingerError):
        inner = inner.__cause__ or inner.__context__
    return inner


def sentence(error: BaseException) -> str:
    """Return what the database, or whatever it was, said, in the target's words."""
    if isinstance(error, DataValidationError):
        return (
            f"Table {error.table_name!r} would need the column {error.column_name!r} for values of another "
            "type, and freeze_schema is set: the tap has to send what it did, or leave freeze_schema out."
        )
    inner = _wrapped(error)
    return in_own_words(str(error)) if inner is None else sentence(inner)


def is_misconfiguration(error: BaseException) -> bool:
    """Whether the destination has refused its settings, which it does before anything is read."""
    inner = _wrapped(error)
    return isinstance(error, ConfigurationException) if inner is None else is_misconfiguration(inner)


def in_own_words(text: str) -> str:
    """Return what the destination says with the settings as the target names them.

    What is said to be "under [destination.oracle]", and is no setting of the target, is dlt's and stays.
    """
    text = _OWN_SETTING.sub(r"\1", text)
    for name, own in _OTHER_NAMES.items():
        text = text.replace(name, own)
    return text.replace(_PRECISION, f"{_PRECISION} (the SCHEMA's maxLength, with `lengths` = `trust`)")


def without_traceback(record: logging.LogRecord) -> bool:
    """Leave one line of what dlt logs of a failed job; a filter of logging, which keeps the record."""
    head, traceback, rest = record.getMessage().partition(_TRACEBACK)
    if traceback:
        record.msg, record.args = head + rest.rstrip().rpartition("\n")[2], ()
    if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
        record.msg, record.args = f"{record.getMessage()}: {sentence(record.exc_info[1])}", ()
    record.msg, record.args = in_own_words(record.getMessage()), ()
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
