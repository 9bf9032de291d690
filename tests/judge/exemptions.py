"""What 21c and 23ai brought and the grammar, which is one of 19c, cannot read: exempted from it by name.

The rest of the statement goes to the grammar all the same, which reads a stand-in in the place of what is
exempted; the rules judge the whole text, for its version. A test holds the names, and that each is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANY_NAME = r'(?:"Q"|[A-Z][\w$#]*)(?: \. (?:"Q"|[A-Z][\w$#]*))*'
_ROW = r"\( (?:[^()]|\([^()]*\))* \)"


@dataclass(frozen=True)
class Exemption:
    """One construct: since which version Oracle has it, how it looks in canonical text, what stands in.

    ``reason`` says what the grammar has instead; ``example`` is a statement with nothing else exempted in it.
    """

    since: int
    pattern: re.Pattern[str]
    stand_in: str
    reason: str
    example: str


EXEMPTIONS: dict[str, Exemption] = {
    "set operations with ALL": Exemption(
        21,
        re.compile(r"\b(?:EXCEPT|MINUS|INTERSECT)(?: ALL)?\b"),
        "MINUS",
        "the grammar knows MINUS and INTERSECT alone",
        "SELECT a FROM t EXCEPT ALL SELECT a FROM u",
    ),
    "OVER with the name of a window": Exemption(
        21,
        re.compile(r"\bOVER [A-Z]\w*\b(?! \()"),
        "OVER ( ORDER BY 1 )",
        "the grammar wants a window in parentheses",
        "SELECT SUM(a) OVER w FROM t",
    ),
    "the clause WINDOW": Exemption(
        21,
        re.compile(r"\bWINDOW (?:\w+ AS \( [^()]* \)(?: , )?)+"),
        "",
        "the grammar has no such clause",
        "SELECT a FROM t WINDOW w AS (PARTITION BY b)",
    ),
    "IF [NOT] EXISTS": Exemption(
        23,
        re.compile(r"^((?:CREATE|ALTER|DROP|TRUNCATE)\b.*?) IF (?:NOT )?EXISTS\b"),
        r"\1",
        "the grammar wants the name there",
        "CREATE TABLE IF NOT EXISTS t (a NUMBER)",
    ),
    "rows of VALUES": Exemption(
        23,
        re.compile(rf"^(INSERT INTO .*? VALUES {_ROW})(?: , {_ROW})+"),
        r"\1",
        "the grammar takes one row",
        "INSERT INTO t (a) VALUES (1), (2)",
    ),
    "IS [NOT] TRUE": Exemption(
        23,
        re.compile(r"\bIS (NOT )?(?:TRUE|FALSE)\b"),
        r"IS \1NULL",
        "the grammar has no truth values in conditions",
        "SELECT a FROM t WHERE b IS NOT TRUE",
    ),
    "the type VECTOR": Exemption(
        23,
        re.compile(r"\bVECTOR \( [^()]* \)"),
        "BLOB",
        "the grammar takes no such parameters of a type",
        "CREATE TABLE t (a VECTOR(3, FLOAT32))",
    ),
    "FROM_VECTOR with RETURNING": Exemption(
        23,
        re.compile(
            r"\b(?:FROM_VECTOR|VECTOR_SERIALIZE) \( ([^()]*?) RETURNING [A-Z0-9]+(?: \( [^()]* \))? \)"
        ),
        r"TO_CHAR ( \1 )",
        "the grammar takes arguments and nothing behind them",
        "SELECT FROM_VECTOR(a RETURNING CLOB) FROM t",
    ),
    "privileges on a schema": Exemption(
        23,
        re.compile(rf"^(GRANT|REVOKE) .* ON SCHEMA {_ANY_NAME} (TO|FROM)\b"),
        r"\1 SELECT ON T \2",
        "the grammar takes an object there",
        "GRANT SELECT ANY TABLE ON SCHEMA s TO u",
    ),
}


def exempted(text: str, version: int) -> list[str]:
    """Return the names of what is exempted in canonical text."""
    return [name for name, each in EXEMPTIONS.items() if version >= each.since and each.pattern.search(text)]
