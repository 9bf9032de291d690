"""What single expressions are worth: conversions, '' as NULL, arithmetic, functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dlt_oracle.embedded.model import OracleType, TypeName
from dlt_oracle.embedded.sql.compile import compile_dml
from dlt_oracle.embedded.sql.parse import parse

if TYPE_CHECKING:
    from conftest import Bench


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("''", None),
        ("'a' || '' || NULL || 'b'", "ab"),
        ("NULL || ''", None),
        ("LENGTH('')", None),
        ("TRIM('   ')", None),
        ("TRIM(BOTH 'x' FROM 'xxaxx')", "a"),
        ("LTRIM('xxa', 'x')", "a"),
        ("SUBSTR('abc', 4)", None),
        ("SUBSTR('abcdef', -3, 2)", "de"),
        ("SUBSTR('abc', 0, 2)", "ab"),
        ("SUBSTR('abc', 1, 0)", None),
        ("REPLACE('aaa', 'a')", None),
        ("REPLACE('abab', 'b', 'c')", "acac"),
        ("TRANSLATE('abc', 'ab', 'x')", "xc"),
        ("INSTR('CORPORATE FLOOR', 'OR', 3, 2)", "14"),
        ("INSTR('CORPORATE FLOOR', 'OR', -3, 2)", "2"),
        ("LPAD('7', 3, '0')", "007"),
        ("RPAD('abc', 2)", "ab"),
        ("LENGTHB(RPAD('x', 32767, 'x'))", "4000"),
        ("LENGTHB(RPAD('é', 32767, 'é'))", "4000"),
        ("LENGTH(LPAD(TO_CLOB('x'), 5000))", "5000"),
        ("LPAD('a', 0)", None),
        ("UPPER('straße')", "STRAßE"),
        ("INITCAP('hello world')", "Hello World"),
        ("LENGTHB('é')", "2"),
        ("ASCII('A')", "65"),
        ("CHR(65)", "A"),
        ("NVL('', 'x')", "x"),
        ("NVL2('', 'y', 'n')", "n"),
        ("COALESCE(NULL, '', 'z')", "z"),
        ("NULLIF('a', 'a')", None),
        ("DECODE(NULL, NULL, 'same', 'other')", "same"),
        ("DECODE(2, 1, 'a', 2, 'b')", "b"),
        ("DECODE(3, 1, 'a', 2, 'b')", None),
        ("GREATEST(1, NULL, 3)", None),
        ("LEAST('b', 'a')", "a"),
        ("CONCAT('a', NULL)", "a"),
        ("RAWTOHEX(HEXTORAW('0af'))", "00AF"),
        ("REGEXP_REPLACE('a1b22', '[0-9]+', '#')", "a#b#"),
        ("REGEXP_SUBSTR('one two', '[a-z]+', 1, 2)", "two"),
        ("REGEXP_COUNT('banana', 'a')", "3"),
        ("CASE WHEN NULL = NULL THEN 'yes' ELSE 'no' END", "no"),
        ("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "b"),
        ("CAST('abc' AS VARCHAR2(2))", "ab"),
        ("CAST('ab' AS CHAR(4))", "ab  "),
        ("CAST(1.567 AS NUMBER(3,1))", "1.6"),
        ("TO_CLOB('x')", "x"),
        ("UTL_RAW.CAST_TO_VARCHAR2(UTL_RAW.CAST_TO_RAW('ü'))", "ü"),
    ],
)
def test_text_functions_follow_oracle(db: Bench, expression: str, expected: Any) -> None:
    assert db.value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1/3", ".3333333333333333333333333333333333333333"),
        ("2/3", ".6666666666666666666666666666666666666667"),
        ("10/3", "3.33333333333333333333333333333333333333"),
        ("10/4", "2.5"),
        ("1/7 * 7", "1"),
        ("99999999999999999999 * 99999999999999999999", "9999999999999999999800000000000000000001"),
        ("-7/2", "-3.5"),
        ("MOD(-7, 3)", "-1"),
        ("MOD(7, 0)", "7"),
        ("ROUND(2.5)", "3"),
        ("ROUND(-2.5)", "-3"),
        ("ROUND(1234.567, -2)", "1200"),
        ("TRUNC(-2.7)", "-2"),
        ("TRUNC(2.789, 2)", "2.78"),
        ("CEIL(1.1)", "2"),
        ("FLOOR(-1.1)", "-2"),
        ("POWER(2, 10)", "1024"),
        ("SQRT(2)", "1.41421356237309504880168872420969807857"),
        ("SIGN(-3)", "-1"),
        ("BITAND(6, 3)", "2"),
        ("'12' + 1", "13"),
        ("1e125 * 1", None),
        ("TO_NUMBER('1.5e2')", "150"),
        ("TO_NUMBER('1,234.5', '9,999.9')", "1234.5"),
        ("TO_NUMBER('FF', 'XX')", "255"),
    ],
)
def test_numbers_are_exact_to_forty_digits(db: Bench, expression: str, expected: str | None) -> None:
    if expected is None:
        assert len(db.value(expression)) == 126
    else:
        assert db.value(f"TO_CHAR({expression})") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("TO_CHAR(1234.5, '9,999.99')", " 1,234.50"),
        ("TO_CHAR(-7, 'S99')", " -7"),
        ("TO_CHAR(0.5, '990.99')", "   0.50"),
        ("TO_CHAR(0.5, 'FM990.99')", "0.5"),
        ("TO_CHAR(12345, '999')", "####"),
        ("TO_CHAR(255, 'FMXX')", "FF"),
        ("TO_CHAR(7, 'FM000')", "007"),
        ("TO_CHAR(-7, '99PR')", " <7>"),
        ("TO_CHAR(12345.678, '9.99EEEE')", " 1.23E+04"),
        ("TO_CHAR(0.5)", ".5"),
        ("TO_CHAR(1e50)", "1.0000000000000000000000000000000000E+50"),
        ("TO_CHAR(1.5d)", "1.5E+000"),
        ("TO_CHAR(TO_BINARY_DOUBLE('NaN'))", "Nan"),
    ],
)
def test_numbers_become_text_as_oracle_writes_them(db: Bench, expression: str, expected: str) -> None:
    assert db.value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("DATE '2020-01-31' + 1", "2020-02-01 00:00:00"),
        ("DATE '2020-01-01' + 1/24", "2020-01-01 01:00:00"),
        ("DATE '2020-01-02' - DATE '2020-01-01'", "1"),
        ("TO_CHAR(TO_DATE('2020-01-01 06:00', 'YYYY-MM-DD HH24:MI') - DATE '2020-01-01')", ".25"),
        ("TIMESTAMP '2020-01-01 00:00:00.5' + 1", "2020-01-02 00:00:00"),
        ("TIMESTAMP '2020-01-01 00:00:00.5' + INTERVAL '1' SECOND", "2020-01-01 00:00:01.5"),
        ("TIMESTAMP '2020-01-02 00:00:00' - TIMESTAMP '2020-01-01 12:00:00'", "0 12:00:00"),
        ("DATE '2020-01-30' + INTERVAL '1' YEAR", "2021-01-30 00:00:00"),
        ("INTERVAL '1' DAY * 1.5", "1 12:00:00"),
        ("ADD_MONTHS(DATE '2020-01-31', 1)", "2020-02-29 00:00:00"),
        ("ADD_MONTHS(DATE '2020-02-29', 12)", "2021-02-28 00:00:00"),
        ("LAST_DAY(DATE '2021-02-03')", "2021-02-28 00:00:00"),
        ("NEXT_DAY(DATE '2020-01-01', 'MON')", "2020-01-06 00:00:00"),
        ("MONTHS_BETWEEN(DATE '2020-03-31', DATE '2020-02-29')", "1"),
        ("TRUNC(TIMESTAMP '2020-05-17 11:22:33')", "2020-05-17 00:00:00"),
        ("TRUNC(DATE '2020-05-17', 'MM')", "2020-05-01 00:00:00"),
        ("TRUNC(DATE '2020-05-17', 'IW')", "2020-05-11 00:00:00"),
        ("ROUND(DATE '2020-05-17', 'YYYY')", "2020-01-01 00:00:00"),
        ("EXTRACT(YEAR FROM DATE '2020-05-17')", "2020"),
        ("EXTRACT(HOUR FROM TIMESTAMP '2020-05-17 10:00:00 +02:00')", "8"),
        ("CAST(TIMESTAMP '2020-01-01 10:00:00.9' AS DATE)", "2020-01-01 10:00:00"),
        ("TO_CHAR(DATE '2020-05-07', 'FMDay, DD Month YYYY')", "Thursday, 7 May 2020"),
        ("TO_CHAR(DATE '2020-05-07', 'Q WW DDD')", "2 19 128"),
        ("TO_CHAR(TIMESTAMP '2020-05-07 01:02:03.123456789', 'HH24MISSFF9')", "010203123456789"),
        ("TO_DATE('07-MAY-20', 'DD-MON-RR')", "2020-05-07 00:00:00"),
        ("TO_DATE('20200507', 'YYYY-MM-DD')", "2020-05-07 00:00:00"),
        ("TO_DATE('2020-05-07', 'YYYY-MM-DD HH24:MI:SS')", "2020-05-07 00:00:00"),
        ("TO_DATE('07/05/1999 11 PM', 'DD/MM/YYYY HH AM')", "1999-05-07 23:00:00"),
        (
            "TO_TIMESTAMP('2020-05-07 01:02:03.123456789', 'YYYY-MM-DD HH24:MI:SS.FF')",
            "2020-05-07 01:02:03.123456789",
        ),
        (
            "TO_TIMESTAMP_TZ('2020-05-07T01:00:00+02:00', 'YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM')",
            ("2020-05-06 23:00:00", 120),
        ),
        ("TIMESTAMP '2020-07-01 12:00:00 Europe/Berlin' AT TIME ZONE 'UTC'", ("2020-07-01 10:00:00", 0)),
        ("SYS_EXTRACT_UTC(TIMESTAMP '2020-07-01 12:00:00 +02:00')", "2020-07-01 10:00:00"),
        ("FROM_TZ(TIMESTAMP '2020-07-01 12:00:00', '-03:30')", ("2020-07-01 15:30:00", -210)),
        ("NUMTODSINTERVAL(90, 'MINUTE')", "0 01:30:00"),
    ],
)
def test_dates_and_times_follow_oracle(db: Bench, expression: str, expected: Any) -> None:
    assert db.value(expression) == expected


@pytest.mark.parametrize(
    ("text", "model", "code"),
    [
        ("2020-13-01", "YYYY-MM-DD", 1843),
        ("2020-02-30", "YYYY-MM-DD", 1839),
        ("2020-01-32", "YYYY-MM-DD", 1847),
        ("2020-01", "YYYY-MM-DD", 1840),
        ("2020-01-01x", "YYYY-MM-DD", 1830),
        ("2020-01-01", "DD-MON-RR", 1861),
        ("20xx-01-01", "YYYY-MM-DD", 1861),
        ("xxxx-01-01", "YYYY-MM-DD", 1858),
        ("2020-01-01 25", "YYYY-MM-DD HH24", 1850),
        ("2020-01-01 10:61", "YYYY-MM-DD HH24:MI", 1851),
        ("2020-01-01", "YYYY-MM-DDTHH24", 1821),
        ("0000-01-01", "YYYY-MM-DD", 1841),
        ("01-XXX-20", "DD-MON-RR", 1843),
    ],
)
def test_a_text_that_is_no_date_says_why(db: Bench, text: str, model: str, code: int) -> None:
    assert db.refused(f"SELECT TO_DATE('{text}', '{model}') FROM dual") == code


def test_the_session_formats_rule_implicit_conversions(db: Bench) -> None:
    db.set("nls_date_format", "DD-MON-RR")
    assert db.value("TO_CHAR(DATE '2020-05-07')") == "07-MAY-20"
    assert db.value("CAST('08-MAY-20' AS DATE)") == "2020-05-08 00:00:00"
    assert db.refused("SELECT 1 FROM dual WHERE DATE '2020-05-07' = '2020-05-07'") == 1861


def test_the_session_decimal_mark_rules_numbers_as_text(db: Bench) -> None:
    db.set("nls_numeric_characters", ",.")
    assert db.value("TO_CHAR(1.5)") == "1,5"
    assert db.value("TO_NUMBER('1,5') + 0") == "1.5"
    assert db.refused("SELECT TO_NUMBER('1.5') FROM dual") == 1722


def test_the_session_time_zone_rules_local_times(db: Bench) -> None:
    db.set("time_zone", "+05:30")
    assert db.value("CAST(TIMESTAMP '2020-01-01 12:00:00' AS TIMESTAMP WITH TIME ZONE)") == (
        "2020-01-01 06:30:00",
        330,
    )
    assert db.value("SESSIONTIMEZONE") == "+05:30"
    ((now, offset),) = db.run("SELECT CURRENT_TIMESTAMP, SYSTIMESTAMP FROM dual")
    assert (now[1], offset[1]) == (330, 0)


def test_a_local_time_zone_column_is_shown_in_the_zone_of_the_reader(db: Bench) -> None:
    db.table("T", "X TIMESTAMP(6) WITH LOCAL TIME ZONE")
    db.set("time_zone", "+02:00")
    db.run("INSERT INTO t VALUES (TIMESTAMP '2020-01-01 12:00:00')")
    db.set("time_zone", "-01:00")
    assert db.run("SELECT x, TO_CHAR(x, 'HH24:MI') FROM t") == [("2020-01-01 09:00:00", "09:00")]


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("ch", "'ab'", True),  # CHAR with a literal: blank-padded
        ("ch", "vc", False),  # a VARCHAR2 on either side: not padded
        ("'ab'", "ch", True),
        ("ch", "ch9", True),
        ("vc", "'ab '", False),
    ],
)
def test_only_char_compares_without_its_blanks(db: Bench, left: str, right: str, equal: bool) -> None:  # noqa: FBT001
    db.table("T", "CH CHAR(5), CH9 CHAR(9), VC VARCHAR2(5)")
    db.run("INSERT INTO t VALUES ('ab', 'ab', 'ab')")
    assert (db.run(f"SELECT 1 FROM t WHERE {left} = {right}") != []) == equal


def test_a_bind_is_not_blank_padded(db: Bench) -> None:
    db.table("T", "CH CHAR(5)")
    db.run("INSERT INTO t VALUES ('ab')")
    assert db.run("SELECT 1 FROM t WHERE ch = :b", "ab") == []


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("x = :b", 1),
        ("x >= :b", 2),
        ("x < :b", 0),
        (":b = x", 1),
        ("x IN (:b)", 1),
    ],
)
def test_timestamps_compare_to_the_nanosecond(db: Bench, condition: str, count: int) -> None:
    db.table("T", "X TIMESTAMP(9)")
    for fraction in ("123456789", "12345679"):
        db.run("INSERT INTO t VALUES (:b)", f"2020-01-01 00:00:00.{fraction}", types=["TIMESTAMP(9)"])
    rows = db.run(
        f"SELECT x FROM t WHERE {condition}", "2020-01-01 00:00:00.123456789", types=["TIMESTAMP(9)"]
    )
    assert len(rows) == count


def test_a_time_zone_compares_by_the_instant(db: Bench) -> None:
    same = "TIMESTAMP '2020-01-01 12:00:00 +02:00' = TIMESTAMP '2020-01-01 10:00:00 +00:00'"
    assert db.run(f"SELECT 1 FROM dual WHERE {same}") == [("1",)]


def test_nan_is_equal_to_itself_and_greater_than_anything(db: Bench) -> None:
    condition = (
        "TO_BINARY_DOUBLE('NaN') = TO_BINARY_DOUBLE('NaN') AND TO_BINARY_DOUBLE('NaN') >"
        " TO_BINARY_DOUBLE('Inf')"
    )
    assert db.run(f"SELECT 1 FROM dual WHERE {condition}") == [("1",)]


def test_dividing_a_binary_number_by_zero_is_infinite(db: Bench) -> None:
    assert db.value("1d / 0") == float("inf")


@pytest.mark.parametrize("method", ["MD5", "SHA1", "SHA256", "SHA384", "SHA512"])
def test_standard_hash_is_the_standard_one(db: Bench, method: str) -> None:
    import hashlib

    assert db.value(f"STANDARD_HASH('abc', '{method}')") == hashlib.new(method.lower(), b"abc").digest()


def test_standard_hash_without_a_method_is_sha1(db: Bench) -> None:
    assert db.value("RAWTOHEX(STANDARD_HASH('abc'))") == "A9993E364706816ABA3E25717850C26C9CD0D89D"


def test_dbms_lob_reads_what_operators_may_not(db: Bench) -> None:
    db.table("T", "C CLOB, B BLOB")
    db.run("INSERT INTO t VALUES ('hello', HEXTORAW('0102'))")
    sql = (
        "SELECT DBMS_LOB.GETLENGTH(c), DBMS_LOB.SUBSTR(c, 2, 3), DBMS_LOB.COMPARE(c,"
        " 'hello'), DBMS_LOB.INSTR(c, 'l'),"
        " DBMS_LOB.GETLENGTH(b), DBMS_LOB.SUBSTR(b, 1, 2), LENGTH(c) FROM t"
    )
    assert db.run(sql) == [("5", "ll", "0", "3", "2", b"\x02", "5")]


def test_an_empty_clob_is_not_null(db: Bench) -> None:
    db.table("T", "C CLOB")
    db.run("INSERT INTO t VALUES (EMPTY_CLOB())")
    assert db.run("SELECT DBMS_LOB.GETLENGTH(c) FROM t WHERE c IS NOT NULL") == [("0",)]


def test_sys_guid_is_new_each_time(db: Bench) -> None:
    first, second = db.value("SYS_GUID()"), db.value("SYS_GUID()")
    assert (len(first), first != second) == (16, True)


def test_sys_context_answers_what_the_session_is(db: Bench) -> None:
    db.set("current_schema", "SCOTT")
    assert db.value("SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')") == "SCOTT"
    assert db.refused("SELECT SYS_CONTEXT('USERENV', 'NONSENSE') FROM dual") == 2003


def test_json_in_text_can_be_asked(db: Bench) -> None:
    document = '{"a": {"b": [1, 2]}, "c": "x"}'
    assert db.value(f"JSON_VALUE('{document}', '$.c')") == "x"
    assert db.value(f"JSON_VALUE('{document}', '$.a.b[1]' RETURNING NUMBER)") == "2"
    assert db.run(f"SELECT 1 FROM dual WHERE '{document}' IS JSON AND 'x' IS NOT JSON") == [("1",)]


@pytest.mark.parametrize(("digits", "length"), [(0, 19), (3, 23), (6, 26)])
def test_the_clock_shows_as_many_digits_as_asked(db: Bench, digits: int, length: int) -> None:
    text = db.value(f"TO_CHAR(LOCALTIMESTAMP({digits}), 'YYYY-MM-DD HH24:MI:SS.FF')")
    assert len(text.rstrip(".")) == length


def test_a_timestamp_bind_of_unknown_precision_keeps_its_nanoseconds(db: Bench) -> None:
    db.table("T", "X TIMESTAMP(9)")
    moment = "2020-01-01 00:00:00.123456789"
    statement = parse("INSERT INTO t SELECT :x FROM dual")
    compiled = compile_dml(statement, db, [OracleType(TypeName.TIMESTAMP)])
    db.connection.execute(compiled.text, [moment])
    assert db.column("SELECT x FROM t") == [moment]


def test_a_package_function_needs_no_parentheses(db: Bench) -> None:
    assert 0 <= float(db.value("DBMS_RANDOM.VALUE")) < 1
