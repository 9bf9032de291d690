"""Views, sequences, synonyms, and the small DDL: DROP, TRUNCATE, RENAME, COMMENT, PURGE, ANALYZE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.parse import checks
from dlt_oracle.embedded.sql.parse.sequences import sequence_options
from dlt_oracle.embedded.sql.parse.tables import check_names, if_exists, if_not_exists

if TYPE_CHECKING:
    from collections.abc import Callable

    from dlt_oracle.embedded.sql.parse.cursor import Cursor


# --- CREATE and ALTER ---------------------------------------------------------------------------


def create_view(c: Cursor, start: int, *, or_replace: bool, force: bool) -> ast.CreateView:
    """Parse CREATE VIEW behind its word VIEW."""
    optional = if_not_exists(c)
    name = c.qualified_name(999)
    if c.key == "OF":
        raise c.unsupported("object views")
    columns: tuple[ast.Name, ...] = ()
    if c.key == "(":
        columns = _view_columns(c)
    if c.key in ("DEFAULT", "BEQUEATH", "SHARING", "ANNOTATIONS"):
        raise c.unsupported(f"the {c.key} clause of a view")
    c.keyword("AS")
    text_start = c.start
    if c.key not in ("SELECT", "WITH", "("):
        raise c.error(928)
    query = c.rules.query(c)
    text = c.source(text_start)
    count = checks.width(query.body)
    if columns and count is not None and count != len(columns):
        raise c.error(1730, position=name.position)
    if not columns:
        check_names(c, query)
    restriction = None
    if c.accept("WITH"):
        restriction = _restriction(c)
    return ast.CreateView(
        name, columns, query, text, or_replace, force, restriction, optional, position=start
    )


def _view_columns(c: Cursor) -> tuple[ast.Name, ...]:
    c.open()
    columns = []
    for _ in c.comma_list():
        if c.key in ("CONSTRAINT", "UNIQUE") or (c.key in ("PRIMARY", "FOREIGN") and c.peek() == "KEY"):
            raise c.unsupported("constraints of a view")
        columns.append(c.column_name())
        if c.key not in (",", ")") and c.at_name:
            raise c.unsupported("properties of a view's column")
    c.close()
    checks.duplicate_names(c, columns)
    return tuple(columns)


def _restriction(c: Cursor) -> str:
    if c.accept("READ"):
        c.keyword("ONLY")
        restriction = "READ ONLY"
    else:
        c.keyword("CHECK", "OPTION")
        restriction = "CHECK OPTION"
    if c.accept("CONSTRAINT"):
        c.name(2250)
    return restriction


def create_sequence(c: Cursor, start: int) -> ast.CreateSequence:
    """Parse CREATE SEQUENCE behind its word SEQUENCE."""
    optional = if_not_exists(c)
    name = c.qualified_name(2277)
    options = sequence_options(c)
    if options.restart:
        raise c.error(933, position=options.position)
    return ast.CreateSequence(name, options, optional, position=start)


def alter_sequence(c: Cursor, start: int) -> ast.AlterSequence:
    """Parse ALTER SEQUENCE behind its word SEQUENCE. START WITH only behind RESTART."""
    optional = if_exists(c)
    name = c.qualified_name(2277)
    options = sequence_options(c)
    if options.start_with is not None and not options.restart:
        raise c.error(2283, position=options.position)
    if c.start == options.position:
        raise c.error(2286)
    return ast.AlterSequence(name, options, optional, position=start)


def create_synonym(c: Cursor, start: int, *, or_replace: bool, public: bool) -> ast.CreateSynonym:
    """Parse CREATE SYNONYM behind its word SYNONYM."""
    optional = if_not_exists(c)
    name = c.qualified_name(995)
    c.keyword("FOR")
    return ast.CreateSynonym(name, c.qualified_name(903), or_replace, public, optional, position=start)


# --- DROP ---------------------------------------------------------------------------------------


def _drop_table(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    name = c.qualified_name(903)
    cascade = _cascade_constraints(c)
    return ast.DropTable(name, cascade, c.accept("PURGE"), optional, position=start)


def _cascade_constraints(c: Cursor) -> bool:
    if not c.accept("CASCADE"):
        return False
    c.keyword("CONSTRAINTS")
    return True


def _drop_view(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    name = c.qualified_name(999)
    return ast.DropView(name, _cascade_constraints(c), optional, position=start)


def _drop_index(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    name = c.qualified_name(953)
    while c.accept_any("ONLINE", "FORCE"):
        pass
    if c.key in ("DEFERRED", "IMMEDIATE") and c.peek() == "INVALIDATION":
        c.advance()
        c.advance()
    return ast.DropIndex(name, optional, position=start)


def _drop_sequence(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    return ast.DropSequence(c.qualified_name(2277), optional, position=start)


def _drop_synonym(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    name = c.qualified_name(995)
    c.accept("FORCE")
    return ast.DropSynonym(name, if_exists=optional, position=start)


def _drop_public(c: Cursor, start: int) -> ast.Statement:
    if c.key == "DATABASE":
        raise c.unsupported("DROP PUBLIC DATABASE LINK")
    c.expect("SYNONYM", 950)
    optional = if_exists(c)
    name = c.qualified_name(995)
    c.accept("FORCE")
    return ast.DropSynonym(name, public=True, if_exists=optional, position=start)


def _drop_user(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    name = c.name_node(1935)
    return ast.DropUser(name, c.accept("CASCADE"), optional, position=start)


def _drop_role(c: Cursor, start: int) -> ast.Statement:
    optional = if_exists(c)
    return ast.DropRole(c.name_node(1935), optional, position=start)


DROPS: dict[str, Callable[[Cursor, int], ast.Statement]] = {
    "INDEX": _drop_index,
    "PUBLIC": _drop_public,
    "ROLE": _drop_role,
    "SEQUENCE": _drop_sequence,
    "SYNONYM": _drop_synonym,
    "TABLE": _drop_table,
    "USER": _drop_user,
    "VIEW": _drop_view,
}


# --- the small ones -----------------------------------------------------------------------------


def truncate(c: Cursor) -> ast.TruncateTable:
    """Parse TRUNCATE TABLE."""
    start = c.advance().start
    if c.key == "CLUSTER":
        raise c.unsupported("TRUNCATE CLUSTER")
    c.expect("TABLE", 3290)
    name = c.qualified_name(903)
    if c.key in ("PRESERVE", "PURGE") and c.peek() in ("MATERIALIZED", "SNAPSHOT"):
        raise c.unsupported("materialized view logs")
    storage = None
    if c.key in ("DROP", "REUSE"):
        storage = c.advance().key
        if storage == "DROP" and c.accept("ALL"):
            storage = "DROP ALL"
        c.expect("STORAGE", 3291)
    cascade = c.accept("CASCADE")
    if not c.at_end:
        raise c.error(3291)
    return ast.TruncateTable(name, storage, cascade, position=start)


def rename(c: Cursor) -> ast.Rename:
    """Parse RENAME old TO new: names without an owner."""
    start = c.advance().start
    old = c.name_node(903)
    if c.key == ".":
        raise c.error(1765)
    c.keyword("TO")
    new = c.name_node(903)
    if c.key == ".":
        raise c.error(1765)
    return ast.Rename(old, new, position=start)


def comment(c: Cursor) -> ast.Comment:
    """Parse COMMENT ON TABLE or COLUMN … IS 'text'."""
    start = c.advance().start
    c.expect("ON", 969)
    what = c.key
    if what in ("MATERIALIZED", "INDEXTYPE", "OPERATOR", "EDITION", "AUDIT", "MINING"):
        raise c.unsupported(f"COMMENT ON {what}")
    c.expect_any(("TABLE", "COLUMN"), 905)
    name = c.qualified_name(903 if what == "TABLE" else 904) if what == "TABLE" else None
    column = None
    if name is None:
        name, column = _commented_column(c)
    c.keyword("IS")
    return ast.Comment(name, column, c.string(1780), position=start)


def _commented_column(c: Cursor) -> tuple[ast.QualifiedName, str]:
    """Parse ``[owner.]table.column``: a column alone is ORA-01748."""
    start = c.start
    parts = [c.name(1748)]
    while c.accept("."):
        parts.append(c.name(1747))
    if len(parts) == 1:
        raise c.error(1748, position=start)
    if len(parts) > 3:  # noqa: PLR2004 - owner, table, column
        raise c.error(1747, position=start)
    owner = parts[0] if len(parts) == 3 else None  # noqa: PLR2004 - as above
    return ast.QualifiedName(owner, parts[-2], position=start), parts[-1]


def purge(c: Cursor) -> ast.PurgeTable:
    """Parse PURGE."""
    start = c.advance().start
    what = c.key
    if what in ("TABLESPACE", "DBA_RECYCLEBIN"):
        raise c.unsupported(f"PURGE {what}")
    c.expect_any(("TABLE", "INDEX", "RECYCLEBIN"), 38302)
    name = None if what == "RECYCLEBIN" else c.qualified_name(903 if what == "TABLE" else 953)
    return ast.PurgeTable(what, name, position=start)


def analyze(c: Cursor) -> ast.AnalyzeTable:
    """Parse ANALYZE TABLE or INDEX … STATISTICS."""
    start = c.advance().start
    what = c.key
    if what == "CLUSTER":
        raise c.unsupported("ANALYZE CLUSTER")
    c.expect_any(("TABLE", "INDEX"), 903)
    name = c.qualified_name(903 if what == "TABLE" else 953)
    if c.key in ("VALIDATE", "LIST", "PARTITION", "SUBPARTITION"):
        raise c.unsupported(f"ANALYZE … {c.key}")
    action = c.expect_any(("COMPUTE", "ESTIMATE", "DELETE"), 905)
    c.accept("SYSTEM")
    c.keyword("STATISTICS")
    if c.key == "FOR":
        raise c.unsupported("ANALYZE … FOR")
    if action == "ESTIMATE" and c.accept("SAMPLE"):
        c.integer(905)
        c.expect_any(("ROWS", "PERCENT"), 905)
    return ast.AnalyzeTable(what, name, action, position=start)
