"""Trees of queries and expressions."""

from __future__ import annotations

import pytest

from dlt_oracle.embedded.errors import OracleError
from dlt_oracle.embedded.model import OracleType, StatementKind, TypeName
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import parse


def query(text: str, **options: str) -> ast.Query:
    statement = parse(text, **options)
    assert isinstance(statement, ast.SelectStatement)
    return statement.query


def block(text: str, **options: str) -> ast.Select:
    body = query(text, **options).body
    assert isinstance(body, ast.Select)
    return body


def value(text: str) -> ast.Expression:
    return block(f"SELECT {text} FROM t").items[0].expression


def condition(text: str) -> ast.Expression:
    found = block(f"SELECT 1 FROM t WHERE {text}").where
    assert found is not None
    return found


A, B, C = ast.ColumnRef(("A",)), ast.ColumnRef(("B",)), ast.ColumnRef(("C",))
ONE, TWO = ast.NumberLiteral("1"), ast.NumberLiteral("2")


# --- precedence ---------------------------------------------------------------------------------


def test_multiplication_binds_stronger_than_addition_and_both_go_left_to_right() -> None:
    assert value("a + b * c - 1") == ast.Binary("-", ast.Binary("+", A, ast.Binary("*", B, C)), ONE)
    assert value("a - b - c") == ast.Binary("-", ast.Binary("-", A, B), C)


def test_concatenation_has_the_rank_of_addition() -> None:
    assert value("a + b || c + 1") == ast.Binary("+", ast.Concat((ast.Binary("+", A, B), C)), ONE)


def test_a_sign_binds_strongest() -> None:
    assert value("-a * - b") == ast.Binary("*", ast.Unary("-", A), ast.Unary("-", B))


def test_parentheses_leave_no_trace_but_in_the_shape() -> None:
    assert value("(a + b) * c") == ast.Binary("*", ast.Binary("+", A, B), C)
    assert value("((a))") == A


def test_not_binds_stronger_than_and_and_and_stronger_than_or() -> None:
    a, b, c = (ast.Comparison("=", column, ONE) for column in (A, B, C))
    assert condition("NOT a = 1 AND b = 1 OR c = 1") == ast.Or((ast.And((ast.Not(a), b)), c))
    assert condition("a = 1 AND (b = 1 OR c = 1)") == ast.And((a, ast.Or((b, c))))


def test_a_parenthesis_in_a_condition_may_hold_a_value() -> None:
    assert condition("(a + b) * 2 = 1") == ast.Comparison(
        "=", ast.Binary("*", ast.Binary("+", A, B), TWO), ONE
    )


def test_between_keeps_its_own_and() -> None:
    assert condition("a BETWEEN 1 AND 2 AND b = 1") == ast.And(
        (ast.Between(A, ONE, TWO), ast.Comparison("=", B, ONE))
    )


# --- names --------------------------------------------------------------------------------------


def test_names_are_folded_unless_quoted() -> None:
    assert value('t."c"') == ast.ColumnRef(("T", "c"))
    assert block('SELECT 1 FROM s."T x" y').from_ == (ast.TableRef(ast.QualifiedName("S", "T x"), "Y"),)


def test_positions_take_no_part_in_equality() -> None:
    assert value("a") == value("   a")
    assert value("a").position != value("   a").position
    assert hash(value("a")) == hash(value("   a"))


def test_a_result_column_is_named_by_alias_name_or_spelling() -> None:
    items = block("select a x, t.b, count( * ), 'it' || c \"Q\", a + 1 from t group by a, t.b, c").items
    assert [item.name for item in items] == ["X", "B", "COUNT(*)", "Q", "A+1"]
    assert [item.alias for item in items] == ["X", None, None, "Q", None]


def test_words_that_are_functions_without_parentheses() -> None:
    assert value("SYSDATE") == ast.FunctionCall(("SYSDATE",), bare=True)
    assert value("systimestamp") == ast.FunctionCall(("SYSTIMESTAMP",), bare=True)
    assert value('"SYSDATE"') == ast.ColumnRef(("SYSDATE",))
    assert value("t.current_date") == ast.ColumnRef(("T", "CURRENT_DATE"))


def test_pseudocolumns_and_sequences() -> None:
    assert value("ROWNUM") == ast.PseudoColumn("ROWNUM")
    assert value("x.ROWID") == ast.PseudoColumn("ROWID", ("X",))
    assert value("s.q.nextval") == ast.SequenceValue(ast.QualifiedName("S", "Q"), next=True)
    assert value("q.CURRVAL") == ast.SequenceValue(ast.QualifiedName(None, "Q"), next=False)


def test_the_old_outer_join_marks_its_column() -> None:
    assert condition("a = t.b (+)") == ast.Comparison("=", A, ast.ColumnRef(("T", "B"), outer=True))


# --- literals -----------------------------------------------------------------------------------


def test_numbers_keep_their_text_and_their_type() -> None:
    assert value("1.50") == ast.NumberLiteral("1.50")
    assert value("1e3f") == ast.NumberLiteral("1e3", TypeName.BINARY_FLOAT)
    assert value(".5D") == ast.NumberLiteral(".5", TypeName.BINARY_DOUBLE)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("DATE '2024-2-9'", ast.DateLiteral("2024-02-09 00:00:00")),
        ("DATE '-0044-03-15'", ast.DateLiteral("0044-03-15 00:00:00 BC")),
        ("TIMESTAMP '2020-01-02 3:04:05'", ast.TimestampLiteral("2020-01-02 03:04:05")),
        (
            "TIMESTAMP '2020-01-02 03:04:05.123456789 -5:30'",
            ast.TimestampLiteral("2020-01-02 03:04:05.123456789", "-05:30"),
        ),
        (
            "TIMESTAMP '2020-01-02 03:04:05.1 Europe/Berlin'",
            ast.TimestampLiteral("2020-01-02 03:04:05.1", "Europe/Berlin"),
        ),
        ("INTERVAL '3' DAY", ast.DayToSecondLiteral("3 00:00:00")),
        ("INTERVAL '-36' HOUR", ast.DayToSecondLiteral("-1 12:00:00")),
        ("INTERVAL '1 02:03:04.5678' DAY TO SECOND(2)", ast.DayToSecondLiteral("1 02:03:04.57", 2, 2)),
        ("INTERVAL '100 10' DAY(3) TO HOUR", ast.DayToSecondLiteral("100 10:00:00", 3)),
        ("INTERVAL '1:30' MINUTE TO SECOND", ast.DayToSecondLiteral("0 00:01:30")),
        ("INTERVAL '1-6' YEAR TO MONTH", ast.YearToMonthLiteral(18)),
        ("INTERVAL '-2' YEAR", ast.YearToMonthLiteral(-24)),
    ],
)
def test_times_are_read_into_the_form_of_the_model(text: str, node: ast.Expression) -> None:
    assert value(text) == node


def test_a_literal_is_limited_in_bytes() -> None:
    assert value(f"'{'é' * 2000}'") == ast.StringLiteral("é" * 2000)
    with pytest.raises(OracleError, match="ORA-01704"):
        value(f"'{'é' * 2000}x'")
    assert isinstance(parse(f"SELECT '{'x' * 32767}' FROM dual", max_string_bytes=32767), ast.SelectStatement)


# --- calls --------------------------------------------------------------------------------------


def test_calls_keep_their_package_and_named_arguments() -> None:
    assert value("s.p.f(1, x => a)") == ast.FunctionCall(("S", "P", "F"), (ONE, ast.NamedArgument("X", A)))


def test_analytic_calls_carry_their_window() -> None:
    assert value("SUM(a) OVER (PARTITION BY b ORDER BY c DESC ROWS 1 PRECEDING)") == ast.FunctionCall(
        ("SUM",),
        (A,),
        over=ast.Window(
            (B,),
            (ast.SortItem(C, descending=True),),
            ast.Frame("ROWS", ast.FrameBound("PRECEDING", ONE)),
        ),
    )


def test_listagg_and_keep() -> None:
    assert value("LISTAGG(a, ',' ON OVERFLOW TRUNCATE) WITHIN GROUP (ORDER BY b)") == ast.FunctionCall(
        ("LISTAGG",),
        (A, ast.StringLiteral(",")),
        within_group=(ast.SortItem(B),),
        overflow=ast.ListaggOverflow(truncate=True),
    )
    assert value("MAX(a) KEEP (DENSE_RANK LAST ORDER BY b NULLS FIRST)") == ast.FunctionCall(
        ("MAX",), (A,), keep=ast.Keep(False, (ast.SortItem(B, nulls_first=True),))
    )


def test_cast_and_conversion_errors() -> None:
    assert value("CAST(a AS VARCHAR2(10 CHAR))") == ast.Cast(
        A,
        ast.DataType(OracleType(TypeName.VARCHAR2, 10, char_semantics=True), "CHAR", "VARCHAR2(10 CHAR)"),
    )
    assert value("TO_NUMBER(a DEFAULT 1 ON CONVERSION ERROR, 'X')") == ast.FunctionCall(
        ("TO_NUMBER",), (A, ast.StringLiteral("X")), on_error=ONE
    )


def test_trim_in_all_its_forms() -> None:
    assert value("TRIM(a)") == ast.Trim("BOTH", None, A)
    assert value("TRIM('x' FROM a)") == ast.Trim("BOTH", ast.StringLiteral("x"), A)
    assert value("TRIM(LEADING FROM a)") == ast.Trim("LEADING", None, A)


def test_json_calls() -> None:
    assert value("JSON_VALUE(a, '$.x' RETURNING NUMBER DEFAULT 1 ON ERROR)") == ast.JsonPathCall(
        "JSON_VALUE",
        A,
        "$.x",
        ast.DataType(OracleType(TypeName.NUMBER), None, "NUMBER"),
        on_error=ONE,
    )
    assert value("JSON_OBJECT('k' VALUE a ABSENT ON NULL)") == ast.JsonConstructor(
        "JSON_OBJECT", (ast.JsonMember(ast.StringLiteral("k"), A),), absent_on_null=True
    )


# --- queries ------------------------------------------------------------------------------------


def test_set_operators_stand_flat_from_left_to_right() -> None:
    body = query("SELECT a FROM t UNION ALL SELECT b FROM t MINUS SELECT c FROM t").body
    assert isinstance(body, ast.SetQuery)
    assert [(branch.operator, branch.all) for branch in body.rest] == [("UNION", True), ("MINUS", False)]


def test_joins_are_left_deep() -> None:
    (join,) = block("SELECT 1 FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (x)").from_
    assert isinstance(join, ast.Join)
    assert (join.kind, join.using) == ("LEFT", (ast.Name("X"),))
    assert isinstance(join.left, ast.Join)
    assert join.left.kind == "INNER"


def test_apply_is_lateral() -> None:
    (join,) = block("SELECT 1 FROM a CROSS APPLY (SELECT 1 x FROM b WHERE b.y = a.y) c").from_
    assert isinstance(join, ast.Join)
    assert isinstance(join.right, ast.DerivedTable)
    assert (join.kind, join.right.alias, join.right.lateral) == ("CROSS APPLY", "C", True)


def test_common_tables_know_whether_they_are_recursive() -> None:
    with_ = query(
        "WITH a AS (SELECT 1 x FROM dual), r (n) AS (SELECT 1 FROM dual UNION ALL SELECT n + 1 FROM r)"
        " SELECT n FROM r"
    ).with_
    assert [(table.name, table.recursive) for table in with_] == [("A", False), ("R", True)]


def test_row_limits() -> None:
    found = query("SELECT a FROM t ORDER BY a OFFSET 1 ROW FETCH NEXT 2 PERCENT ROWS WITH TIES")
    assert (found.offset, found.fetch) == (ONE, ast.Fetch(TWO, percent=True, with_ties=True))


def test_for_update() -> None:
    statement = parse("SELECT a FROM t FOR UPDATE OF t.a NOWAIT")
    assert isinstance(statement, ast.SelectStatement)
    assert statement.for_update == ast.ForUpdate((("T", "A"),), 0)


def test_hints_are_names_with_arguments() -> None:
    assert block("SELECT /*+ PARALLEL(t, 4) first_rows INDEX(t (a b)) */ a FROM t").hints == (
        ast.Hint("PARALLEL", "t, 4"),
        ast.Hint("FIRST_ROWS"),
        ast.Hint("INDEX", "t (a b)"),
    )


def test_rows_are_compared_with_rows() -> None:
    row = ast.RowValue((A, B))
    assert condition("(a, b) IN ((1, 2))") == ast.In(row, (ast.RowValue((ONE, TWO)),))
    assert condition("(a, b) = ((1, 2))") == ast.Comparison("=", row, ast.RowValue((ONE, TWO)))


def test_quantified_comparisons() -> None:
    assert condition("a = SOME (1, 2)") == ast.Comparison("=", A, ast.RowValue((ONE, TWO)), "ANY")


def test_23ai_has_no_border_between_values_and_conditions() -> None:
    items = block("SELECT a = 1, b AND c FROM t", version="23ai").items
    assert [item.expression for item in items] == [ast.Comparison("=", A, ONE), ast.And((B, C))]


# --- binds --------------------------------------------------------------------------------------


def test_every_occurrence_of_a_bind_counts_in_sql() -> None:
    statement = parse("SELECT :b FROM t WHERE a = :a AND b = :B AND c = :1")
    assert (statement.kind, statement.binds) == (StatementKind.QUERY, ("B", "A", "B", "1"))


def test_errors_tell_the_offset() -> None:
    with pytest.raises(OracleError, match="ORA-00923") as raised:
        parse("SELECT a b c FROM t")
    assert raised.value.position == 11


def test_walk_visits_parents_first_and_stops_where_told() -> None:
    tree = value("a + (SELECT b FROM t)")
    columns = [node for node in ast.walk(tree) if isinstance(node, ast.ColumnRef)]
    assert columns == [A, B]
    assert [type(node).__name__ for node in ast.walk(tree, into=(ast.Binary,))] == [
        "Binary",
        "ColumnRef",
        "Subquery",
    ]
