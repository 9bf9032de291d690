"""What is to be done about each code. The lists are those of the documents, not of the module under test."""

from __future__ import annotations

from typing import Any

import pytest
from dlt.destinations.exceptions import (
    DatabaseTerminalException,
    DatabaseTransientException,
    DatabaseUndefinedRelation,
)

from dlt_oracle.destinations import errors
from dlt_oracle.destinations.error_codes import Action, action_for, advice_for


def oracle_codes(numbers: str) -> list[str]:
    return [f"ORA-{int(number):05}" for number in numbers.split()]


MISSING = oracle_codes("942 1418 1432 1435 1918 2149 2289 2443 4043 12003")
LOST = [
    *oracle_codes(
        "22 28 31 45 378 600 602 603 609 1012 1041 1043 1089 1092 2396 3113 3114 3122 3135 12153 12537 12547 "
        "12570 12583 27146 28511 56600"
    ),
    "DPY-1001",
    "DPY-3008",
    "DPY-4011",
    "DPY-4024",
    "DPY-6005",
]
RESTARTING = oracle_codes("376 1033 1034 1090 1115 12514 12571 12757 16456")
CAPACITY = [
    *oracle_codes("18 20 12170 12516 12518 12519 12520 12528 12535 12541"),
    "DPY-6000",
    "DPY-6001",
    "DPY-6003",
]
CONTENTION = oracle_codes("51 54 60 1013 1555 4020 4021 4061 4068 8177 12860 25402 25408 30006")
SPACE = oracle_codes("1652 30036 257 19809 4031")
NO_SPACE = oracle_codes("1536 1653 1654 1658 1691 1950 12954 65114")
RIGHTS = [
    *oracle_codes("1017 1031 1045 28000 28001 28040"),
    *("DPY-3010", "DPY-3012", "DPY-3015", "DPY-4000", "DPY-4026"),
]
STATEMENT = [
    *oracle_codes(
        "904 910 932 955 972 1430 1450 1461 1704 1758 1792 1795 2266 2299 2329 2449 3001 12984 22858 24816 "
        "26563 38104 54031 54032"
    ),
    *("DPY-2000", "DPY-2016", "DPY-3002", "DPY-3999"),  # the driver was misused
]
DATA = oracle_codes(
    "1 1400 1407 1426 1438 1722 1830 1839 1840 1841 1842 1843 1844 1845 1846 1847 1848 1849 1858 1861 2290 "
    "2291 2292 12899 14400 40441"
)
TRIGGERS = oracle_codes("20000 20001 20999")
RETRIED = [*LOST, *RESTARTING, *CAPACITY, *CONTENTION, *SPACE]
STOPPED = [*NO_SPACE, *RIGHTS, *STATEMENT, *DATA, *TRIGGERS]


@pytest.mark.parametrize("code", MISSING)
def test_what_is_missing_can_be_made(code: str) -> None:
    assert action_for(code) is Action.CREATE


@pytest.mark.parametrize("code", RETRIED)
def test_what_passes_is_tried_again(code: str) -> None:
    assert action_for(code) is Action.RETRY


@pytest.mark.parametrize("code", STOPPED)
def test_what_fails_again_stops(code: str) -> None:
    assert action_for(code) is Action.STOP


@pytest.mark.parametrize(
    "code", [*oracle_codes("900 911 933 936 907 923 6550 19999 21000 99999"), "", "DPY-9999"]
)
def test_syntax_errors_and_unknown_codes_are_tried_again(code: str) -> None:
    assert action_for(code) is Action.RETRY


@pytest.mark.parametrize("code", [*SPACE, *NO_SPACE, *TRIGGERS, *RESTARTING[1:4], "ORA-12514", "DPY-4011"])
def test_what_a_person_can_mend_says_how(code: str) -> None:
    assert advice_for(code)


@pytest.mark.parametrize(
    "code", [*oracle_codes("1450 1722 1792 2266 2291 2292 2299 2329 12984 26563 54031 54032"), "DPY-3002"]
)
def test_what_a_statement_or_its_data_may_not_do_says_what_may(code: str) -> None:
    assert advice_for(code)


@pytest.mark.parametrize("code", [code for code in RIGHTS if code != "DPY-3012"])
def test_rights_say_who_gives_them(code: str) -> None:
    assert advice_for(code)


@pytest.mark.parametrize(
    ("codes", "word"),
    [
        ("12516 12518 12519 12520 18 20", "`workers`"),
        ("54 4021 30006", "Another session"),
        ("60 4020 12860", "two pipelines"),
        ("12541 12170 12535", "`host` and `port`"),
        ("1555", "UNDO_RETENTION"),
    ],
)
def test_advice_names_the_setting(codes: str, word: str) -> None:
    assert all(word in advice_for(code) for code in oracle_codes(codes))


def test_an_unknown_code_has_no_advice() -> None:
    assert advice_for("ORA-99999") == ""
    assert advice_for("") == ""


class DriverError(Exception):
    """What the driver's exceptions carry."""

    def __init__(self, full_code: str, text: str) -> None:
        self.full_code = full_code
        super().__init__(text)

    @property
    def args(self) -> tuple[Any, ...]:  # type: ignore[override]
        return (self,)


def said(text: str, session: errors.Session, purpose: str = "") -> str:
    return str(errors.OracleError(DriverError(text.partition(":")[0], text), purpose, session=session))


def test_grants_and_quotas_have_the_names_that_are_known() -> None:
    session = errors.Session("LOADER", "LOADER")
    quota = said("ORA-01950: no privileges on tablespace 'USERS'", session)
    assert "'USERS'. Ask the DBA for space: ALTER USER LOADER QUOTA UNLIMITED ON USERS;" in quota
    right = said("ORA-01031: insufficient privileges", session, 'CREATE TABLE "LOADER"."RAW___ITEMS"')
    assert right.startswith('CREATE TABLE "LOADER"."RAW___ITEMS": ORA-01031: insufficient privileges. ')
    assert right.endswith("GRANT CREATE TABLE TO LOADER.")


def test_rights_on_another_schema_are_named_only_where_the_tables_are_in_one() -> None:
    text = "ORA-01031: insufficient privileges"
    assert "ALTER ANY TABLE" in said(text, errors.Session("LOADER", "DWH"))
    assert "ANY" not in said(text, errors.Session("LOADER"))


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("ORA-00904", "upper case"),
        ("ORA-00911", '"_DLT_ID"'),
        ("DPY-4027", "`config_dir`"),
        ("DPY-4000", "`config_dir`"),
    ],
)
def test_a_name_that_is_not_found_says_what_it_wants(code: str, word: str) -> None:
    assert word in advice_for(code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ORA-00942", DatabaseUndefinedRelation),
        ("ORA-00060", DatabaseTransientException),
        ("ORA-77777", DatabaseTransientException),
        ("ORA-20001", DatabaseTerminalException),
    ],
)
def test_dlt_gets_its_own_exceptions(code: str, expected: type[Exception]) -> None:
    cause = DriverError(code, f"{code}: a text\nHelp: https://docs.oracle.com/error-help/db/")
    exception = errors.database_exception(cause, "MERGE into T")
    assert type(exception) is expected
    assert errors.code_of(exception) == code
    assert "Help:" not in str(exception)
    assert "MERGE into T: " in str(exception)
    assert advice_for(code) in str(exception)
