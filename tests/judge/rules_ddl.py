"""CREATE TABLE and ALTER TABLE: columns, types, constraints; indexes, renames, comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from judge.conditions import is_condition, is_name, missing_condition
from judge.datatypes import read_type
from judge.tokens import OP, Group, Nodes, calls, find, split
from judge.words import DEFAULT_WORDS, UNFIT_AS_NAME, words

if TYPE_CHECKING:
    from judge.statement import Statement

MAX_COLUMNS = 1_000
MAX_INDEX_COLUMNS = 32
FIRST_WITH_BOOLEAN = 23
_CONSTRAINTS = {
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "FOREIGN",
    "CHECK",
    "SUPPLEMENTAL",
    "SCOPE",
    "REF",
    "PERIOD",
}
_TABLE_KINDS = {"TABLE", "GLOBAL", "PRIVATE", "IMMUTABLE", "BLOCKCHAIN"}
_NO_TYPE_NEEDED = {"REFERENCES", "GENERATED", "AS", "CONSTRAINT"}
_NO_KEY_TYPES = {
    "CLOB",
    "NCLOB",
    "BLOB",
    "BFILE",
    "LONG",
    "LONG RAW",
    "TIMESTAMP WITH TIME ZONE",
    "JSON",
    "XMLTYPE",
}


@dataclass
class Columns:
    """The columns of a table as its definition shows them, and the keys over them."""

    types: dict[str, str] = field(default_factory=dict)
    primary: int = 0
    identities: int = 0
    keys: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)


def _create_table(statement: Statement) -> str | None:
    if statement.verb != "CREATE" or statement.object_kind not in _TABLE_KINDS:
        return None
    at = find(statement.nodes, "TABLE")
    kinds = {node.word for node in statement.nodes[1:at]}
    name = statement.nodes[at + 1 : at + 4]
    if not name or not name[0].name:
        return "ORA-00903: invalid table name"
    last = name[2] if len(name) > 2 and name[1].is_op(".") else name[0]
    if last.word in UNFIT_AS_NAME:
        return f"ORA-00903: reserved word {last.word} as a table"
    if "PRIVATE" in kinds and not last.name.startswith("ORA$PTT_"):
        return "ORA-00903: a private temporary table's name begins with ORA$PTT_"
    body = statement.nodes[at + (4 if last is not name[0] else 2) :]
    query = next(
        (
            index
            for index, (a, b) in enumerate(pairwise(body))
            if a.word == "AS" and (b.word in {"SELECT", "WITH"} or (isinstance(b, Group) and b.is_query))
        ),
        len(body),
    )
    reason = _on_commit(kinds, body, query)
    if reason is None and body and isinstance(body[0], Group):
        return _column_list(statement, body[0], typed=query == len(body))
    return reason


def _on_commit(kinds: set[str], body: Nodes, query: int) -> str | None:
    at = find(body, "ON", "COMMIT")
    if at < 0:
        return None
    if "TEMPORARY" not in kinds:
        return "ORA-14451: ON COMMIT belongs to temporary tables"
    if at > query:
        return "ORA-00933: ON COMMIT stands in front of AS SELECT"
    wanted = "DEFINITION" if "PRIVATE" in kinds else "ROWS"
    return None if find(body, wanted) == at + 3 else f"ORA-00922: ON COMMIT … {wanted}"


def _column_list(statement: Statement, group: Group, *, typed: bool, altering: bool = False) -> str | None:
    columns = Columns()
    items = split(group.items, ",")
    if not items or not all(items):
        return "ORA-00904: an empty column definition"
    for item in items:
        if (reason := _item(statement, columns, item, typed=typed)) is not None:
            return reason
    return _whole_list(columns) or _keys(columns, complete=typed and not altering)


def _whole_list(columns: Columns) -> str | None:
    if len(columns.types) > MAX_COLUMNS:
        return f"ORA-01792: {len(columns.types)} columns, {MAX_COLUMNS} are allowed"
    if columns.primary > 1:
        return "ORA-02260: a table has one primary key"
    if columns.identities > 1:
        return "ORA-30669: a table has one identity column"
    if len(set(columns.constraints)) < len(columns.constraints):
        return "ORA-02264: name already used by an existing constraint"
    if sum(kind.startswith("LONG") for kind in columns.types.values()) > 1:
        return "ORA-01754: a table has one LONG column"
    return None


def _keys(columns: Columns, *, complete: bool) -> str | None:
    for key in columns.keys:
        if complete and key not in columns.types:
            return f"ORA-00904: the key names {key}, which is no column"
        if columns.types.get(key, "") in _NO_KEY_TYPES:
            return f"ORA-02329: a {columns.types[key]} column is no key"
    return None


def _item(statement: Statement, columns: Columns, item: Nodes, *, typed: bool) -> str | None:
    if item[0].word in _CONSTRAINTS and (len(item) == 1 or item[0].word != "REF"):
        return _constraint(columns, item)
    name, rest = item[0].name, item[1:]
    if not name or item[0].word in UNFIT_AS_NAME or name == "ROWID":
        return f"ORA-00904: {item[0].text or '( … )'} is no name for a column"
    if name in columns.types:
        return f"ORA-00957: duplicate column name {name}"
    columns.types[name] = ""
    if not typed:
        typed_all_the_same = rest and not _begins_option(rest)
        return "ORA-01773: AS SELECT gives the columns their datatypes" if typed_all_the_same else None
    if rest and rest[0].word in _NO_TYPE_NEEDED:
        return _options(statement, columns, name, rest)
    found = read_type(rest, version=statement.version, extended=statement.extended)
    columns.types[name] = found.name
    return found.refusal or _options(statement, columns, name, rest[found.length :])


_OPTIONS = words("""
    DEFAULT NOT NULL CONSTRAINT PRIMARY UNIQUE CHECK REFERENCES GENERATED AS VISIBLE INVISIBLE ENCRYPT
    COLLATE SORT ENABLE DISABLE RELY NORELY VIRTUAL DECRYPT SCOPE ANNOTATIONS DOMAIN RESERVABLE USING
    DEFERRABLE INITIALLY NOVALIDATE VALIDATE SUBSTITUTABLE ELEMENT COLUMN DROP FOR STRICT EVALUATE
    UNUSABLE
""")


def _begins_option(nodes: Nodes) -> bool:
    return nodes[0].word in _OPTIONS


def _options(statement: Statement, columns: Columns, name: str, options: Nodes) -> str | None:
    if options and not _begins_option(options):
        return f"ORA-00907: {options[0].text or '( … )'} behind the type of column {name}"
    words = [node.word for node in options]
    pairs = list(pairwise(words))
    columns.identities += ("AS", "IDENTITY") in pairs
    columns.constraints += [b.name for a, b in pairwise(options) if a.word == "CONSTRAINT"]
    if ("PRIMARY", "KEY") in pairs:
        columns.primary += 1
        columns.keys.append(name)
    if "UNIQUE" in words:
        columns.keys.append(name)
    plain_null = any(
        word == "NULL" and before not in {"NOT", "SET", "DEFAULT", "ON"}
        for before, word in pairwise(["", *words])
    )
    if plain_null and ("NOT", "NULL") in pairs:
        return "ORA-01451: NULL and NOT NULL for one column"
    if "DEFAULT" not in words or ("BY", "DEFAULT") in pairs:
        return None
    return _default(statement, name, options[words.index("DEFAULT") + 1 :])


def _default(statement: Statement, name: str, value: Nodes) -> str | None:
    while value and value[0].word in {"ON", "FOR", "INSERT", "AND", "UPDATE", "ONLY"}:
        value = value[1:]
        if value and value[0].word == "NULL" and len(value) > 1:
            value = value[1:]
    end = next((i for i, node in enumerate(value) if i and node.word in _OPTIONS - {"NULL"}), len(value))
    value = value[:end]
    if not value:
        return f"ORA-00936: DEFAULT without a value for column {name}"
    if statement.version < FIRST_WITH_BOOLEAN and is_condition(value):
        return "ORA-00907: a condition as a default"
    if len(value) == 1 and value[0].name and value[0].word not in DEFAULT_WORDS:
        return f"ORA-00984: the default of {name} names a column"
    return None


def _constraint(columns: Columns, item: Nodes) -> str | None:
    if item[0].word == "CONSTRAINT":
        if len(item) < 3 or not item[1].name or item[1].word in UNFIT_AS_NAME:
            return "ORA-00904: a constraint without a name of its own"
        columns.constraints.append(item[1].name)
        item = item[2:]
    group = next((node for node in item[:3] if isinstance(node, Group)), None)
    if group is None:
        known = item[0].word in {"PRIMARY", "UNIQUE", "FOREIGN", "CHECK"}
        return f"ORA-00906: {item[0].word} and its columns in parentheses" if known else None
    if item[0].word in {"PRIMARY", "UNIQUE"}:
        names = [column[0].name for column in split(group.items, ",") if column]
        if not names:
            return "ORA-00936: a key without columns"
        columns.primary += item[0].word == "PRIMARY"
        columns.keys.extend(names)
        if len(names) > MAX_INDEX_COLUMNS:
            return f"ORA-02257: {len(names)} columns in a key, {MAX_INDEX_COLUMNS} are allowed"
    return None


def _alter_table(statement: Statement) -> str | None:
    if statement.verb != "ALTER" or statement.object_kind != "TABLE":
        return None
    nodes = statement.nodes[2:]
    length = 3 if len(nodes) > 1 and nodes[1].is_op(".") else 1
    if not nodes or not is_name(nodes[:length]):
        return "ORA-00903: invalid table name"
    if nodes[length - 1].word in UNFIT_AS_NAME:
        return f"ORA-00903: reserved word {nodes[length - 1].word} as a table"
    actions = nodes[length:]
    if not actions:
        return "ORA-02210: no options specified for ALTER TABLE"
    for index, action in enumerate(actions[:-1]):
        if action.word in {"ADD", "MODIFY"}:
            reason = _add_or_modify(statement, action.word, actions[index + 1 :])
        elif action.word == "RENAME":
            reason = _rename(actions[index + 1 :])
        else:
            reason = None
        if reason is not None:
            return reason
    return None


_ADD_OTHER = _CONSTRAINTS | {"PARTITION", "SUBPARTITION", "OVERFLOW", "VISIBLE"}
_MODIFY_OTHER = words("""
    CONSTRAINT PRIMARY UNIQUE PARTITION SUBPARTITION DEFAULT LOB NESTED VARRAY OPAQUE
""")


def _add_or_modify(statement: Statement, verb: str, rest: Nodes) -> str | None:
    first = rest[0]
    if isinstance(first, Group):
        if verb == "ADD":
            return _column_list(statement, first, typed=True, altering=True)
        items = split(first.items, ",")
        return next((r for item in items if (r := _modified(statement, item)) is not None), None)
    if first.word in (_ADD_OTHER if verb == "ADD" else _MODIFY_OTHER):
        return None
    end = next(
        (i for i, node in enumerate(rest) if node.word in {"ADD", "MODIFY", "RENAME"} and i), len(rest)
    )
    if verb == "ADD":
        if any(node.is_op(",") for node in rest[:end]):
            return "ORA-01735: several columns stand in parentheses"
        return _column_list(statement, Group(tuple(rest[:end])), typed=True, altering=True)
    return _modified(statement, rest[:end])


def _modified(statement: Statement, item: Nodes) -> str | None:
    if not item or not item[0].name or item[0].word in UNFIT_AS_NAME:
        return "ORA-00904: no column to modify"
    rest = item[1:]
    if not rest or _begins_option(rest):
        return None if rest else "ORA-00905: nothing to modify"
    found = read_type(rest, version=statement.version, extended=statement.extended)
    return found.refusal or _options(statement, Columns(), item[0].name, rest[found.length :])


def _rename(rest: Nodes) -> str | None:
    if rest[0].word == "TO" and len(rest) > 2 and rest[2].is_op("."):
        return "ORA-14047: the new name of a table has no owner"
    if rest[0].word == "COLUMN" and len(rest) > 2 and rest[2].is_op("."):
        return "ORA-00946: a column is renamed without its table's name"
    new = rest[-1]
    if new.word in UNFIT_AS_NAME:
        return f"ORA-00904: reserved word {new.word} as a new name"
    return None


def _rename_object(statement: Statement) -> str | None:
    if statement.verb == "RENAME" and any(node.kind == OP for node in statement.nodes):
        return "ORA-01765: RENAME takes names without owners"
    return None


def _create_index(statement: Statement) -> str | None:
    if statement.verb != "CREATE" or statement.object_kind not in {"INDEX", "UNIQUE", "BITMAP"}:
        return None
    at = find(statement.nodes, "ON")
    columns = next((node for node in statement.nodes[at:] if isinstance(node, Group)), None)
    if columns is None:
        return None
    items = split(columns.items, ",")
    if len(items) > MAX_INDEX_COLUMNS:
        return f"ORA-01793: {len(items)} columns in an index, {MAX_INDEX_COLUMNS} are allowed"
    if any(is_condition(item) for item in items):
        return "ORA-00907: a condition as an indexed expression"
    names = [item[0].name for item in items if len(item) == 1 and item[0].name]
    return "ORA-00957: duplicate column name" if len(set(names)) < len(names) else None


def _comment(statement: Statement) -> str | None:
    if statement.verb != "COMMENT" or len(statement.nodes) < 4 or statement.nodes[2].word != "COLUMN":
        return None
    if not statement.nodes[4:5] or not statement.nodes[4].is_op("."):
        return "ORA-01748: COMMENT ON COLUMN takes table.column"
    return None


def _checks(statement: Statement) -> str | None:
    if statement.version >= FIRST_WITH_BOOLEAN or statement.object_kind not in _TABLE_KINDS:
        return None
    for name, group, _ in calls(statement.nodes):
        if name == "CHECK" and (value := missing_condition(group.items)) is not None:
            return f"ORA-00920: {value!r} is no condition"
    return None


RULES = (_checks, _create_table, _alter_table, _rename_object, _create_index, _comment)
