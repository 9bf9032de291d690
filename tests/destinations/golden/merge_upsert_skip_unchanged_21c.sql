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
WHERE
  (
    NOT "S"."DOCUMENT" IS NULL
    AND NOT "D"."DOCUMENT" IS NULL
    AND NOT JSON_EQUAL("S"."DOCUMENT", "D"."DOCUMENT")
  )
  OR NVL2("S"."DOCUMENT", 1, 0) <> NVL2("D"."DOCUMENT", 1, 0)
WHEN NOT MATCHED THEN INSERT ("ID", "REGION", "AT", "GONE", "_DLT_ID") VALUES ("S"."ID", "S"."REGION", "S"."AT", "S"."GONE", "S"."_DLT_ID")
;
