"""What dlt's relations, models and ibis expressions come to in Oracle 19c."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlglot
from sqlglot.errors import UnsupportedError

from dlt_oracle.destinations.sql import dialect, names, queries
from dlt_oracle.destinations.sql.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

# By golden file: the queries, in DuckDB's SQL, which has a word for everything.
QUERIES = {
    "booleans": [
        "SELECT a FROM t WHERE flag",
        "SELECT a FROM t WHERE NOT flag OR TRUE",
        "SELECT a FROM t WHERE flag = TRUE AND b IS NOT NULL",
        "SELECT a FROM t JOIN u ON t.flag AND t.a = u.a",
        "SELECT a > 1 AS b, NOT flag AS c, flag IS TRUE AS d, a IS NULL AS e FROM t",
        "SELECT CASE WHEN flag THEN TRUE ELSE a IN (1, 2) END AS b FROM t ORDER BY a > 1",
        "SELECT EXISTS(SELECT 1 FROM u WHERE u.a = t.a) AS b, MAX(a > 1) AS c FROM t",
        "SELECT a FROM t WHERE (a IS NULL) = (b IS NULL) OR flag IS FALSE",
        "SELECT a FROM t WHERE regexp_matches(a, 'x') AND CAST(TRUE AS BOOLEAN)",
    ],
    "casts": [
        "SELECT a FROM t WHERE a = CAST('x' AS TEXT) AND b IN (CAST('x' AS TEXT))",
        "SELECT a FROM t WHERE a >= CAST('2024-01-01T00:00:00.123456+02:00' AS TIMESTAMPTZ)",
        "SELECT a FROM t WHERE a >= CAST('0001-01-01 00:00' AS TIMESTAMP)",
        "SELECT a FROM t WHERE a = CAST('2024-01-01' AS DATE) AND b = CAST('12:00' AS TIME)",
        "SELECT a FROM t WHERE a = CAST(5 AS DECIMAL(76, 0)) AND b = CAST(3 AS BIGINT)",
        "SELECT a FROM t WHERE a = CAST('0.25' AS DECIMAL(20))",
        "SELECT CAST(a AS TEXT) AS b, CAST(a AS DOUBLE) AS c, CAST(a AS DATE) AS d FROM t",
        "SELECT CAST(a AS BOOLEAN) AS b, TRY_CAST(a AS INT) AS c, CAST(a AS JSON) AS d FROM t",
        "SELECT a FROM t WHERE a = CAST('00FF' AS BLOB)",
        "SELECT a FROM t WHERE day > MAKE_DATE(2024, 2, 29)",
        "SELECT a FROM t WHERE moment > MAKE_TIMESTAMPTZ(2024, 2, 29, 1, 2, 3.5, 'UTC')",
    ],
    "queries": [
        "SELECT 1 AS a, UUID() AS b",
        "SELECT a FROM t EXCEPT SELECT a FROM u",
        "SELECT a FROM t WHERE a IS DISTINCT FROM b AND c IS NOT DISTINCT FROM 3",
        "SELECT a AS _a FROM t AS _dlt_subquery WHERE _dlt_subquery.a = 1 LIMIT 3 OFFSET 2",
        "SELECT concat(a, b, 'c') AS d, contains(a, 'x') AS e FROM t",
        "SELECT a, COUNT(*) FILTER (WHERE b > 1) AS n, COUNT_IF(c = 1) AS m FROM t GROUP BY 1",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(a, b)",
        "SELECT date_trunc('day', a) AS d, date_trunc('week', a) AS w, a % 2 AS m FROM t",
        "SELECT DISTINCT ON (b) a, b FROM t ORDER BY b, c",
        "SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY c) = 1",
        "WITH c AS (SELECT 1 AS a) SELECT a FROM c UNION ALL SELECT 2",
        "SELECT string_agg(a, ',') AS b FROM t WHERE a ILIKE 'x%'",
    ],
}


@pytest.mark.parametrize("name", QUERIES)
def test_golden_dialect(name: str, golden: Callable[[str, str], None]) -> None:
    texts = [sqlglot.parse_one(query, read="duckdb").sql(dialect.NAME) for query in QUERIES[name]]
    golden(f"dialect_{name}", ";\n\n".join(texts) + ";")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM t EXCEPT ALL SELECT a FROM u",
        "SELECT [1, 2] AS a",
        "SELECT EXTRACT(EPOCH FROM a) FROM t",
        "SELECT CAST(a AS TIME) FROM t",
        "SELECT date_trunc('decade', a) FROM t",
        "SELECT UNNEST(a) FROM t",
    ],
)
def test_what_oracle_has_no_word_for_is_refused(query: str) -> None:
    with pytest.raises(UnsupportedError):
        sqlglot.parse_one(query, read="duckdb").sql(dialect.NAME)


def table(name: str) -> sqlglot.exp.Table:
    return names.table("LOADER", f"RAW___{name.upper()}")


def test_golden_bare_names(golden: Callable[[str, str], None]) -> None:
    found = [
        queries.in_dataset(query, table, str.upper)
        for query in (
            "SELECT o.id, name FROM orders o WHERE id > :1 ORDER BY 1",
            'SELECT * FROM "orders" FETCH FIRST 1000 ROWS ONLY',
            "SELECT COUNT(_dlt_id) FROM orders, _dlt_loads WHERE orders._dlt_load_id = _dlt_loads.load_id",
            "WITH x AS (SELECT id AS n FROM orders) SELECT MAX(x.n) FROM x, dual",
        )
    ]
    golden("queries_in_dataset", ";\n\n".join(render(query) for query in found) + ";")


@pytest.mark.parametrize(
    "query", ["SELECT 1 FROM dual", "SELECT * FROM raw.orders", "SELECT FROM WHERE", "DELETE FROM orders"]
)
def test_a_query_without_bare_names_stays_as_it_is(query: str) -> None:
    assert queries.in_dataset(query, table, str.upper) is None


@pytest.mark.parametrize(
    ("conversion", "name"),
    [
        (queries.extract_utc, "queries_in_utc"),
        (queries.at_utc, "queries_at_utc"),
        (queries.document_text, "queries_document_21c"),
        (queries.vector_text, "queries_vector_23ai"),
    ],
)
def test_golden_conversions_around_a_query(
    golden: Callable[[str, str], None], conversion: Any, name: str
) -> None:
    query = "SELECT id, moment FROM orders -- all of them"
    golden(name, render(queries.converted(query, {"ID": None, "MOMENT": conversion})))
