"""Documents and vectors: their binary forms against the driver's own, and whole columns of them."""

from __future__ import annotations

import array
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import oracledb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import Column, TypeName, VectorFormat
from dlt_oracle.embedded.protocol.oson import decode_document, encode_document
from dlt_oracle.embedded.protocol.packets import ProtocolError
from dlt_oracle.embedded.protocol.vectors import decode_vector, encode_vector

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXTS | st.text("ab", min_size=250)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner, max_size=5), max_leaves=30
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(document=DOCUMENTS)
def test_documents_cross_both_ways(connection: oracledb.Connection, document: Any) -> None:
    text = json.dumps(document)
    assert connection.decode_oson(encode_document(text)) == json.loads(text, parse_int=Decimal)
    assert json.loads(decode_document(connection.encode_oson(document))) == document
    assert json.loads(decode_document(encode_document(text))) == document


@pytest.mark.parametrize("fields", [0, 255, 256])
def test_a_document_has_any_number_of_fields(connection: oracledb.Connection, fields: int) -> None:
    document = {f"field{number}": [number] for number in range(fields)}
    assert connection.decode_oson(encode_document(json.dumps(document))) == document
    assert json.loads(decode_document(connection.encode_oson(document))) == document


@pytest.mark.parametrize("length", [255, 256, 60_000])
def test_the_name_of_a_field_may_be_long(
    database: Any, connect: Callable[..., oracledb.Connection], length: int
) -> None:
    database.version = "23ai"
    connection, document = connect(), {"x" * length: 1, "y": {"z" * length: 2}}
    assert connection.decode_oson(encode_document(json.dumps(document))) == document
    assert json.loads(decode_document(connection.encode_oson(document))) == document


def test_every_digit_of_a_number_crosses() -> None:
    text = "[123456789012345678901234567890.12345678,-0.000000000000000000001]"
    assert decode_document(encode_document(text)) == text


def test_what_json_text_cannot_say_is_refused(connection: oracledb.Connection) -> None:
    with pytest.raises(OracleError, match="ORA-03001"):
        decode_document(connection.encode_oson({"a": b"bytes"}))
    with pytest.raises(ProtocolError):
        decode_document(b'{"a": 1}')


@pytest.mark.parametrize("vector_format", VectorFormat)
def test_vectors_cross_both_ways(vector_format: VectorFormat) -> None:
    values = [1.0, -2.0, 127.0]
    assert decode_vector(encode_vector(values, vector_format)) == values


def test_a_sparse_or_broken_vector_is_refused() -> None:
    image = bytearray(encode_vector([1.0], VectorFormat.FLOAT64))
    image[3] |= 0x20
    with pytest.raises(OracleError, match="ORA-03001"):
        decode_vector(bytes(image))
    with pytest.raises(ProtocolError):
        decode_vector(array.array("d", [1.0]).tobytes())


def test_documents_are_bound_and_fetched(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    database.version = "21c"
    texts = ['{"a":[1,null]}', None, '"text"']
    database.queries["select j from t"] = [column("J", TypeName.JSON)], [(text,) for text in texts]
    cursor = connect().cursor()
    documents = [(json.loads(text) if text else None,) for text in texts]
    assert cursor.execute("select j from t").fetchall() == documents
    assert (cursor.description[0].type_code, cursor.description[0].is_json) == (oracledb.DB_TYPE_JSON, True)
    cursor.setinputsizes(oracledb.DB_TYPE_JSON, None)  # behind it a bind that comes in another form
    cursor.executemany("insert into t values (:1, :2)", [(*document, "x") for document in documents])
    assert (database.types, database.rows) == (
        [TypeName.JSON, TypeName.VARCHAR2],
        [(text, "x") for text in texts],
    )


def test_documents_and_vectors_are_fetched_as_text_on_demand(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    database.version = "23ai"
    columns = [column("J", TypeName.JSON), column("V", TypeName.VECTOR)]
    database.queries["select j, v from t"] = columns, [('{"a":1}', [1.0, 2.5]), (None, None)]
    connection = connect()
    connection.outputtypehandler = lambda cursor, _: cursor.var(str, arraysize=cursor.arraysize)
    found = connection.cursor().execute("select j, v from t").fetchall()
    assert found == [('{"a":1}', "[1.0,2.5]"), (None, None)]


def test_vectors_are_bound_and_fetched(
    database: Any, connect: Callable[..., oracledb.Connection], column: Callable[..., Column]
) -> None:
    database.version = "23ai"
    columns = [
        column("A", TypeName.VECTOR, length=2, vector_format=VectorFormat.FLOAT32),
        column("B", TypeName.VECTOR),
    ]
    database.queries["select a, b from t"] = columns, [([1.5, -2.0], [1.0]), (None, [2.0, 3.0])]
    cursor = connect().cursor()
    found = cursor.execute("select a, b from t").fetchall()
    assert found == [
        (array.array("f", [1.5, -2.0]), array.array("d", [1.0])),
        (None, array.array("d", [2.0, 3.0])),
    ]
    described = [(info.vector_dimensions, info.vector_format) for info in cursor.description]
    assert described == [(2, oracledb.VECTOR_FORMAT_FLOAT32), (None, None)]
    vectors = pa.array([[1.0, 2.0], None], pa.list_(pa.float64()))
    cursor.executemany("insert into t values (:1, :2)", pa.table({"v": vectors, "n": [1, 2]}))
    assert (database.types, database.rows) == (
        [TypeName.VECTOR, TypeName.NUMBER],
        [([1.0, 2.0], "1"), (None, "2")],
    )
