"""Types as the dictionary has them, and what a column can become without losing anything."""

from typing import Any

import pytest
from dlt.common.configuration.exceptions import ConfigurationValueError
from dlt.common.exceptions import TerminalValueError
from hypothesis import given
from hypothesis import strategies as st

from dlt_oracle import oracle
from dlt_oracle.destinations import promotion
from dlt_oracle.destinations.oracle_types import Bind, OracleType
from dlt_oracle.destinations.server_version import ServerVersion
from dlt_oracle.destinations.type_mapper import OracleTypeMapper

LENGTHS = st.builds(
    "VARCHAR2({} {})".format, st.integers(1, 4000), st.sampled_from(["BYTE", "CHAR"])
) | st.builds("NUMBER({},2)".format, st.integers(2, 38))


def mapper(version: str) -> OracleTypeMapper:
    return OracleTypeMapper(oracle()._raw_capabilities(), lambda: ServerVersion.parse(version))


@pytest.mark.parametrize(
    ("row", "ddl", "max_bytes"),
    [
        (("VARCHAR2", "B", 4000, 4000, None, None), "VARCHAR2(4000 BYTE)", 4000),
        (("VARCHAR2", "C", 100, 400, None, None), "VARCHAR2(100 CHAR)", 400),
        (("VARCHAR2", "C", 3000, 12000, None, None), "VARCHAR2(3000 CHAR)", 12000),
        (("NVARCHAR2", "C", 20, 40, None, None), "NVARCHAR2(20)", 4000),
        (("CHAR", "B", 15, 15, None, None), "CHAR(15 BYTE)", 15),
        (("RAW", None, 0, 16, None, None), "RAW(16)", 16),
        (("NUMBER", None, 0, 22, None, None), "NUMBER", None),
        (("NUMBER", None, 0, 22, None, 0), "NUMBER(38,0)", None),
        (("NUMBER", None, 0, 22, 12, 2), "NUMBER(12,2)", None),
        (("FLOAT", None, 0, 22, 126, None), "FLOAT", None),
        (("CLOB", None, 0, 4000, None, None), "CLOB", None),
        (("TIMESTAMP(9) WITH TIME ZONE", None, 0, 13, None, 9), "TIMESTAMP(9) WITH TIME ZONE", None),
        (("JSON", None, 0, 8200, None, None), "JSON", None),
        (("BOOLEAN", None, 0, 1, None, None), "BOOLEAN", None),
        (("VECTOR", None, 0, 8200, None, None), "VECTOR", None),
    ],
)
def test_a_type_is_read_from_the_dictionary(row: Any, ddl: str, max_bytes: int | None) -> None:
    type_ = OracleType.from_dictionary(*row)
    assert (type_.ddl, type_.max_bytes) == (ddl, max_bytes)


@pytest.mark.parametrize("data_type", ["LONG", "XMLTYPE", "ROWID", "INTERVAL DAY(2) TO SECOND(6)"])
def test_a_type_that_cannot_be_loaded_into_is_an_error(data_type: str) -> None:
    with pytest.raises(ValueError, match="cannot be loaded"):
        OracleType.from_dictionary(data_type, None, 0, 0, None, None)


@pytest.mark.parametrize(
    ("ddl", "bind"),
    [
        ("TIMESTAMP(6)", Bind.TIMESTAMP),
        ("TIMESTAMP(7)", Bind.TIMESTAMP_TEXT),
        ("TIMESTAMP(9) WITH TIME ZONE", Bind.TIMESTAMP_TZ_TEXT),
        ("TIMESTAMP(9) WITH LOCAL TIME ZONE", Bind.TIMESTAMP_TZ_TEXT),
        ("VECTOR(3, FLOAT32)", Bind.VECTOR),
        ("VECTOR(*, INT8)", Bind.VECTOR),
    ],
)
def test_a_bind_follows_from_the_type(ddl: str, bind: Bind) -> None:
    assert OracleType.parse(ddl).bind is bind


@pytest.mark.parametrize(
    ("real", "wanted", "becomes"),
    [
        ("VARCHAR2(10 CHAR)", "VARCHAR2(20 CHAR)", "VARCHAR2(20 CHAR)"),
        ("VARCHAR2(20 CHAR)", "VARCHAR2(10 CHAR)", None),
        ("VARCHAR2(4000 BYTE)", "VARCHAR2(100 CHAR)", None),
        ("VARCHAR2(100 BYTE)", "VARCHAR2(60 CHAR)", "VARCHAR2(100 CHAR)"),
        ("VARCHAR2(100 CHAR)", "VARCHAR2(4000 BYTE)", "VARCHAR2(4000 BYTE)"),
        ("NUMBER(10,2)", "NUMBER(12,2)", "NUMBER(12,2)"),
        ("NUMBER(12,2)", "NUMBER(10,2)", None),
        ("NUMBER(38,0)", "NUMBER(19)", None),
        ("NUMBER", "NUMBER(38,9)", None),
        ("TIMESTAMP(3)", "TIMESTAMP(9)", "TIMESTAMP(9)"),
        ("TIMESTAMP(6)", "TIMESTAMP(6) WITH TIME ZONE", None),
        ("RAW(16)", "RAW(32)", "RAW(32)"),
        ("NUMBER(1,0)", "BOOLEAN", None),
        ("CLOB", "JSON", None),
        ("CLOB", "VARCHAR2(10 CHAR)", None),
    ],
)
def test_a_column_is_widened_and_never_narrowed(real: str, wanted: str, becomes: str | None) -> None:
    wider = OracleType.parse(real).widened(OracleType.parse(wanted))
    assert (wider and wider.ddl) == becomes


@pytest.mark.parametrize(("real", "wanted"), [("NUMBER(10,2)", "NUMBER(12,4)"), ("CHAR(8)", "CHAR(15)")])
def test_what_oracle_cannot_widen_is_said(real: str, wanted: str) -> None:
    with pytest.raises(ValueError, match="cannot become"):
        OracleType.parse(real).widened(OracleType.parse(wanted))


@given(LENGTHS, LENGTHS)
def test_what_a_column_becomes_holds_what_it_held_and_what_is_wanted(real: str, wanted: str) -> None:
    before, asked = OracleType.parse(real), OracleType.parse(wanted)
    wider = before.widened(asked)
    if before.name == asked.name:
        after = wider or before
        assert after.holds(before)
        assert after.holds(asked)
    else:
        assert wider is None


@pytest.mark.parametrize(
    ("version", "json", "boolean"),
    [
        ("12.2", "CLOB", "NUMBER(1)"),
        ("19c", "CLOB", "NUMBER(1)"),
        ("21c", "JSON", "NUMBER(1)"),
        ("23ai", "JSON", "BOOLEAN"),
        ("23.4.0.24.05", "JSON", "BOOLEAN"),
    ],
)
def test_documents_and_truth_values_follow_the_release(version: str, json: str, boolean: str) -> None:
    column: Any = {"name": "c", "data_type": "json"}
    flag: Any = {"name": "c", "data_type": "bool"}
    assert mapper(version).to_destination_type(column) == json
    assert mapper(version).to_destination_type(flag) == boolean


def test_a_type_of_a_later_release_is_refused_with_the_way_out() -> None:
    column: Any = {"name": "c", "data_type": "json", "x-oracle-type": "VECTOR(3, FLOAT32)"}
    with pytest.raises(TerminalValueError, match=r"'c'.*from Oracle Database 23 on.*`server_version`"):
        mapper("19c").to_destination_type(column)


@pytest.mark.parametrize("text", ["11.2", "12.1", "nineteen", ""])
def test_a_release_that_is_too_old_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 12\.2, 18c"):
        ServerVersion.parse(text)


def test_the_setting_is_checked_when_the_configuration_is_resolved() -> None:
    configuration = oracle(server_version="11g").spec(server_version="11g")
    with pytest.raises(ConfigurationValueError, match="`server_version`"):
        configuration.on_resolved()


@pytest.mark.parametrize(
    ("hints", "reason"),
    [
        ({}, None),
        ({"precision": 5000}, None),
        ({"precision": 10}, "the hint precision (10) says how long its texts may be"),
        ({"x-oracle-type": "VARCHAR2(10 BYTE)"}, "its type was asked for by the hint x-oracle-type"),
        ({"merge_key": True}, "it is a key (merge_key), and a CLOB cannot be compared"),
        ({"unique": True}, "it is a key (unique), and a CLOB cannot be compared"),
        ({"name": "_dlt_id"}, "it is a key (of dlt itself), and a CLOB cannot be compared"),
        ({"data_type": "wei"}, "its data type is wei"),
    ],
)
def test_hints_say_which_columns_may_become_longer(hints: Any, reason: str | None) -> None:
    column: Any = {"name": "c", "data_type": "text", **hints}
    assert promotion.obstacle(column, mapper("19c").oracle_type(column)) == reason
