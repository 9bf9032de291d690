SELECT "ID", SYS_EXTRACT_UTC("MOMENT") AS "MOMENT" FROM (
SELECT id, moment FROM orders -- all of them
)
