"""The destination's SQL: pure functions that return sqlglot expressions, rendered in one place."""
