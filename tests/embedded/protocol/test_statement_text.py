"""What a client reads out of SQL text, and connect descriptors."""

from __future__ import annotations

import pytest

from dlt_oracle.embedded.protocol.descriptors import ConnectData, connect_data, parse_descriptor
from dlt_oracle.embedded.protocol.packets import ProtocolError
from dlt_oracle.embedded.protocol.statement_text import statement_shape


@pytest.mark.parametrize(
    ("sql", "returned"),
    [
        ("insert into t values (:1, :2)", []),
        ("insert into t values (:1) returning id into :2", [1]),
        ("INSERT INTO t VALUES (:a, :b) RETURNING x, y INTO :c, :d", [2, 3]),
        ("update t set a = ':no' where b = :b returning a into :a", [1]),
        ("update t set a = q'[it's :no]' where b = :b returning a into :a", [1]),
        ("delete from t -- :no into\n where a = :a /* returning :x into :y */ returning a into : b", [1]),
        ('delete from "returning :x" where a = :a returning "into" into :b', [1]),
        ("insert into t select :a from returning_t", []),
        ("merge into t using s on (t.a = :a) when matched then update set b = :b", []),
        ("select 'returning' from t where a = :a", []),
        ("begin insert into t values (:a) returning b into :b; end;", []),
        ("create table returning (into_ number default ':x')", []),
        ("insert into t (j) values ('{\"a\":' : 5) returning id into :id", [0]),
        ("update t set a=:1 return b into :2", []),  # the driver knows only RETURNING
    ],
)
def test_returned_binds_are_found_where_the_driver_finds_them(sql: str, returned: list[int]) -> None:
    assert sorted(statement_shape(sql).returned) == returned


@pytest.mark.parametrize(
    ("sql", "plsql"),
    [
        ("begin null; end;", True),
        ("  /* note */ DECLARE x number; begin null; end;", True),
        ("call p(:1)", True),
        ("-- begin\nselect 1 from dual", False),
        ("(select 1 from dual)", False),
        ("with begin as (select 1 from dual) select * from begin", False),
        ("", False),
    ],
)
def test_a_block_is_known_by_its_first_word(sql: str, plsql: bool) -> None:  # noqa: FBT001 - parametrized
    assert statement_shape(sql).plsql is plsql


def test_a_descriptor_gives_service_and_sid_in_upper_case() -> None:
    text = (
        "(DESCRIPTION = (ADDRESS=(PROTOCOL=tcp)(HOST=db)(PORT=1521))\n"
        "  (connect_data=(service_name=Sales.Example.com)(CID=(PROGRAM=py(thon))(USER=x))(SERVER=dedicated)))"
    )
    assert connect_data(text.replace("(thon)", "")) == ConnectData("SALES.EXAMPLE.COM", "", "DEDICATED")
    assert connect_data('(DESCRIPTION=(CONNECT_DATA=(SID="orcl")))') == ConnectData(sid="ORCL")


def test_names_outside_connect_data_do_not_count() -> None:
    assert connect_data("(DESCRIPTION=(SERVICE_NAME=x)(CONNECT_DATA=(INSTANCE_NAME=y)))") == ConnectData()


def test_a_quoted_value_may_hold_parentheses() -> None:
    assert parse_descriptor('(A=(B="x)(y")(C=z))') == [("A", [("B", "x)(y"), ("C", "z")])]


@pytest.mark.parametrize("text", ["(A=(B=c)", "(A", "(A=b) x", "(A=(B=c)d)"])
def test_a_broken_descriptor_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        parse_descriptor(text)
