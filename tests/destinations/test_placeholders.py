import pytest

from dlt_oracle.destinations.sql.placeholders import number_placeholders


@pytest.mark.parametrize(
    ("sql", "numbered", "count"),
    [
        ("SELECT %s, %s FROM dual", "SELECT :1, :2 FROM dual", 2),
        ("SELECT '%s it''s %s' FROM dual WHERE a = %s", "SELECT '%s it''s %s' FROM dual WHERE a = :1", 1),
        ('SELECT "%s" FROM dual', 'SELECT "%s" FROM dual', 0),
        ("SELECT q'[%s']' FROM dual WHERE a LIKE 'x%' AND b = %s", None, 1),
        ("SELECT 1 -- %s\nFROM dual WHERE a = %s", "SELECT 1 -- %s\nFROM dual WHERE a = :1", 1),
        ("SELECT /* %s */ MOD(a, 2) FROM dual", "SELECT /* %s */ MOD(a, 2) FROM dual", 0),
        ("SELECT a %d, 5%%2 FROM dual", "SELECT a %d, 5%%2 FROM dual", 0),
    ],
)
def test_only_a_placeholder_that_is_code_becomes_a_bind(sql: str, numbered: str | None, count: int) -> None:
    expected = numbered or sql[: sql.rindex("%s")] + ":1"
    assert number_placeholders(sql) == (expected, count)
