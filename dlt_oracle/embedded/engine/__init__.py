"""Oracle's behaviour on PostgreSQL: cluster, sessions, DDL, array DML, locks, rights."""
