from typing import Any

import pytest
from dlt.common.exceptions import TerminalValueError

from dlt_oracle.destinations import oracle
from dlt_oracle.destinations.oracle_types import Bind, OracleType
from dlt_oracle.destinations.type_mapper import OracleTypeMapper

MAPPER = OracleTypeMapper(oracle()._raw_capabilities())


def column(data_type: str, **hints: Any) -> Any:
    return {"name": "c", "data_type": data_type, **hints}


def table(*columns: dict[str, Any], name: str = "items") -> Any:
    return {"name": name, "columns": {item["name"]: item for item in columns}}


@pytest.mark.parametrize(
    ("hints", "ddl"),
    [
        (column("text"), "VARCHAR2(4000 BYTE)"),
        (column("text", precision=78), "VARCHAR2(78 CHAR)"),
        (column("text", precision=4001), "CLOB"),
        (column("text", primary_key=True), "VARCHAR2(1000 BYTE)"),
        (column("text", primary_key=True, precision=20), "VARCHAR2(20 CHAR)"),
        (column("text", primary_key=True, precision=1000), "VARCHAR2(1000 CHAR)"),
        (column("text", unique=True, precision=2000), "VARCHAR2(4000 BYTE)"),
        (column("text", row_key=True), "VARCHAR2(128 BYTE)"),
        ({"name": "_dlt_load_id", "data_type": "text"}, "VARCHAR2(128 BYTE)"),
        (column("json"), "CLOB"),
        (column("bigint"), "NUMBER(19)"),
        (column("bigint", precision=8), "NUMBER(3)"),
        (column("bigint", precision=16), "NUMBER(5)"),
        (column("bigint", precision=32), "NUMBER(10)"),
        (column("bigint", precision=64), "NUMBER(19)"),
        (column("bool"), "NUMBER(1)"),
        (column("double"), "BINARY_DOUBLE"),
        (column("decimal"), "NUMBER(38,9)"),
        (column("decimal", precision=10, scale=2), "NUMBER(10,2)"),
        (column("decimal", precision=50, scale=2), "VARCHAR2(79 BYTE)"),
        (column("wei"), "VARCHAR2(79 BYTE)"),
        (column("date"), "DATE"),
        (column("time"), "CHAR(15)"),
        (column("time", precision=0), "CHAR(8)"),
        (column("timestamp"), "TIMESTAMP(6) WITH TIME ZONE"),
        (column("timestamp", precision=9), "TIMESTAMP(9) WITH TIME ZONE"),
        (column("timestamp", timezone=False, precision=0), "TIMESTAMP(0)"),
        (column("binary"), "BLOB"),
        (column("binary", precision=16), "RAW(16)"),
        (column("binary", precision=2001), "BLOB"),
        (column("text", **{"x-oracle-type": "VARCHAR2(10 CHAR)"}), "VARCHAR2(10 CHAR)"),
    ],
)
def test_each_dlt_type_has_its_oracle_type(hints: Any, ddl: str) -> None:
    assert MAPPER.to_destination_type(hints, table(hints)) == ddl


def test_the_text_keys_of_a_table_fit_one_index_together() -> None:
    precisions = [None, 10, 100, 500, 4000, *[None] * 7]
    keys = [
        {"name": f"k{n}", "data_type": "text", "primary_key": True, "precision": precision}
        for n, precision in enumerate(precisions)
    ]
    types = [MAPPER.oracle_type(key, table(*keys)) for key in keys]
    assert [type_.ddl for type_ in types[:4]] == [
        "VARCHAR2(500 BYTE)",
        "VARCHAR2(10 CHAR)",
        "VARCHAR2(100 CHAR)",
        "VARCHAR2(500 BYTE)",
    ]
    assert sum(type_.key_bytes or 0 for type_ in types) <= 6000


def test_a_row_id_of_a_users_own_is_as_long_as_its_precision_says() -> None:
    assert MAPPER.to_destination_type(column("text", row_key=True), table()) == "VARCHAR2(128 BYTE)"
    asked = column("text", row_key=True, precision=300)
    assert MAPPER.to_destination_type(asked, table()) == "VARCHAR2(300 CHAR)"


def test_texts_of_dlts_own_tables_are_short_enough_to_compare() -> None:
    assert MAPPER.to_destination_type(column("text"), table(name="_dlt_version")) == "VARCHAR2(512 BYTE)"


def test_an_integer_beyond_38_digits_is_refused_with_the_way_out() -> None:
    with pytest.raises(TerminalValueError, match="'wei' or 'text'"):
        MAPPER.to_destination_type(column("bigint", precision=256), table())


def test_a_type_hint_that_cannot_be_loaded_is_refused_by_name() -> None:
    with pytest.raises(TerminalValueError, match=r"'c'.*'XMLTYPE'"):
        MAPPER.to_destination_type(column("text", **{"x-oracle-type": "XMLTYPE"}), table())


@pytest.mark.parametrize(
    ("db_type", "precision", "scale", "dlt_type"),
    [
        ("VARCHAR2 BYTE", 4000, None, {"data_type": "text"}),
        ("VARCHAR2 CHAR", 30, None, {"data_type": "text", "precision": 30}),
        ("VARCHAR2 BYTE", 78, None, {"data_type": "wei"}),
        ("VARCHAR2 BYTE", 79, None, {"data_type": "wei"}),
        ("CLOB", None, None, {"data_type": "text"}),
        ("JSON", None, None, {"data_type": "json"}),
        ("NUMBER", 1, 0, {"data_type": "bool"}),
        ("NUMBER", 3, 0, {"data_type": "bigint", "precision": 8}),
        ("NUMBER", 19, 0, {"data_type": "bigint"}),
        ("NUMBER", 38, 9, {"data_type": "decimal", "precision": 38, "scale": 9}),
        ("NUMBER", None, None, {"data_type": "decimal"}),
        ("BINARY_DOUBLE", None, None, {"data_type": "double"}),
        ("DATE", None, None, {"data_type": "date"}),
        ("CHAR", 15, None, {"data_type": "time"}),
        ("CHAR", 8, None, {"data_type": "time", "precision": 0}),
        ("CHAR", 3, None, {"data_type": "text"}),
        ("TIMESTAMP(6) WITH TIME ZONE", None, 6, {"data_type": "timestamp"}),
        ("TIMESTAMP(9)", None, 9, {"data_type": "timestamp", "precision": 9, "timezone": False}),
        ("BLOB", None, None, {"data_type": "binary"}),
        ("RAW", 16, None, {"data_type": "binary", "precision": 16}),
    ],
)
def test_each_oracle_type_is_read_back_as_the_dlt_type_it_came_from(
    db_type: str, precision: int | None, scale: int | None, dlt_type: Any
) -> None:
    assert MAPPER.from_destination_type(db_type, precision, scale) == dlt_type


def test_a_length_in_characters_is_capped_in_bytes_all_the_same() -> None:
    parsed = OracleType.parse("VARCHAR2(100 CHAR)")
    assert (parsed.bind, parsed.max_characters, parsed.max_bytes) == (Bind.STRING, 100, 4000)
