"""LOBs by value and by locator."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import oracledb
import pytest

from dlt_oracle.embedded.model import Column, Outcome, TypeName

if TYPE_CHECKING:
    from collections.abc import Callable


TEXTS = ["a", "ä" * 3000, "😀" * 20_000, "x" * 200_000]


@pytest.mark.parametrize("text", TEXTS, ids=["short", "umlauts", "surrogates", "long"])
@pytest.mark.parametrize("type_name", [TypeName.CLOB, TypeName.NCLOB])
@pytest.mark.parametrize("fetch_lobs", [True, False])
def test_texts_arrive_whole(
    database: Any,
    connection: oracledb.Connection,
    column: Callable[..., Column],
    text: str,
    type_name: TypeName,
    *,
    fetch_lobs: bool,
) -> None:
    database.queries["select d from t"] = [column("D", type_name)], [(text,), (None,), (text,)]
    cursor = connection.cursor()
    for _ in range(2):  # parsed, then run again from the statement cache
        cursor.execute("select d from t", fetch_lobs=fetch_lobs)
        found = [d for (d,) in cursor]
        assert [d.read() if d is not None and fetch_lobs else d for d in found] == [text, None, text]


@pytest.mark.parametrize("fetch_lobs", [True, False])
def test_bytes_arrive_whole(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column], *, fetch_lobs: bool
) -> None:
    value = bytes(range(256)) * 1000
    database.queries["select d from t"] = [column("D", TypeName.BLOB)], [(value,), (None,)]
    cursor = connection.cursor()
    found = cursor.execute("select d from t", fetch_lobs=fetch_lobs).fetchall()
    assert [d.read() if d is not None and fetch_lobs else d for (d,) in found] == [value, None]


def test_more_rows_than_are_prefetched_arrive_with_their_lobs(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    rows = [(str(n), f"text {n}") for n in range(250)]
    database.queries["select n, d from t"] = (
        [column("N", TypeName.NUMBER), column("D", TypeName.CLOB)],
        rows,
    )
    cursor = connection.cursor()
    cursor.execute("select n, d from t")
    assert [(str(n), d.read()) for n, d in cursor] == rows


def test_an_empty_result_with_a_lob_column_ends(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select d from t"] = [column("D", TypeName.CLOB)], []
    assert cursor.execute("select d from t").fetchall() == []


def test_pieces_of_a_lob_are_counted_in_utf16_units(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select d from t"] = [column("D", TypeName.CLOB)], [("ab😀cd",)]
    (lob,) = cursor.execute("select d from t").fetchone()
    assert lob.size() == 6
    assert lob.read(3, 2) == "😀"
    assert lob.read(5, 100) == "cd"
    assert lob.read(7) == ""


def test_pieces_of_a_blob_are_counted_in_bytes(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select d from t"] = [column("D", TypeName.BLOB)], [(b"0123456789",)]
    (lob,) = cursor.execute("select d from t").fetchone()
    assert (lob.size(), lob.read(3, 2), lob.read(11), lob.getchunksize()) == (10, b"23", b"", 8132)


def test_a_fetched_lob_cannot_be_changed_through_its_locator(
    database: Any, cursor: oracledb.Cursor, column: Callable[..., Column]
) -> None:
    database.queries["select d from t"] = [column("D", TypeName.CLOB)], [("abc",)]
    (lob,) = cursor.execute("select d from t").fetchone()
    for change in (lambda: lob.write("x"), lambda: lob.trim(1)):
        with pytest.raises(oracledb.DatabaseError, match=r"ORA-03001.*changing a fetched LOB"):
            change()


@pytest.mark.parametrize(
    ("db_type", "value", "type_name"),
    [
        (oracledb.DB_TYPE_CLOB, "😀ä" * 50_000, TypeName.CLOB),
        (oracledb.DB_TYPE_NCLOB, "😀ä" * 50_000, TypeName.NCLOB),
        (oracledb.DB_TYPE_BLOB, b"\0\xff" * 50_000, TypeName.BLOB),
    ],
)
def test_a_temporary_lob_is_written_read_and_bound(
    database: Any, connection: oracledb.Connection, db_type: oracledb.DbType, value: Any, type_name: TypeName
) -> None:
    lob = connection.createlob(db_type)
    lob.write(value)
    assert lob.read() == value
    cursor = connection.cursor()
    cursor.execute("insert into t values (:1, :2)", [1, lob])
    assert (database.types[1], database.rows) == (type_name, [("1", value)])


def test_arrays_of_values_go_as_temporary_lobs(database: Any, cursor: oracledb.Cursor) -> None:
    cursor.setinputsizes(None, oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_BLOB)
    rows = [(n, None if n % 3 == 0 else f"text {n}", b"b" * n or None) for n in range(20)]
    cursor.executemany("insert into t values (:1, :2, :3)", rows)
    assert database.rows == [(str(n), text, blob) for n, text, blob in rows]


def test_a_temporary_lob_is_overwritten_extended_and_trimmed(connection: oracledb.Connection) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_CLOB)
    lob.write("abcdef")
    lob.write("XY", 3)
    lob.write("z", 9)
    assert lob.read() == "abXYef  z"
    lob.trim(4)
    assert (lob.read(), lob.size()) == ("abXY", 4)
    with pytest.raises(oracledb.DatabaseError, match="ORA-22926"):
        lob.trim(5)


def test_opening_and_closing_are_kept(connection: oracledb.Connection) -> None:
    lob = connection.createlob(oracledb.DB_TYPE_BLOB)
    assert not lob.isopen()
    lob.open()
    assert lob.isopen()
    with pytest.raises(oracledb.DatabaseError, match="ORA-22293"):
        lob.open()
    lob.close()
    with pytest.raises(oracledb.DatabaseError, match="ORA-22289"):
        lob.close()


def test_an_empty_temporary_lob_is_bound_as_null(database: Any, connection: oracledb.Connection) -> None:
    connection.cursor().execute("insert into t values (:1)", [connection.createlob(oracledb.DB_TYPE_CLOB)])
    assert database.rows == [(None,)]


def test_lobs_are_forgotten_when_the_client_drops_them(
    database: Any, connection: oracledb.Connection, column: Callable[..., Column]
) -> None:
    database.queries["select d from t"] = [column("D", TypeName.CLOB)], [("x" * 50,)] * 100
    cursor = connection.cursor()
    cursor.execute("select d from t")
    kept = cursor.fetchone()[0]
    for (lob,) in cursor:
        lob.read()
    del lob, cursor
    temporary = connection.createlob(oracledb.DB_TYPE_CLOB)
    temporary.write("y")
    del temporary
    gc.collect()
    connection.ping()  # carries the list of dropped ones
    assert kept.read() == "x" * 50


def test_a_returned_lob_is_read_by_its_locator(database: Any, connection: oracledb.Connection) -> None:
    sql = "insert into t (d) values (:1) returning d into :2"
    database.actions[sql] = lambda _s, _t, rows, _b: Outcome(1, out_values=([rows[0][0] * 2],))
    cursor = connection.cursor()
    document = cursor.var(oracledb.DB_TYPE_CLOB)
    cursor.execute(sql, ["abc", document])
    assert document.getvalue()[0].read() == "abcabc"
