CREATE TABLE "LOADER"."RAW___ORDERS" (
  "ID" NUMBER(19) UNIQUE NOT NULL,
  "DATE" TIMESTAMP(6) WITH TIME ZONE,
  "OK" NUMBER(1) CHECK ("OK" IN (0, 1)) NOT NULL,
  "DOCUMENT" CLOB CHECK ("DOCUMENT" IS JSON
  OR REGEXP_LIKE(
    "DOCUMENT",
    '^[[:space:]]*("([^"\\]|\\.)*"|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null)[[:space:]]*$'
  ))
)
