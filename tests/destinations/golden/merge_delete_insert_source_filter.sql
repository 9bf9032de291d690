DELETE FROM "LOADER"."RAW___ORDERS__LINES"
WHERE
  "_DLT_ROOT_ID" IN (
    SELECT
      "_DLT_ID"
    FROM "LOADER"."RAW___ORDERS" D
    WHERE
      EXISTS(
        SELECT
          1
        FROM "LOADER"."RAW_STAGING___ORDERS" S
        WHERE
          "S"."ID" = "D"."ID" AND (region <> 'eu;us')
      )
  )
;

DELETE FROM "LOADER"."RAW___ORDERS" D
WHERE
  EXISTS(
    SELECT
      1
    FROM "LOADER"."RAW_STAGING___ORDERS" S
    WHERE
      "S"."ID" = "D"."ID" AND (region <> 'eu;us')
  )
;

INSERT INTO "LOADER"."RAW___ORDERS" (
  "ID",
  "REGION",
  "AT",
  "GONE",
  "_DLT_ID"
)
SELECT
  "ID",
  "REGION",
  "AT",
  "GONE",
  "_DLT_ID"
FROM (
  SELECT
    "ID",
    "REGION",
    "AT",
    "GONE",
    "_DLT_ID",
    ROW_NUMBER() OVER (PARTITION BY "ID" ORDER BY ROWID) AS "_DLT_DEDUP_RN"
  FROM "LOADER"."RAW_STAGING___ORDERS"
)
WHERE
  "_DLT_DEDUP_RN" = 1 AND (region <> 'eu;us')
;

INSERT INTO "LOADER"."RAW___ORDERS__LINES" (
  "SKU",
  "_DLT_ID",
  "_DLT_PARENT_ID",
  "_DLT_ROOT_ID"
)
SELECT
  "SKU",
  "_DLT_ID",
  "_DLT_PARENT_ID",
  "_DLT_ROOT_ID"
FROM (
  SELECT
    "SKU",
    "_DLT_ID",
    "_DLT_PARENT_ID",
    "_DLT_ROOT_ID",
    ROW_NUMBER() OVER (PARTITION BY "_DLT_ID" ORDER BY ROWID) AS "_DLT_DEDUP_RN"
  FROM "LOADER"."RAW_STAGING___ORDERS__LINES"
)
WHERE
  "_DLT_DEDUP_RN" = 1
  AND "_DLT_ROOT_ID" IN (
    SELECT
      "_DLT_ID"
    FROM (
      SELECT
        "ID",
        "REGION",
        "AT",
        "GONE",
        "_DLT_ID",
        ROW_NUMBER() OVER (PARTITION BY "ID" ORDER BY ROWID) AS "_DLT_DEDUP_RN"
      FROM "LOADER"."RAW_STAGING___ORDERS"
    )
    WHERE
      "_DLT_DEDUP_RN" = 1 AND (region <> 'eu;us')
  )
;
