"""Oracle's words: which are reserved, and which mean something without parentheses.

Sources: *Oracle Database SQL Language Reference 19c*, "Oracle SQL Reserved Words", and the functions and
pseudocolumns described in the same book.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of ``text`` as a set: long lists read better so."""
    return frozenset(text.split())


# Unusable as an unquoted name. COLUMN_VALUE, NESTED_TABLE_ID and ROWID of the book's list are handled where
# they mean something: the first two are only names of attributes.
RESERVED = words(
    """
    ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COMMENT COMPRESS CONNECT
    CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM
    GRANT GROUP HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL
    LIKE LOCK LONG MAXEXTENTS MINUS MLSLABEL MODE MODIFY NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE
    ON ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT
    SESSION SET SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE
    UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER WHERE WITH
    """
)

# Reserved in PL/SQL (PL/SQL Language Reference, appendix D, table D-1): not to be used as a variable.
PLSQL_RESERVED = words(
    """
    ALL ALTER AND ANY AS ASC AT BEGIN BETWEEN BY CASE CHECK CLUSTER CLUSTERS COLAUTH COLUMNS COMPRESS CONNECT
    CRASH CREATE CURSOR DECLARE DEFAULT DESC DISTINCT DROP ELSE END EXCEPTION EXCLUSIVE FETCH FOR FROM
    FUNCTION GOTO GRANT GROUP HAVING IDENTIFIED IF IN INDEX INDEXES INSERT INTERSECT INTO IS LIKE LOCK MINUS
    MODE NOCOMPRESS NOT NOWAIT NULL OF ON OPTION OR ORDER OVERLAPS PROCEDURE PUBLIC RESOURCE REVOKE SELECT
    SHARE SIZE SQL START SUBTYPE TABAUTH TABLE THEN TO TYPE UNION UNIQUE UPDATE VALUES VIEW VIEWS WHEN WHERE
    WITH
    """
)

# Functions written without parentheses; those mapped to True may take a precision in parentheses.
BARE_FUNCTIONS = {
    "CURRENT_DATE": False,
    "CURRENT_TIMESTAMP": True,
    "DBTIMEZONE": False,
    "LOCALTIMESTAMP": True,
    "ORA_INVOKING_USER": False,
    "ORA_INVOKING_USERID": False,
    "SESSIONTIMEZONE": False,
    "SYSDATE": False,
    "SYSTIMESTAMP": True,
    "UID": False,
    "USER": False,
}

# Pseudocolumns that only a hierarchical query has.
HIERARCHICAL = frozenset({"LEVEL", "CONNECT_BY_ISLEAF", "CONNECT_BY_ISCYCLE"})

# Pseudocolumns of a row of a table: they may be qualified.
ROW_PSEUDOCOLUMNS = frozenset({"ROWID", "ORA_ROWSCN"})

CONDITION_FUNCTIONS = frozenset(
    ["JSON_EQUAL", "JSON_EXISTS", "JSON_TEXTCONTAINS", "LNNVL", "REGEXP_LIKE", "XMLEXISTS", "XMLISVALID"]
)

EXTRACT_FIELDS = words(
    """
    YEAR MONTH DAY HOUR MINUTE SECOND TIMEZONE_HOUR TIMEZONE_MINUTE TIMEZONE_REGION TIMEZONE_ABBR
    """
)


def fold(name: str) -> str:
    """Return the upper case of an unquoted name, letter by letter as NLS_UPPER does.

    A letter whose upper case takes two letters stays: ß is ß, not SS.
    """
    if name.isascii():
        return name.upper()
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in name)


# Functions that make one row of many. Those of the second set exist only as analytic functions.
AGGREGATES = words(
    """
    ANY_VALUE APPROX_COUNT APPROX_COUNT_DISTINCT APPROX_MEDIAN APPROX_PERCENTILE APPROX_SUM AVG BIT_AND_AGG
    BIT_OR_AGG BIT_XOR_AGG CHECKSUM COLLECT CORR COUNT COVAR_POP COVAR_SAMP GROUP_ID GROUPING GROUPING_ID
    JSON_ARRAYAGG JSON_OBJECTAGG KURTOSIS_POP KURTOSIS_SAMP LISTAGG MAX MEDIAN MIN PERCENTILE_CONT
    PERCENTILE_DISC REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY
    REGR_SYY SKEWNESS_POP SKEWNESS_SAMP STATS_MODE STDDEV STDDEV_POP STDDEV_SAMP SUM VAR_POP VAR_SAMP VARIANCE
    WM_CONCAT XMLAGG
    """
)
ANALYTIC_ONLY = frozenset(
    ["FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD", "NTH_VALUE", "NTILE", "RATIO_TO_REPORT", "ROW_NUMBER"]
)
# These rank: analytic, or an aggregate of a hypothetical row WITHIN GROUP.
RANKING = frozenset(["CUME_DIST", "DENSE_RANK", "PERCENT_RANK", "RANK"])
# OVER without ORDER BY is ORA-30485 for these.
NEED_WINDOW_ORDER = RANKING | frozenset(["LAG", "LEAD", "NTILE", "ROW_NUMBER"])
