"""Oracle SQL: parsed (and refused) as Oracle does, analysed, written again as PostgreSQL."""
