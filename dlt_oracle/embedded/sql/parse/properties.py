"""Physical properties of tables, partitions and indexes: legal ones are kept as data, others refused.

Each clause is one function: its first word is taken already, and it returns the field of ``TableProperties``
it fills and the value. ``others`` collects the clauses that change nothing in this server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.scan import NUMBER
from dlt_oracle.embedded.sql.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dlt_oracle.embedded.sql.parse.cursor import Cursor

    Clause = Callable[[Cursor, str], tuple[str, Any]]

_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4, "P": 1024**5, "E": 1024**6}


def size(c: Cursor, code: int) -> int:
    """Take ``n [K | M | G | T | P | E]`` (also written together); return bytes."""
    number = c.integer(code)
    unit = c.accept_any(*_UNITS)
    return number * _UNITS[unit] if unit else number


def table_properties(c: Cursor) -> ast.TableProperties:
    """Parse the properties of a table that are next, in any order; none is fine."""
    return _properties(c, _TABLE)


def altered_properties(c: Cursor) -> ast.TableProperties:
    """Parse the properties that ALTER TABLE can change; the tablespace takes a MOVE."""
    return _properties(c, _ALTERED)


def segment_properties(c: Cursor) -> ast.TableProperties:
    """Parse the properties of a partition, or of a table that is moved."""
    return _properties(c, _SEGMENT)


def index_properties(c: Cursor) -> ast.TableProperties:
    """Parse the properties of an index."""
    return _properties(c, _INDEX)


def _properties(c: Cursor, clauses: Mapping[str, Clause]) -> ast.TableProperties:
    fields: dict[str, Any] = {}
    others: list[tuple[str, str]] = []
    start = c.start
    while (clause := clauses.get(c.key)) is not None and c.peek() not in _NOT_PROPERTIES.get(c.key, ()):
        position = c.start
        field, value = clause(c, c.advance().key)
        if field == "others":
            others.append(value)
        elif field in fields:
            raise c.error(922, position=position)
        else:
            fields[field] = value
    return ast.TableProperties(**fields, others=tuple(others), position=start)


# Where these words are followed by those, another rule of the statement takes them.
_CONSTRAINT_WORDS = ("PRIMARY", "UNIQUE", "CONSTRAINT", "VALIDATE", "NOVALIDATE")
_NOT_PROPERTIES = {
    "ENABLE": (*_CONSTRAINT_WORDS, "TABLE", "ALL"),
    "DISABLE": (*_CONSTRAINT_WORDS, "TABLE", "ALL"),
}

# --- fields -------------------------------------------------------------------------------------


def _tablespace(c: Cursor, _: str) -> tuple[str, Any]:
    if c.key == "SET":
        raise c.unsupported("tablespace sets")
    return "tablespace", c.name(2216)


def _number(field: str, least: int, most: int, code: int) -> Clause:
    def parse(c: Cursor, _: str) -> tuple[str, Any]:
        position = c.start
        number = c.integer(code)
        if not least <= number <= most:
            raise c.error(code, position=position)
        return field, number

    return parse


def _switch(field: str, value: Any) -> Clause:
    return lambda _c, _word: (field, value)


_STORAGE_SIZES = ("INITIAL", "NEXT", "MAXSIZE", "OPTIMAL")
_STORAGE_NUMBERS = ("MINEXTENTS", "MAXEXTENTS", "PCTINCREASE", "FREELISTS")
_STORAGE_WORDS = {
    "BUFFER_POOL": ("KEEP", "RECYCLE", "DEFAULT"),
    "FLASH_CACHE": ("KEEP", "NONE", "DEFAULT"),
    "CELL_FLASH_CACHE": ("KEEP", "NONE", "DEFAULT"),
}


def _storage(c: Cursor, _: str) -> tuple[str, Any]:
    c.open()
    found: list[tuple[str, str]] = []
    while c.key != ")":
        word = c.advance().key
        start = c.start
        if word == "FREELIST":
            c.keyword("GROUPS")
        unlimited = word in ("MAXEXTENTS", "MAXSIZE") and c.accept("UNLIMITED")
        if unlimited or (word == "OPTIMAL" and c.accept("NULL")):
            pass
        elif word in _STORAGE_SIZES:
            size(c, 2143)
        elif word in _STORAGE_NUMBERS or word == "FREELIST":
            c.integer(2143)
        elif word in _STORAGE_WORDS:
            c.expect_any(_STORAGE_WORDS[word], 2143)
        else:
            raise c.error(2143)
        found.append((word, c.source(start)))
    c.close()
    return "storage", tuple(found)


_COMPRESS_FOR = {
    ("OLTP",): "ADVANCED",
    ("ALL", "OPERATIONS"): "ADVANCED",
    ("DIRECT_LOAD", "OPERATIONS"): "BASIC",
    ("QUERY", "LOW"): "QUERY LOW",
    ("QUERY", "HIGH"): "QUERY HIGH",
    ("QUERY",): "QUERY HIGH",
    ("ARCHIVE", "LOW"): "ARCHIVE LOW",
    ("ARCHIVE", "HIGH"): "ARCHIVE HIGH",
    ("ARCHIVE",): "ARCHIVE LOW",
}


def _compress(c: Cursor, _: str) -> tuple[str, Any]:
    """Parse COMPRESS of a table: BASIC, or FOR what."""
    if not c.accept("FOR"):
        c.accept("BASIC")
        return "compression", "BASIC"
    for spelling, name in _COMPRESS_FOR.items():
        if c.accept(*spelling):
            return "compression", name
    raise c.error(922)


def _store(c: Cursor, word: str) -> tuple[str, Any]:
    """Parse ROW STORE COMPRESS … or COLUMN STORE COMPRESS FOR …."""
    c.expect("STORE", 922)
    c.expect("COMPRESS", 922)
    if c.accept("ADVANCED"):
        return "compression", "ADVANCED"
    return _compress(c, word)


def _index_compress(c: Cursor, _: str) -> tuple[str, Any]:
    """Parse COMPRESS of an index: a prefix length, or ADVANCED [LOW | HIGH]."""
    if c.accept("ADVANCED"):
        return "compression", f"ADVANCED {c.accept_any('LOW', 'HIGH') or 'HIGH'}"
    return "prefix_length", c.integer(25194) if c.token.kind == NUMBER else 0


def _parallel(c: Cursor, _: str) -> tuple[str, Any]:
    if c.token.kind == NUMBER:
        degree = c.integer(12813)
        _instances(c)
        return "parallel", degree
    if not c.accept("("):
        return "parallel", 0
    c.keyword("DEGREE")
    degree = 0 if c.accept("DEFAULT") else c.integer(12813)
    _instances(c)
    c.close()
    return "parallel", degree


def _instances(c: Cursor) -> None:
    """Take INSTANCES n, which Oracle has not looked at since version 8."""
    if c.accept("INSTANCES") and not c.accept("DEFAULT"):
        c.integer(12813)


def _row_movement(c: Cursor, word: str) -> tuple[str, Any]:
    c.expect("ROW", 922)
    c.keyword("MOVEMENT")
    return "row_movement", word == "ENABLE"


def _segment_creation(c: Cursor, _: str) -> tuple[str, Any]:
    c.expect("CREATION", 922)
    return "segment_creation_immediate", c.expect_any(("IMMEDIATE", "DEFERRED"), 922) == "IMMEDIATE"


_INMEMORY_CLAUSES = (
    ("MEMCOMPRESS", "FOR", "DML"),
    ("MEMCOMPRESS", "FOR", "QUERY", "LOW"),
    ("MEMCOMPRESS", "FOR", "QUERY", "HIGH"),
    ("MEMCOMPRESS", "FOR", "QUERY"),
    ("MEMCOMPRESS", "FOR", "CAPACITY", "LOW"),
    ("MEMCOMPRESS", "FOR", "CAPACITY", "HIGH"),
    ("MEMCOMPRESS", "FOR", "CAPACITY"),
    ("NO", "MEMCOMPRESS"),
    ("PRIORITY", "NONE"),
    ("PRIORITY", "LOW"),
    ("PRIORITY", "MEDIUM"),
    ("PRIORITY", "HIGH"),
    ("PRIORITY", "CRITICAL"),
    ("DISTRIBUTE", "AUTO"),
    ("DISTRIBUTE", "BY", "ROWID", "RANGE"),
    ("DISTRIBUTE", "BY", "PARTITION"),
    ("DISTRIBUTE", "BY", "SUBPARTITION"),
    ("DISTRIBUTE",),
    ("NO", "DUPLICATE"),
    ("DUPLICATE", "ALL"),
    ("DUPLICATE",),
)


def _inmemory(c: Cursor, _: str) -> tuple[str, Any]:
    """Parse INMEMORY with its attributes, which change nothing here."""
    while any(c.accept(*spelling) for spelling in _INMEMORY_CLAUSES):
        pass
    if c.key == "(":
        raise c.unsupported("INMEMORY of single columns")
    return "inmemory", True


def _no(c: Cursor, _: str) -> tuple[str, Any]:
    if c.key == "MEMOPTIMIZE":
        raise c.unsupported("the MEMOPTIMIZE clause of a table")
    c.expect("INMEMORY", 922)
    if c.key == "(":
        raise c.unsupported("INMEMORY of single columns")
    return "inmemory", False


def _kept(*alternatives: str) -> Clause:
    """Make the parser of a clause that is kept by its words: one of these must follow the first word."""

    def parse(c: Cursor, word: str) -> tuple[str, Any]:
        for alternative in alternatives:
            if not alternative or c.accept(*alternative.split()):
                return "others", (word, alternative)
        raise c.error(922)

    return parse


def _unsupported(c: Cursor, word: str) -> tuple[str, Any]:
    raise c.unsupported(f"the {word} clause of a table")


def _read(c: Cursor, _: str) -> tuple[str, Any]:
    if c.expect_any(("ONLY", "WRITE"), 922) == "ONLY":
        raise c.unsupported("CREATE TABLE … READ ONLY")
    return "others", ("READ", "WRITE")


def _cluster(c: Cursor, _: str) -> tuple[str, Any]:
    c.name(922)
    raise c.unsupported("clustered tables")


# --- LOB storage --------------------------------------------------------------------------------

_LOB_SWITCHES = words(
    "NOCACHE CACHE LOGGING NOLOGGING FILESYSTEM_LIKE_LOGGING NOCOMPRESS DEDUPLICATE KEEP_DUPLICATES DECRYPT"
)


def _lob(c: Cursor, _: str) -> tuple[str, Any]:
    """Parse ``LOB (columns) STORE AS [SECUREFILE | BASICFILE] [segment] [(parameters)]``."""
    start = c.start
    c.name_list()
    c.keyword("STORE", "AS")
    c.accept_any("SECUREFILE", "BASICFILE")
    if c.at_name:
        c.advance()
    if c.accept("("):
        while not c.accept(")"):
            _lob_parameter(c)
    return "others", ("LOB", c.source(start))


def _lob_parameter(c: Cursor) -> None:
    word = c.key
    if word in ("TABLESPACE", "STORAGE"):
        _SEGMENT[word](c, c.advance().key)
    elif word in ("ENABLE", "DISABLE"):
        c.advance()
        c.keyword("STORAGE", "IN", "ROW")
    elif word in ("CHUNK", "PCTVERSION", "FREEPOOLS"):
        c.advance()
        c.integer(22853)
    elif word == "RETENTION":
        c.advance()
        if c.accept("MIN"):
            c.integer(22853)
        else:
            c.accept_any("MAX", "AUTO", "NONE")
    elif word == "COMPRESS":
        c.advance()
        c.accept_any("HIGH", "MEDIUM", "LOW")
    elif word in _LOB_SWITCHES:
        c.advance()
        if word == "CACHE":
            c.accept("READS")
    else:
        raise c.error(22853)


# --- what may stand where -----------------------------------------------------------------------

_PHYSICAL: dict[str, Clause] = {
    "PCTFREE": _number("pct_free", 0, 99, 2211),
    "PCTUSED": _number("pct_used", 0, 99, 2211),
    "INITRANS": _number("ini_trans", 1, 255, 2207),
    "MAXTRANS": _number("max_trans", 1, 255, 2209),
    "STORAGE": _storage,
    "TABLESPACE": _tablespace,
    "LOGGING": _switch("logging", True),
    "NOLOGGING": _switch("logging", False),
}

_SEGMENT: dict[str, Clause] = {
    **_PHYSICAL,
    "FILESYSTEM_LIKE_LOGGING": _switch("logging", True),
    "COMPRESS": _compress,
    "NOCOMPRESS": _switch("compression", "NONE"),
    "ROW": _store,
    "COLUMN": _store,
    "SEGMENT": _segment_creation,
    "INMEMORY": _inmemory,
    "NO": _no,
    "LOB": _lob,
    "INDEXING": _kept("ON", "OFF"),
    "PARALLEL": _parallel,
    "NOPARALLEL": _switch("parallel", 1),
}

_TABLE: dict[str, Clause] = {
    **_SEGMENT,
    "CACHE": _switch("cache", True),
    "NOCACHE": _switch("cache", False),
    "ENABLE": _row_movement,
    "DISABLE": _row_movement,
    "MONITORING": _switch("monitoring", True),
    "NOMONITORING": _switch("monitoring", False),
    "ROWDEPENDENCIES": _kept(""),
    "NOROWDEPENDENCIES": _kept(""),
    "READ": _read,
    "RESULT_CACHE": _kept("( MODE DEFAULT )", "( MODE FORCE )"),
    "CLUSTERING": _unsupported,
    "FLASHBACK": _unsupported,
    "ILM": _unsupported,
    "MEMOPTIMIZE": _unsupported,
    "VARRAY": _unsupported,
    "NESTED": _unsupported,
    "XMLTYPE": _unsupported,
    "CLUSTER": _cluster,
}

_ALTERED = {word: clause for word, clause in _TABLE.items() if word not in ("TABLESPACE", "SEGMENT", "READ")}

_INDEX: dict[str, Clause] = {
    **_PHYSICAL,
    "COMPRESS": _index_compress,
    "NOCOMPRESS": _switch("prefix_length", 0),
    "PARALLEL": _parallel,
    "NOPARALLEL": _switch("parallel", 1),
    "COMPUTE": _kept("STATISTICS"),
    "SEGMENT": _segment_creation,
}
