"""What queries return: joins, grouping, sets, limits, subqueries, analytic functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Bench


@pytest.fixture
def people(db: Bench) -> Bench:
    db.table("EMP", "ID NUMBER(9) NOT NULL, NAME VARCHAR2(10), BOSS NUMBER(9), PAY NUMBER(10,2), HIRED DATE")
    db.table("DEPT", "ID NUMBER(9), HEAD NUMBER(9), TITLE VARCHAR2(10)")
    db.run(
        "INSERT INTO emp SELECT 1, 'Ada', NULL, 100, DATE '2020-01-01' FROM dual"
        " UNION ALL SELECT 2, 'Bob', 1, 50, DATE '2020-01-02' FROM dual"
        " UNION ALL SELECT 3, 'Cy', 1, NULL, NULL FROM dual"
    )
    db.run("INSERT INTO dept SELECT 10, 1, 'Sales' FROM dual UNION ALL SELECT 20, NULL, 'Lab' FROM dual")
    return db


def test_nulls_sort_last_ascending_and_first_descending(people: Bench) -> None:
    assert people.column("SELECT id FROM emp ORDER BY pay") == ["2", "1", "3"]
    assert people.column("SELECT id FROM emp ORDER BY pay DESC") == ["3", "1", "2"]
    assert people.column("SELECT id FROM emp ORDER BY pay NULLS FIRST") == ["3", "2", "1"]


def test_order_by_takes_an_alias_before_a_column_of_the_same_name(people: Bench) -> None:
    assert people.column("SELECT -id AS pay FROM emp ORDER BY pay") == ["-3", "-2", "-1"]


def test_order_by_takes_a_position_and_an_expression_over_an_alias(people: Bench) -> None:
    assert people.column("SELECT name, id FROM emp ORDER BY 2 DESC") == ["Cy", "Bob", "Ada"]
    assert people.column("SELECT id AS n FROM emp ORDER BY n * -1") == ["3", "2", "1"]


def test_a_number_in_group_by_is_a_constant_and_no_position(people: Bench) -> None:
    assert people.refused("SELECT name, COUNT(*) FROM emp GROUP BY 1") == 979
    assert people.run("SELECT COUNT(*) FROM emp GROUP BY 1") == [("3",)]


@pytest.mark.parametrize(
    "from_",
    [
        "emp e LEFT JOIN dept d ON d.head = e.id",
        "emp e, dept d WHERE e.id = d.head(+)",
        "dept d RIGHT OUTER JOIN emp e ON d.head = e.id",
    ],
)
def test_an_outer_join_keeps_the_rows_without_a_partner(people: Bench, from_: str) -> None:
    rows = people.run(f"SELECT e.id, d.title FROM {from_} ORDER BY e.id")
    assert rows == [("1", "Sales"), ("2", None), ("3", None)]


def test_an_old_outer_join_takes_a_test_on_the_optional_side_into_the_join(people: Bench) -> None:
    rows = people.run(
        "SELECT e.id, d.title FROM emp e, dept d WHERE e.id = d.head(+) AND d.title(+) = 'Lab' ORDER BY 1"
    )
    assert rows == [("1", None), ("2", None), ("3", None)]


def test_using_makes_one_column_of_two_and_star_shows_it_first(people: Bench) -> None:
    people.table("ROOM", "FLOOR NUMBER, ID NUMBER")
    people.run("INSERT INTO room VALUES (7, 10)")
    assert people.run("SELECT * FROM room JOIN dept USING (id)") == [("10", "7", "1", "Sales")]
    assert people.refused("SELECT dept.id FROM room JOIN dept USING (id)") == 25154


def test_a_full_join_over_using_shows_the_key_of_either_side(people: Bench) -> None:
    people.table("ROOM", "ID NUMBER")
    people.run("INSERT INTO room VALUES (99)")
    assert people.column("SELECT id FROM room FULL JOIN dept USING (id) ORDER BY id") == ["10", "20", "99"]


def test_aggregates_leave_nulls_out_and_are_null_over_nothing(people: Bench) -> None:
    rows = people.run("SELECT COUNT(*), COUNT(pay), SUM(pay), AVG(pay), MIN(name), MAX(hired) FROM emp")
    assert rows == [("3", "2", "150.00", "75", "Ada", "2020-01-02 00:00:00")]
    assert people.run("SELECT COUNT(*), SUM(pay), AVG(pay) FROM emp WHERE id > 9") == [("0", None, None)]


def test_having_filters_groups(people: Bench) -> None:
    rows = people.run("SELECT boss, COUNT(*) FROM emp GROUP BY boss HAVING COUNT(*) > 1")
    assert rows == [("1", "2")]


def test_rollup_adds_the_total(people: Bench) -> None:
    rows = people.run("SELECT boss, GROUPING(boss), COUNT(*) FROM emp GROUP BY ROLLUP(boss) ORDER BY 2, 1")
    assert rows == [("1", "0", "2"), (None, "0", "1"), (None, "1", "3")]


def test_listagg_joins_in_its_order_and_leaves_nulls_out(people: Bench) -> None:
    sql = (
        "SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY id DESC), LISTAGG(NULL, ',')"
        " WITHIN GROUP (ORDER BY 1) FROM emp"
    )
    assert people.run(sql) == [("Cy, Bob, Ada", None)]


def test_listagg_as_an_analytic_function_shows_the_whole_partition(people: Bench) -> None:
    sql = (
        "SELECT LISTAGG(id, '') WITHIN GROUP (ORDER BY id DESC) OVER (PARTITION BY boss) FROM emp ORDER BY id"
    )
    assert people.column(sql) == ["1", "32", "32"]


def test_keep_takes_the_value_of_the_last_row(people: Bench) -> None:
    sql = "SELECT MAX(name) KEEP (DENSE_RANK LAST ORDER BY pay NULLS FIRST) FROM emp"
    assert people.column(sql) == ["Ada"]


def test_analytic_functions_see_their_window(people: Bench) -> None:
    rows = people.run(
        "SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC), LAG(id) OVER (ORDER BY id),"
        " SUM(pay) OVER (ORDER BY id),"
        " RANK() OVER (ORDER BY boss), LEAD(id, 1, 0) OVER (ORDER BY id) FROM emp ORDER BY id"
    )
    assert rows == [
        ("1", "3", None, "100.00", "3", "2"),
        ("2", "2", "1", "150.00", "1", "3"),
        ("3", "1", "2", "150.00", "1", "0"),
    ]


def test_the_newest_row_of_each_key_is_found_by_row_number(people: Bench) -> None:
    rows = people.run(
        "SELECT id FROM (SELECT e.*, ROW_NUMBER() OVER (PARTITION BY boss ORDER BY id DESC) AS rn FROM emp e)"
        " WHERE rn = 1 ORDER BY id"
    )
    assert rows == [("1",), ("3",)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("ROWNUM <= 2", ["1", "2"]),
        ("ROWNUM < 2", ["1"]),
        ("ROWNUM = 1", ["1"]),
        ("ROWNUM = 2", []),
        ("ROWNUM > 1", []),
        ("ROWNUM >= 1", ["1", "2", "3"]),
        ("3 > ROWNUM", ["1", "2"]),
        ("ROWNUM BETWEEN 1 AND 2", ["1", "2"]),
        ("ROWNUM <= NULL", []),
        ("id > 1 AND ROWNUM <= 1", ["2"]),
    ],
)
def test_rownum_counts_the_rows_that_pass(people: Bench, condition: str, expected: list[str]) -> None:
    assert people.column(f"SELECT id FROM emp WHERE {condition}") == expected


def test_rownum_limits_rows_before_they_are_sorted_or_grouped(people: Bench) -> None:
    assert people.column("SELECT id FROM emp WHERE ROWNUM <= 2 ORDER BY id DESC") == ["2", "1"]
    assert people.run("SELECT COUNT(*) FROM emp WHERE ROWNUM <= 2") == [("2",)]


def test_a_page_is_cut_out_by_rownum_in_two_levels(people: Bench) -> None:
    sql = (
        "SELECT id FROM (SELECT a.*, ROWNUM AS rn FROM (SELECT id FROM emp ORDER BY id"
        " DESC) a WHERE ROWNUM <= 2)"
        " WHERE rn > 1"
    )
    assert people.column(sql) == ["2"]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("FETCH FIRST ROW ONLY", ["1"]),
        ("FETCH FIRST 2 ROWS ONLY", ["1", "2"]),
        ("OFFSET 1 ROW FETCH NEXT 1 ROW ONLY", ["2"]),
        ("OFFSET 2 ROWS", ["3"]),
        ("FETCH FIRST 0 ROWS ONLY", []),
        ("FETCH FIRST 50 PERCENT ROWS ONLY", ["1", "2"]),
    ],
)
def test_the_row_limit_cuts_the_sorted_rows(people: Bench, limit: str, expected: list[str]) -> None:
    assert people.column(f"SELECT id FROM emp ORDER BY id {limit}") == expected


def test_with_ties_brings_the_equals_of_the_last_row(people: Bench) -> None:
    sql = "SELECT id FROM emp ORDER BY boss FETCH FIRST 1 ROW WITH TIES"
    assert sorted(people.column(sql)) == ["2", "3"]


def test_the_limit_may_be_a_bind(people: Bench) -> None:
    assert people.column("SELECT id FROM emp ORDER BY id FETCH FIRST :n ROWS ONLY", "2") == ["1", "2"]


def test_set_operators_bind_from_left_to_right(people: Bench) -> None:
    sql = "SELECT 1 FROM dual UNION SELECT 2 FROM dual INTERSECT SELECT 2 FROM dual"
    assert people.column(sql) == ["2"]


def test_minus_and_intersect_compare_nulls_as_equal(people: Bench) -> None:
    assert people.run("SELECT boss FROM emp MINUS SELECT NULL FROM dual") == [("1",)]
    assert people.run("SELECT boss FROM emp INTERSECT SELECT NULL FROM dual") == [(None,)]


def test_a_set_is_ordered_by_position_or_by_the_first_names(people: Bench) -> None:
    sql = "SELECT id AS x FROM emp UNION ALL SELECT id FROM dept ORDER BY"
    assert people.column(f"{sql} x DESC") == people.column(f"{sql} 1 DESC") == ["20", "10", "3", "2", "1"]


def test_null_takes_the_type_of_the_other_branch(people: Bench) -> None:
    sql = "SELECT NULL AS x FROM dual UNION ALL SELECT hired FROM emp WHERE id = 1"
    assert people.column(sql) == [None, "2020-01-01 00:00:00"]


def test_a_common_table_is_seen_by_later_ones_and_by_subqueries(people: Bench) -> None:
    sql = (
        "WITH a AS (SELECT id, pay FROM emp), b (key) AS (SELECT id FROM a WHERE pay > 60)"
        " SELECT id FROM emp WHERE id IN (SELECT key FROM b)"
    )
    assert people.column(sql) == ["1"]


def test_a_recursive_common_table_walks_a_tree(people: Bench) -> None:
    sql = (
        "WITH tree (id, depth) AS (SELECT id, 1 FROM emp WHERE boss IS NULL"
        " UNION ALL SELECT e.id, t.depth + 1 FROM emp e JOIN tree t ON e.boss = t.id)"
        " SELECT id, depth FROM tree ORDER BY id"
    )
    assert people.run(sql) == [("1", "1"), ("2", "2"), ("3", "2")]


def test_a_correlated_subquery_sees_the_row_around_it(people: Bench) -> None:
    sql = "SELECT name, (SELECT COUNT(*) FROM emp e WHERE e.boss = o.id) FROM emp o ORDER BY id"
    assert people.run(sql) == [("Ada", "2"), ("Bob", "0"), ("Cy", "0")]


def test_a_grouped_column_may_correlate_a_subquery(people: Bench) -> None:
    sql = (
        "SELECT boss, (SELECT MAX(b.name) FROM emp b WHERE b.id = e.boss) FROM emp e"
        " GROUP BY boss ORDER BY boss"
    )
    assert people.run(sql) == [("1", "Ada"), (None, None)]


def test_lateral_sees_the_tables_before_it(people: Bench) -> None:
    sql = (
        "SELECT e.id, x.n FROM emp e CROSS APPLY (SELECT COUNT(*) AS n FROM emp b WHERE b.boss = e.id) x"
        " ORDER BY e.id"
    )
    assert people.run(sql) == [("1", "2"), ("2", "0"), ("3", "0")]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("id IN (1, '3')", ["1", "3"]),
        ("(id, name) IN ((1, 'Ada'), (2, 'Cy'))", ["1"]),
        ("(id, boss) IN (SELECT id, boss FROM emp)", ["2", "3"]),
        ("name NOT IN ('Ada', 'Bob')", ["3"]),
        ("boss NOT IN (1, NULL)", []),
        ("id NOT IN (SELECT boss FROM emp)", []),
        ("EXISTS (SELECT NULL FROM dept d WHERE d.head = emp.id)", ["1"]),
        ("pay > ALL (SELECT 60 FROM dual)", ["1"]),
        ("pay = ANY (50, 100)", ["1", "2"]),
        ("id BETWEEN 2 AND 3", ["2", "3"]),
        ("name LIKE '%b'", ["2"]),
        ("name LIKE 'A\\_%' ESCAPE '\\'", []),
        ("NOT (pay > 60)", ["2"]),
        ("hired = '2020-01-02 00:00:00'", ["2"]),
        ("hired >= DATE '2020-01-01' + 1", ["2"]),
    ],
)
def test_conditions_select_their_rows(people: Bench, condition: str, expected: list[str]) -> None:
    assert people.column(f"SELECT id FROM emp WHERE {condition} ORDER BY id") == expected


def test_an_empty_text_is_never_equal_to_anything(people: Bench) -> None:
    assert people.run("SELECT id FROM emp WHERE name = '' OR name <> ''") == []


def test_rowid_finds_its_row_again(people: Bench) -> None:
    ((rowid,),) = people.run("SELECT ROWID FROM emp WHERE id = 2")
    assert len(rowid) == 18
    assert people.column("SELECT id FROM emp WHERE ROWID = :r", rowid) == ["2"]
    assert people.column("SELECT id FROM emp e WHERE e.ROWID = (SELECT MIN(ROWID) FROM emp)") == ["1"]


def test_a_view_is_read_like_a_table(people: Bench) -> None:
    people.view("V", "SELECT id, name || '!' AS shout FROM emp WHERE id < 3")
    assert people.run("SELECT v.shout FROM v WHERE v.id = 2") == [("Bob!",)]


def test_for_update_locks_the_rows_of_the_table_named(people: Bench) -> None:
    people.connection.execute("BEGIN")
    sql = "SELECT e.id FROM emp e JOIN dept d ON d.head = e.id FOR UPDATE OF e.pay NOWAIT"
    assert people.column(sql) == ["1"]
    locks = people.connection.execute(
        "SELECT relation::regclass::text FROM pg_locks WHERE mode = 'RowShareLock' AND relation > 16384"
    ).fetchall()
    people.connection.execute("ROLLBACK")
    assert ("data.t1",) in locks


def test_distinct_takes_time_zones_by_their_instant(db: Bench) -> None:
    db.table("T", "X TIMESTAMP(6) WITH TIME ZONE")
    db.run("INSERT INTO t VALUES (TIMESTAMP '2020-01-01 12:00:00 +02:00')")
    db.run("INSERT INTO t VALUES (TIMESTAMP '2020-01-01 10:00:00 +00:00')")
    assert len(db.run("SELECT DISTINCT x FROM t")) == 1
    assert db.run("SELECT COUNT(*) FROM t GROUP BY x") == [("2",)]


def test_the_latest_nanosecond_is_found(db: Bench) -> None:
    db.table("T", "X TIMESTAMP(9)")
    for fraction in ("000000001", "000000002"):
        db.run("INSERT INTO t VALUES (:x)", f"2020-01-01 00:00:00.{fraction}", types=["TIMESTAMP(9)"])
    found = db.run("SELECT MAX(x), MIN(x), COUNT(DISTINCT x) FROM t")
    assert found == [("2020-01-01 00:00:00.000000002", "2020-01-01 00:00:00.000000001", "2")]


def test_ignore_nulls_passes_over_nulls(people: Bench) -> None:
    rows = people.run(
        "SELECT LAST_VALUE(pay IGNORE NULLS) OVER (ORDER BY id), FIRST_VALUE(boss) IGNORE NULLS OVER"
        " (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), LAG(pay IGNORE NULLS)"
        " OVER (ORDER BY id), LEAD(pay) IGNORE NULLS OVER (ORDER BY id) FROM emp ORDER BY id"
    )
    assert rows == [
        ("100.00", "1", None, "50.00"),
        ("50.00", "1", "100.00", None),
        ("50.00", "1", "50.00", None),
    ]


def test_a_star_over_two_columns_of_one_name_is_ambiguous(people: Bench) -> None:
    assert people.refused("SELECT * FROM (SELECT e.id, d.id FROM emp e, dept d)") == 918


def test_a_long_chain_of_additions_is_no_deep_recursion(people: Bench) -> None:
    assert people.value("+".join(["1"] * 200)) == "200"


def test_23ai_groups_by_an_alias(people: Bench) -> None:
    people.version = "23ai"
    rows = people.run("SELECT NVL(boss, 0) AS chief, COUNT(*) FROM emp GROUP BY chief ORDER BY chief")
    assert rows == [("0", "1"), ("1", "2")]
    people.version = "19c"
    assert people.refused("SELECT NVL(boss, 0) AS chief, COUNT(*) FROM emp GROUP BY chief") == 904


def test_a_constant_conversion_is_done_once_and_not_in_every_row(people: Bench) -> None:
    from dlt_oracle.embedded.sql.compile import compile_query
    from dlt_oracle.embedded.sql.parse import parse

    compiled = compile_query(parse("SELECT id FROM emp WHERE hired > TO_DATE('2020', 'YYYY')"), people, ())
    plan = people.connection.execute(f"EXPLAIN {compiled.text}").fetchall()
    assert any("InitPlan" in line for (line,) in plan)


def test_rownum_and_a_row_limit_both_count(people: Bench) -> None:
    assert people.column("SELECT id FROM emp WHERE ROWNUM <= 2 OFFSET 1 ROW FETCH NEXT 5 ROWS ONLY") == ["2"]


def test_a_recursive_table_may_start_with_a_limit(people: Bench) -> None:
    sql = (
        "WITH r (n) AS (SELECT id FROM emp WHERE ROWNUM = 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3)"
        " SELECT n FROM r ORDER BY n"
    )
    assert people.column(sql) == ["1", "2", "3"]
