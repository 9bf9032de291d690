"""What the target says of failures names its own settings, and no argument or file of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dlt_oracle.destinations.error_codes import advice_for
from dlt_oracle.destinations.errors import DdlRefused
from dlt_oracle.destinations.layout import DatasetNameError
from dlt_oracle.singer.target.failures import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer.target.conftest import Running

    Start = Callable[..., Running]

SCHEMA = (
    '{"type":"SCHEMA","stream":"items","key_properties":[%s],"schema":{"properties":{"id":{"type":"%s"}}}}\n'
)
RECORD = '{"type":"RECORD","stream":"items","record":{"id":%s}}\n'


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DdlRefused(["CREATE TABLE t (id NUMBER)"]), '(`ddl = "verify"`), and'),
        (DatasetNameError("a___b", "it is long"), "another `default_target_schema`"),
        (Exception(advice_for("ORA-00406")), "as `server_version`."),
        (Exception(advice_for("DPY-4000")), "set `tns_admin` to its directory"),
        # No setting of the target: dlt reads it.
        (Exception(advice_for("ORA-24816")), '`bind_mode = "rows"` under [destination.oracle]'),
    ],
    ids=["ddl", "dataset", "release", "alias", "dlt's own"],
)
def test_advice_of_the_destination_names_the_targets_settings(error: Exception, words: str) -> None:
    assert words in sentence(error)


def test_a_type_that_freeze_schema_refuses_is_said_to_be_refused_by_it(start: Start) -> None:
    for type_, value, expected in (("integer", "1", 0), ("string", '"x"', 1)):
        running = start(freeze_schema=True)
        running.send([(SCHEMA % ("", type_)).encode(), (RECORD % value).encode()])
        code, _, log = running.end()
        assert code == expected
    assert "Table 'items' would need the column 'id__v_text'" in log
    assert "freeze_schema is set" in log


def test_a_key_that_is_too_long_is_told_with_what_makes_its_column_longer(start: Start) -> None:
    running = start()
    running.send([(SCHEMA % ('"id"', "string")).encode(), (RECORD % f'"{"x" * 2000}"').encode()])
    code, _, log = running.end()
    assert code == 1
    assert "larger `precision` (the SCHEMA's maxLength, with `lengths` = `trust`)" in log.splitlines()[-1]


def test_a_setting_that_only_the_destination_can_refuse_is_a_wrong_setting_too(start: Start) -> None:
    code, printed, log = start(default_target_schema="a" * 120).end()
    assert (code, printed) == (2, [])
    assert "Give the pipeline another `default_target_schema`" in log.splitlines()[-1]
