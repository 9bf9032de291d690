"""Trees of DML, DDL, control statements and PL/SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, StatementKind, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import parse

if TYPE_CHECKING:
    from dlt_oracle.embedded import model

T = ast.QualifiedName(None, "T")


def create_table(text: str) -> ast.CreateTable:
    statement = parse(text)
    assert isinstance(statement, ast.CreateTable)
    return statement


def actions(text: str) -> tuple[ast.AlterAction, ...]:
    statement = parse(f"ALTER TABLE t {text}")
    assert isinstance(statement, ast.AlterTable)
    return statement.actions


def names(*texts: str) -> tuple[ast.Name, ...]:
    return tuple(ast.Name(text) for text in texts)


# --- the statement as the wire sees it ----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT 1 FROM dual", StatementKind.QUERY),
        ("WITH a AS (SELECT 1 x FROM dual) SELECT x FROM a", StatementKind.QUERY),
        ("INSERT INTO t VALUES (1)", StatementKind.DML),
        ("INSERT ALL INTO t SELECT * FROM u", StatementKind.DML),
        ("MERGE INTO t USING u ON (t.a = u.a) WHEN MATCHED THEN UPDATE SET b = 1", StatementKind.DML),
        ("TRUNCATE TABLE t", StatementKind.DDL),
        ("GRANT CREATE SESSION TO u", StatementKind.DDL),
        ("COMMIT", StatementKind.CONTROL),
        ("ALTER SESSION SET TIME_ZONE = 'UTC'", StatementKind.CONTROL),
        ("LOCK TABLE t IN SHARE MODE", StatementKind.CONTROL),
        ("BEGIN NULL; END;", StatementKind.PLSQL),
        ("CALL p()", StatementKind.PLSQL),
    ],
)
def test_every_statement_has_a_kind(text: str, kind: StatementKind) -> None:
    statement: model.Statement = parse(text)
    assert statement.kind is kind


def test_returning_binds_are_out_binds() -> None:
    statement = parse("UPDATE t SET a = :x WHERE b = :y RETURNING c, d INTO :y, :z")
    assert (statement.binds, statement.out_binds) == (("X", "Y", "Y", "Z"), frozenset({2, 3}))


def test_a_bind_counts_once_in_plsql() -> None:
    statement = parse("BEGIN :b := :a; p(:b, :c); INSERT INTO t VALUES (:a) RETURNING x INTO :d; END;")
    assert (statement.binds, statement.out_binds) == (("B", "A", "C", "D"), frozenset())


def test_ddl_takes_no_binds() -> None:
    with pytest.raises(OracleError, match="ORA-01027"):
        parse("CREATE VIEW v AS SELECT a FROM t WHERE b = :b")


# --- DML ----------------------------------------------------------------------------------------


def test_insert_values() -> None:
    assert parse('INSERT /*+ APPEND_VALUES */ INTO s.t x (x.a, "b") VALUES (:1, DEFAULT)') == ast.Insert(
        ast.DmlTarget(ast.QualifiedName("S", "T"), "X"),
        (ast.ColumnRef(("X", "A")), ast.ColumnRef(("b",))),
        ((ast.Bind("1", 0), ast.Default()),),
        hints=(ast.Hint("APPEND_VALUES"),),
    )


def test_insert_all_and_first() -> None:
    statement = parse("INSERT FIRST WHEN a > 1 THEN INTO t (b) VALUES (a) ELSE INTO u SELECT a FROM s")
    assert isinstance(statement, ast.InsertAll)
    assert statement.first
    assert [(branch.condition is None, len(branch.into)) for branch in statement.branches] == [
        (False, 1),
        (True, 1),
    ]
    assert statement.branches[1].into[0].values is None


def test_update_with_grouped_columns() -> None:
    statement = parse("UPDATE t SET a = DEFAULT, (b, c) = (SELECT 1, 2 FROM dual)")
    assert isinstance(statement, ast.Update)
    assert [(len(each.columns), each.grouped) for each in statement.assignments] == [(1, False), (2, True)]


def test_merge_in_either_order() -> None:
    update = "WHEN MATCHED THEN UPDATE SET a = s.a WHERE s.a > 0 DELETE WHERE s.a = 9"
    insert = "WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a) WHERE s.a > 0"
    one, other = (
        parse(f"MERGE INTO t d USING s ON (d.id = s.id) {first} {second}")
        for first, second in ((update, insert), (insert, update))
    )
    assert one == other
    assert isinstance(one, ast.Merge)
    assert one.update is not None
    assert one.update.delete_where is not None
    assert one.insert is not None
    assert one.insert.where is not None


# --- CREATE TABLE -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NUMBER", OracleType(TypeName.NUMBER)),
        ("NUMBER(5)", OracleType(TypeName.NUMBER, precision=5, scale=0)),
        ("NUMBER(*, 2)", OracleType(TypeName.NUMBER, scale=2)),
        ("NUMBER(5, -2)", OracleType(TypeName.NUMBER, precision=5, scale=-2)),
        ("INTEGER", OracleType(TypeName.NUMBER, scale=0)),
        ("DECIMAL", OracleType(TypeName.NUMBER, scale=0)),
        ("NUMERIC(7, 3)", OracleType(TypeName.NUMBER, precision=7, scale=3)),
        ("FLOAT", OracleType(TypeName.FLOAT, precision=126)),
        ("REAL", OracleType(TypeName.FLOAT, precision=63)),
        ("DOUBLE PRECISION", OracleType(TypeName.FLOAT, precision=126)),
        ("VARCHAR2(10)", OracleType(TypeName.VARCHAR2, 10)),
        ("CHARACTER VARYING(10 CHAR)", OracleType(TypeName.VARCHAR2, 10, char_semantics=True)),
        ("CHAR", OracleType(TypeName.CHAR, 1)),
        ("NVARCHAR2(10)", OracleType(TypeName.NVARCHAR2, 10, char_semantics=True)),
        ("TIMESTAMP", OracleType(TypeName.TIMESTAMP, scale=6)),
        ("TIMESTAMP(9) WITH TIME ZONE", OracleType(TypeName.TIMESTAMP_TZ, scale=9)),
        ("TIMESTAMP WITH LOCAL TIME ZONE", OracleType(TypeName.TIMESTAMP_LTZ, scale=6)),
        ("INTERVAL DAY(3) TO SECOND(0)", OracleType(TypeName.INTERVAL_DS, precision=3, scale=0)),
        ("LONG RAW", OracleType(TypeName.LONG_RAW)),
        ("RAW(16)", OracleType(TypeName.RAW, 16)),
    ],
)
def test_types_are_resolved_to_the_model(text: str, expected: OracleType) -> None:
    (column,) = create_table(f"CREATE TABLE t (a {text})").columns
    assert column.type is not None
    assert (column.type.type, column.type.text) == (expected, text)


def test_a_length_without_a_unit_is_left_to_the_session() -> None:
    semantics = [
        column.type.semantics
        for column in create_table(
            "CREATE TABLE t (a VARCHAR2(9), b VARCHAR2(9 BYTE), c VARCHAR2(9 CHAR))"
        ).columns
        if column.type
    ]
    assert semantics == [None, "BYTE", "CHAR"]


def test_max_string_size_extended_moves_the_limits() -> None:
    text = "CREATE TABLE t (a VARCHAR2(32767), b NVARCHAR2(16383), c RAW(32767))"
    assert isinstance(parse(text, max_string_bytes=32767), ast.CreateTable)
    with pytest.raises(OracleError, match="ORA-00910"):
        parse(text)


def test_a_column_has_defaults_with_their_text() -> None:
    (column,) = create_table("CREATE TABLE t (a NUMBER(1) DEFAULT ON NULL 1 + 1 NOT NULL)").columns
    assert column.default is not None
    assert (column.default.text, column.default_on_null) == ("1 + 1", True)
    assert [each.kind for each in column.constraints] == ["NOT NULL"]


def test_identity_and_virtual_columns() -> None:
    identity, virtual = create_table(
        "CREATE TABLE t (a NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 5 NOCACHE),"
        " b AS (a * 2))"
    ).columns
    assert identity.identity == ast.Identity(
        always=False, on_null=True, options=ast.SequenceOptions(start_with=5, cache=0)
    )
    assert virtual.type is None
    assert virtual.virtual is not None
    assert virtual.virtual.text == "a * 2"


def test_constraints_in_and_out_of_line() -> None:
    table = create_table(
        "CREATE TABLE t (a NUMBER CONSTRAINT nn NOT NULL, b NUMBER REFERENCES s.u (x) ON DELETE SET NULL,"
        " CONSTRAINT pk PRIMARY KEY (a, b) RELY DISABLE NOVALIDATE, CHECK (a  > 0))"
    )
    not_null, references = (each for column in table.columns for each in column.constraints)
    assert (not_null.kind, not_null.name, not_null.columns) == ("NOT NULL", "NN", names("A"))
    assert (references.table, references.references, references.on_delete) == (
        ast.QualifiedName("S", "U"),
        names("X"),
        "SET NULL",
    )
    primary, check = table.constraints
    assert primary.state == ast.ConstraintState(enabled=False, validated=False, rely=True)
    assert check.check is not None
    assert check.check.text == "a  > 0"


def test_physical_properties_are_data() -> None:
    table = create_table(
        "CREATE TABLE t (a NUMBER) SEGMENT CREATION IMMEDIATE TABLESPACE users PCTFREE 0 NOLOGGING PARALLEL 4"
        " COMPRESS FOR QUERY HIGH STORAGE (INITIAL 64K) ENABLE ROW MOVEMENT INMEMORY PRIORITY HIGH"
    )
    assert table.properties == ast.TableProperties(
        tablespace="USERS",
        pct_free=0,
        logging=False,
        parallel=4,
        compression="QUERY HIGH",
        storage=(("INITIAL", "64K"),),
        row_movement=True,
        segment_creation_immediate=True,
        inmemory=True,
    )


def test_partitions_and_subpartitions() -> None:
    table = create_table(
        "CREATE TABLE t (a NUMBER, d DATE) PARTITION BY RANGE (d) INTERVAL (NUMTODSINTERVAL(1, 'DAY'))"
        " SUBPARTITION BY HASH (a) SUBPARTITIONS 4"
        " (PARTITION p0 VALUES LESS THAN (DATE '2020-01-01') TABLESPACE ts,"
        " PARTITION VALUES LESS THAN (MAXVALUE))"
    )
    scheme = table.partitioning
    assert scheme is not None
    assert (scheme.method, scheme.columns) == ("RANGE", names("D"))
    assert scheme.interval is not None
    assert scheme.subpartitioning == ast.Partitioning("HASH", names("A"), count=4)
    assert [(each.name, each.properties.tablespace) for each in scheme.partitions] == [
        ("P0", "TS"),
        (None, None),
    ]
    assert scheme.partitions[1].less_than == (ast.MaxValue(),)


def test_create_table_as_select() -> None:
    table = create_table(
        "CREATE GLOBAL TEMPORARY TABLE t (a, b NOT NULL) ON COMMIT PRESERVE ROWS AS SELECT 1, 2 FROM u"
    )
    assert [column.type for column in table.columns] == [None, None]
    assert (table.temporary, table.on_commit, table.query is not None) == ("GLOBAL", "PRESERVE ROWS", True)


# --- ALTER TABLE --------------------------------------------------------------------------------


def test_clauses_that_may_stand_together() -> None:
    found = actions("ADD (a NUMBER, b DATE) MODIFY (c NOT NULL) ADD CONSTRAINT u UNIQUE (a) NOLOGGING")
    assert [type(each).__name__ for each in found] == [
        "AddColumns",
        "ModifyColumns",
        "AddColumns",
        "ChangeProperties",
    ]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("DROP (a, b) CASCADE CONSTRAINTS", ast.DropColumns(names("A", "B"), cascade_constraints=True)),
        ("SET UNUSED COLUMN a", ast.DropColumns(names("A"), set_unused=True)),
        ("DROP UNUSED COLUMNS", ast.DropUnusedColumns()),
        ("RENAME COLUMN a TO b", ast.RenameColumn(*names("A", "B"))),
        ("RENAME TO u", ast.RenameTable(ast.Name("U"))),
        (
            "DROP PRIMARY KEY CASCADE",
            ast.DropConstraint(ast.ConstraintTarget(primary_key=True), cascade=True),
        ),
        (
            "ENABLE NOVALIDATE CONSTRAINT c",
            ast.ModifyConstraint(ast.ConstraintTarget("C"), ast.ConstraintState(True, False)),
        ),
        (
            "EXCHANGE PARTITION p WITH TABLE u INCLUDING INDEXES WITHOUT VALIDATION UPDATE GLOBAL INDEXES",
            ast.ExchangePartition(
                ast.PartitionRef("P"), ast.QualifiedName(None, "U"), True, False, "UPDATE GLOBAL"
            ),
        ),
        (
            "TRUNCATE PARTITION p, q REUSE STORAGE",
            ast.TruncatePartitions((ast.PartitionRef("P"), ast.PartitionRef("Q")), "REUSE"),
        ),
        ("READ ONLY", ast.ReadOnly(read_only=True)),
    ],
)
def test_clauses_that_stand_alone(text: str, action: ast.AlterAction) -> None:
    assert actions(text) == (action,)


# --- the rest -----------------------------------------------------------------------------------


def test_create_index() -> None:
    index = parse("CREATE UNIQUE INDEX s.i ON t (a DESC, UPPER( b )) LOCAL ONLINE COMPRESS 1 TABLESPACE ts")
    assert isinstance(index, ast.CreateIndex)
    assert (index.name, index.table, index.unique, index.local, index.online) == (
        ast.QualifiedName("S", "I"),
        T,
        True,
        True,
        True,
    )
    assert [(key.text, key.descending) for key in index.columns] == [("a", True), ("UPPER( b )", False)]
    assert index.properties == ast.TableProperties(tablespace="TS", prefix_length=1)


def test_a_view_keeps_its_text() -> None:
    view = parse("CREATE OR REPLACE FORCE VIEW v (x) AS SELECT  a FROM t WITH READ ONLY")
    assert isinstance(view, ast.CreateView)
    assert (view.text, view.columns, view.restriction) == ("SELECT  a FROM t", names("X"), "READ ONLY")
    assert (view.or_replace, view.force) == (True, True)


def test_comments() -> None:
    assert parse("COMMENT ON COLUMN s.t.a IS 'it''s'") == ast.Comment(
        ast.QualifiedName("S", "T"), "A", "it's"
    )


def test_users_and_quotas() -> None:
    user = parse('CREATE USER u IDENTIFIED BY Tiger QUOTA 10M ON users QUOTA UNLIMITED ON "x" ACCOUNT LOCK')
    assert isinstance(user, ast.CreateUser)
    assert user.options == ast.UserOptions(
        authentication="PASSWORD",
        password="Tiger",
        quotas=(ast.Quota("USERS", 10 * 1024**2), ast.Quota("x", None)),
        locked=True,
    )


def test_a_password_is_never_shown() -> None:
    for text in ("CREATE USER u IDENTIFIED BY hunter2", "GRANT CONNECT TO u IDENTIFIED BY hunter2"):
        assert "hunter2" not in repr(parse(text)).lower()


def test_privileges_and_roles_are_told_apart() -> None:
    grant = parse('GRANT CREATE TABLE, connect, "My Role" TO u, PUBLIC WITH ADMIN OPTION')
    assert isinstance(grant, ast.Grant)
    assert [(each.name, each.role) for each in grant.privileges] == [
        ("CREATE TABLE", False),
        ("CONNECT", True),
        ("My Role", True),
    ]
    assert (grant.grantees, grant.with_option) == (names("U", "PUBLIC"), True)


def test_object_privileges_may_name_columns() -> None:
    revoke = parse("REVOKE UPDATE (a, b), ALL ON s.t FROM u CASCADE CONSTRAINTS")
    assert isinstance(revoke, ast.Revoke)
    assert revoke.privileges == (ast.Privilege("UPDATE", names("A", "B")), ast.Privilege("ALL PRIVILEGES"))
    assert (revoke.on, revoke.cascade_constraints) == (ast.QualifiedName("S", "T"), True)


def test_session_parameters() -> None:
    assert parse("ALTER SESSION SET nls_sort = binary CURRENT_SCHEMA = \"x\" NLS_DATE_FORMAT = 'YYYY'") == (
        ast.AlterSession(
            (
                ast.SessionParameter("NLS_SORT", "BINARY"),
                ast.SessionParameter("CURRENT_SCHEMA", "x"),
                ast.SessionParameter("NLS_DATE_FORMAT", "YYYY", quoted=True),
            )
        )
    )
    assert parse("ALTER SESSION ENABLE PARALLEL DML") == ast.AlterSession(clause="ENABLE PARALLEL DML")


def test_locks() -> None:
    assert parse("LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE NOWAIT") == ast.LockTable(
        (ast.LockTarget(T),), "SHARE ROW EXCLUSIVE", 0
    )


# --- PL/SQL -------------------------------------------------------------------------------------


def test_a_block_that_forgives_a_missing_table() -> None:
    statement = parse(
        "BEGIN EXECUTE IMMEDIATE 'DROP TABLE t'; EXCEPTION WHEN OTHERS THEN"
        " IF SQLCODE != -942 THEN RAISE; END IF; END;"
    )
    code = ast.Comparison("<>", ast.ColumnRef(("SQLCODE",)), ast.Unary("-", ast.NumberLiteral("942")))
    assert statement == ast.PlSqlBlock(
        ast.Block(
            (),
            (ast.ExecuteImmediate(ast.StringLiteral("DROP TABLE t")),),
            (ast.Handler(("OTHERS",), (ast.If((ast.IfBranch(code, (ast.Raise(),)),)),)),),
        )
    )


def test_declarations() -> None:
    statement = parse(
        "DECLARE x CONSTANT NUMBER := 1; e EXCEPTION; PRAGMA EXCEPTION_INIT(e, -942); y t.a%TYPE;"
        " PRAGMA AUTONOMOUS_TRANSACTION; BEGIN NULL; END;"
    )
    assert isinstance(statement, ast.PlSqlBlock)
    constant, exception, anchored = statement.block.declarations
    assert isinstance(constant, ast.Variable)
    assert (constant.name, constant.constant) == ("X", True)
    assert exception == ast.ExceptionDeclaration("E", -942)
    assert isinstance(anchored, ast.Variable)
    assert anchored.type.anchor == ("T", "A")
    assert statement.block.autonomous


def test_procedure_calls_and_select_into() -> None:
    statement = parse("BEGIN p; s.q.r(1, x => TRUE); SELECT COUNT(*) INTO n FROM t; END;")
    assert isinstance(statement, ast.PlSqlBlock)
    first, second, third = statement.block.body
    assert first == ast.CallProcedure(ast.FunctionCall(("P",)))
    assert isinstance(second, ast.CallProcedure)
    assert second.call.arguments[1] == ast.NamedArgument("X", ast.BooleanLiteral(True))
    assert isinstance(third, ast.SqlStatement)
    assert isinstance(third.statement, ast.SelectStatement)
    assert third.statement.into == (ast.ColumnRef(("N",)),)


def test_a_percent_sign_in_a_string_stays_one() -> None:
    assert isinstance(parse("BEGIN p('%', ';'); END;"), ast.PlSqlBlock)


def test_plsql_errors_tell_line_and_column() -> None:
    with pytest.raises(OracleError, match=r"(?s)ORA-06550: line 2, column 3:.*PLS-00103") as raised:
        parse("BEGIN\n  DROP TABLE t;\nEND;")
    assert raised.value.position == 8
    with pytest.raises(OracleError, match=r"(?s)line 1, column 23:.*PL/SQL: ORA-00933"):
        parse("BEGIN DELETE FROM t x y; END;")
