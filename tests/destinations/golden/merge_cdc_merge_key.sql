DELETE FROM "LOADER"."RAW___ORDERS__LINES"
WHERE
  "_DLT_ROOT_ID" IN (
    SELECT
      "_DLT_ID"
    FROM "LOADER"."RAW___ORDERS"
    WHERE
      NOT EXISTS(
        SELECT
          1
        FROM "LOADER"."RAW_STAGING___ORDERS" S
        WHERE
          "S"."ID" = "LOADER"."RAW___ORDERS"."ID" AND (at IS NOT NULL)
      )
      AND EXISTS(
        SELECT
          1
        FROM "LOADER"."RAW_STAGING___ORDERS" S
        WHERE
          "S"."REGION" = "LOADER"."RAW___ORDERS"."REGION"
          AND "S"."AT" = "LOADER"."RAW___ORDERS"."AT"
          AND (at IS NOT NULL)
      )
  )
;

DELETE FROM "LOADER"."RAW___ORDERS"
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM "LOADER"."RAW_STAGING___ORDERS" S
    WHERE
      "S"."ID" = "LOADER"."RAW___ORDERS"."ID" AND (at IS NOT NULL)
  )
  AND EXISTS(
    SELECT
      1
    FROM "LOADER"."RAW_STAGING___ORDERS" S
    WHERE
      "S"."REGION" = "LOADER"."RAW___ORDERS"."REGION"
      AND "S"."AT" = "LOADER"."RAW___ORDERS"."AT"
      AND (at IS NOT NULL)
  )
;

MERGE INTO "LOADER"."RAW___ORDERS" D
USING (
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
    WHERE
      (at IS NOT NULL)
  )
  WHERE
    "_DLT_DEDUP_RN" = 1
) S
ON (
  "D"."ID" = "S"."ID"
)
WHEN MATCHED THEN UPDATE SET
  "D"."REGION" = "S"."REGION",
  "D"."AT" = "S"."AT",
  "D"."GONE" = "S"."GONE",
  "D"."_DLT_ID" = "S"."_DLT_ID"
WHEN NOT MATCHED THEN INSERT ("ID", "REGION", "AT", "GONE", "_DLT_ID") VALUES ("S"."ID", "S"."REGION", "S"."AT", "S"."GONE", "S"."_DLT_ID")
;

MERGE INTO "LOADER"."RAW___ORDERS__LINES" D
USING (
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
    WHERE
      "_DLT_ROOT_ID" IN (
        SELECT
          "_DLT_ID"
        FROM "LOADER"."RAW_STAGING___ORDERS"
        WHERE
          (at IS NOT NULL)
      )
  )
  WHERE
    "_DLT_DEDUP_RN" = 1
) S
ON (
  "D"."_DLT_ID" = "S"."_DLT_ID"
)
WHEN MATCHED THEN UPDATE SET
  "D"."SKU" = "S"."SKU",
  "D"."_DLT_PARENT_ID" = "S"."_DLT_PARENT_ID",
  "D"."_DLT_ROOT_ID" = "S"."_DLT_ROOT_ID"
WHEN NOT MATCHED THEN INSERT ("SKU", "_DLT_ID", "_DLT_PARENT_ID", "_DLT_ROOT_ID") VALUES ("S"."SKU", "S"."_DLT_ID", "S"."_DLT_PARENT_ID", "S"."_DLT_ROOT_ID")
;

DELETE FROM "LOADER"."RAW___ORDERS__LINES" D
WHERE
  "D"."_DLT_ROOT_ID" IN (
    SELECT
      "_DLT_ID"
    FROM "LOADER"."RAW_STAGING___ORDERS"
    WHERE
      (at IS NOT NULL)
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM "LOADER"."RAW_STAGING___ORDERS__LINES" S
    WHERE
      "S"."_DLT_ID" = "D"."_DLT_ID"
  )
;
