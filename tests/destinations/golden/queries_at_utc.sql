SELECT "ID", "MOMENT" AT TIME ZONE '+00:00' AS "MOMENT" FROM (
SELECT id, moment FROM orders -- all of them
)
