"""A PostgreSQL with schema ``ora`` and a dictionary of a few tables: the translator without the engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from dlt_oracle.embedded.engine.cluster import Cluster
from dlt_oracle.embedded.engine.connection import connect
from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import Column, OracleType, TypeName
from dlt_oracle.embedded.sql import ast, runtime, storage
from dlt_oracle.embedded.sql.compile import compile_dml, compile_expression, compile_query, compile_view
from dlt_oracle.embedded.sql.dictionary import Relation, RelationColumn, RelationKind, SequenceObject
from dlt_oracle.embedded.sql.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLUMN = re.compile(
    r"""
    (?P<name>"[^"]+"|\w+)[ ]
    (?P<type>TIMESTAMP(?:\(\d\))?[ ]WITH(?:[ ]LOCAL)?[ ]TIME[ ]ZONE|INTERVAL[ ]DAY[ ]TO[ ]SECOND|\w+)
    (?:\((?P<p>\d+|\*)(?:,(?P<s>-?\d+))?[ ]?(?P<unit>CHAR|BYTE)?\))?
    (?P<null>[ ]NOT[ ]NULL)?(?:[ ]DEFAULT[ ](?P<default>.+))?$
    """,
    re.VERBOSE,
)
_LENGTHS = frozenset({"VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "RAW"})
# What the engine makes of PostgreSQL's own errors, as far as these tests meet them.
_STATES = {"21000": 1427, "22012": 1476, "22003": 1438, "23502": 1400, "23505": 1, "22P02": 1722}
DUAL = Relation(
    "SYS",
    "DUAL",
    RelationKind.VIEW,
    "(SELECT 'X'::text AS c1)",
    (RelationColumn(Column("DUMMY", OracleType(TypeName.VARCHAR2, 1)), "c1"),),
)


def oracle_type(text: str) -> OracleType:
    """Read a type as the tests write it: ``NUMBER(9,2)``, ``VARCHAR2(10 CHAR)``, ``TIMESTAMP(9)``."""
    return _column(f"X {text}").column.type


def _column(text: str, sql: str = "c1") -> RelationColumn:
    match = _COLUMN.match(text.strip())
    assert match is not None, text
    digits = re.search(r"TIMESTAMP\((\d)\)", match["type"])
    name = TypeName(re.sub(r"\(\d\)", "", match["type"]))
    first = None if match["p"] in {None, "*"} else int(match["p"])
    second = None if match["s"] is None else int(match["s"])
    if name.value in _LENGTHS:
        found = OracleType(name, first, char_semantics=match["unit"] == "CHAR")
    elif name.value.startswith("TIMESTAMP"):
        found = OracleType(name, scale=int(digits[1]) if digits else 6 if first is None else first)
    elif name is TypeName.NUMBER and first is not None:
        found = OracleType(name, precision=first, scale=second or 0)
    else:
        found = OracleType(name, precision=first, scale=second)
    written = match["name"]
    oracle_name = written[1:-1] if written.startswith('"') else written.upper()
    return RelationColumn(Column(oracle_name, found, match["null"] is None), sql, match["default"])


@dataclass
class Bench:
    """Oracle statements on a bare PostgreSQL: compile, run, decode."""

    connection: Any
    version: str = "19c"
    max_string_bytes: int = 4000
    relations: dict[str, Relation] = field(default_factory=lambda: {"DUAL": DUAL})
    sequences: dict[str, SequenceObject] = field(default_factory=dict)

    @staticmethod
    def type(text: str) -> OracleType:
        """Read a type as the tests write it."""
        return oracle_type(text)

    def relation(self, owner: str | None, name: str, position: int = 0) -> Relation:
        found = self.relations.get(name)
        if found is None or owner not in {None, found.owner}:
            raise OracleError(942, position=position)
        return found

    def sequence(self, _owner: str | None, name: str) -> SequenceObject | None:
        return self.sequences.get(name)

    def table(self, name: str, columns: str) -> Relation:
        """Make a table from ``name TYPE [NOT NULL] [DEFAULT postgresql], …``."""
        texts = re.split(r", (?![^(]*\))", columns)
        made = tuple(_column(text, f"c{number}") for number, text in enumerate(texts, 1))
        number = len(self.relations)
        relation = Relation("S", name, RelationKind.TABLE, f"data.t{number}", made)
        lines = []
        for each in made:
            null = "" if each.column.nullable else " NOT NULL"
            default = f" DEFAULT {each.default}" if each.default else ""
            lines.append(f"{each.sql} {storage.column_type(each.column.type)}{default}{null}")
            checks = storage.column_checks(each.column.type, each.sql)
            lines += [f"CONSTRAINT {check} CHECK ({condition})" for check, condition in checks]
        self.connection.execute(f"CREATE TABLE {relation.source} ({', '.join(lines)})")
        self.relations[name] = relation
        return relation

    def view(self, name: str, query: str) -> None:
        statement = parse(query, version=self.version)
        assert isinstance(statement, ast.SelectStatement)
        self.relations[name] = compile_view(statement.query, self, "S", name)

    def make_sequence(self, name: str) -> None:
        self.connection.execute(f"CREATE SEQUENCE data.{name.lower()}")
        self.sequences[name] = SequenceObject("S", name, f"data.{name.lower()}")

    def set(self, name: str, value: str) -> None:
        """Change a session setting, as ALTER SESSION does."""
        self.connection.execute("SELECT set_config(%s, %s, false)", (f"ora.{name}", value))

    def describe(self, sql: str, types: Sequence[str] = ()) -> list[tuple[str, OracleType, bool]]:
        statement = parse(sql, version=self.version)
        compiled = compile_query(statement, self, [oracle_type(each) for each in types])
        return [(each.name, each.type, each.nullable) for each in compiled.columns]

    def run(self, sql: str, *binds: Any, types: Sequence[str] = ()) -> Any:
        """Run a statement: the rows of a query, the returned rows of RETURNING, else the row count."""
        statement = parse(sql, version=self.version)
        bind_types = [oracle_type(each) for each in types] or [_type_of(value) for value in binds]
        if isinstance(statement, ast.SelectStatement):
            compiled: Any = compile_query(statement, self, bind_types)
        else:
            compiled = compile_dml(statement, self, bind_types)
        parameters = [self._parameter(binds[index], bind_types[index]) for index in compiled.parameters]
        try:
            cursor = self.connection.execute(compiled.text, parameters)
        except psycopg.Error as error:
            raise _oracle_error(error) from error
        if not getattr(compiled, "columns", None) and not getattr(compiled, "out_columns", None):
            return cursor.rowcount
        return [
            tuple(
                value if value is None or decode is None else decode(value)
                for value, decode in zip(row, compiled.decoders, strict=True)
            )
            for row in cursor.fetchall()
        ]

    def value(self, expression: str, *binds: Any, types: Sequence[str] = ()) -> Any:
        """Return the value of one expression."""
        ((value,),) = self.run(f"SELECT {expression} FROM dual", *binds, types=types)
        return value

    def column(self, sql: str, *binds: Any) -> list[Any]:
        return [row[0] for row in self.run(sql, *binds)]

    def refused(self, sql: str, *binds: Any, types: Sequence[str] = ()) -> int:
        """Return the ORA code with which a statement fails."""
        with pytest.raises(OracleError) as caught:
            self.run(sql, *binds, types=types)
        return caught.value.code

    def compile_expression(self, text: str, table: str | None, target: str | None = None) -> str:
        statement = parse(f"SELECT {text} FROM dual", version=self.version)
        assert isinstance(statement, ast.SelectStatement)
        assert isinstance(statement.query.body, ast.Select)
        node = statement.query.body.items[0].expression
        relation = None if table is None else self.relations[table]
        return compile_expression(node, relation, self, oracle_type(target) if target else None)

    @staticmethod
    def _parameter(value: Any, bind_type: OracleType) -> str | None:
        return None if value is None else storage.parameter_encoder(bind_type)(value)


def _type_of(value: Any) -> OracleType:
    kinds = {int: TypeName.NUMBER, float: TypeName.BINARY_DOUBLE, bytes: TypeName.RAW}
    name = kinds.get(type(value), TypeName.VARCHAR2)
    return OracleType(name, 4000 if name is TypeName.VARCHAR2 else None)


def _oracle_error(error: psycopg.Error) -> OracleError:
    if error.sqlstate == storage.RAISED:
        code, arguments = storage.raised(error.diag.message_primary or "", error.diag.message_detail)
        return OracleError(code, *arguments)
    code = _STATES.get(error.sqlstate or "")
    assert code is not None, f"{error.sqlstate} {error}"
    return OracleError(code, "?")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of a PostgreSQL that has schema ``ora``."""
    cluster = Cluster(tmp_path_factory.mktemp("postgresql") / "cluster")
    cluster.start()
    try:
        with psycopg.connect(cluster.conninfo) as connection:
            connection.execute(runtime.script())
        yield cluster.conninfo
    finally:
        cluster.stop()


@pytest.fixture
def db(postgresql: str) -> Iterator[Bench]:
    """An empty schema ``data`` and a session with ISO formats."""
    with connect(postgresql) as connection:
        connection.execute("DROP SCHEMA IF EXISTS data CASCADE; CREATE SCHEMA data")
        bench = Bench(connection)
        bench.set("nls_date_format", "YYYY-MM-DD HH24:MI:SS")
        bench.set("nls_timestamp_format", "YYYY-MM-DD HH24:MI:SS.FF")
        bench.set("nls_timestamp_tz_format", "YYYY-MM-DD HH24:MI:SS.FF TZH:TZM")
        yield bench
