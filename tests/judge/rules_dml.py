"""INSERT, UPDATE, DELETE, MERGE."""

from __future__ import annotations

from judge.conditions import is_condition, is_name, missing_condition, without_cases
from judge.statement import Statement, cut
from judge.tokens import Group, Nodes, find, sequences, split, triples
from judge.words import UNFIT_AS_NAME

MAX_COLUMNS = 1_000
FIRST_WITH_BOOLEAN = 23
FIRST_WITH_ROWS = 23


def _insert_columns(statement: Statement) -> str | None:
    """Each `INTO table (columns) VALUES (values)`, in INSERT ALL too."""
    if statement.verb != "INSERT":
        return None
    for index, node in enumerate(statement.nodes):
        if node.word != "INTO":
            continue
        after = statement.nodes[index + 1 :]
        if after and after[0].word == "TABLE" and not isinstance(after[1] if len(after) > 1 else None, Group):
            return "ORA-00903: INSERT INTO TABLE takes a collection in parentheses"
        target = after[
            : next((i for i, n in enumerate(after) if n.word in {"VALUES", "SELECT", "INTO"}), len(after))
        ]
        columns = target[-1] if len(target) > 1 and isinstance(target[-1], Group) else None
        if columns is None or columns.is_query or target[-2].word in {"PARTITION", "SUBPARTITION", "FOR"}:
            columns = None
        reason = _columns(columns) if columns else None
        return reason or _values(columns, after[len(target) :], statement.version)
    return None


def _columns(columns: Group) -> str | None:
    names = []
    for column in split(columns.items, ","):
        if not is_name(column):
            return "ORA-00928: the column list holds names"
        if column[-1].word in UNFIT_AS_NAME:
            return f"ORA-00928: reserved word {column[-1].word} as a column"
        names.append(column[-1].name)
    if len(names) > MAX_COLUMNS:
        return f"ORA-01792: {len(names)} columns, {MAX_COLUMNS} are allowed"
    if len(set(names)) < len(names):
        return "ORA-00957: duplicate column name"
    return None


def _values(columns: Group | None, nodes: Nodes, version: int) -> str | None:
    if not nodes or nodes[0].word != "VALUES" or len(nodes) == 1 or not isinstance(nodes[1], Group):
        return None
    values = split(nodes[1].items, ",")
    if version < FIRST_WITH_BOOLEAN and any(is_condition(value) for value in values):
        return "ORA-00917: a condition as a value"
    if version < FIRST_WITH_ROWS and len(nodes) > 2 and nodes[2].is_op(","):
        return "ORA-00933: one row for each VALUES"
    if columns is not None and len(split(columns.items, ",")) != len(values):
        more = len(values) > len(split(columns.items, ","))
        return "ORA-00913: too many values" if more else "ORA-00947: not enough values"
    return None


def _assignments(statement: Statement) -> str | None:
    """UPDATE … SET and MERGE … UPDATE SET."""
    if statement.verb not in {"UPDATE", "MERGE"}:
        return None
    for clause in _set_clauses(statement):
        assignments = split(clause, ",")
        for assignment in assignments:
            reason = _assignment(assignment, statement.version)
            if reason is not None:
                return reason
        targets = [_target(assignment) for assignment in assignments]
        if len(set(targets)) < len(targets):
            return "ORA-00957: a column is set twice"
    return None


def _target(assignment: Nodes) -> object:
    """The column's name, or the list of columns itself."""
    at = next(index for index, node in enumerate(assignment) if node.is_op("="))
    return assignment[at - 1].name or assignment[at - 1]


def _set_clauses(statement: Statement) -> list[Nodes]:
    nodes = without_cases(statement.nodes)
    clauses, start = [], find(nodes, "SET")
    while start >= 0:
        after = nodes[start + 1 :]
        end = next(
            (
                i
                for i, n in enumerate(after)
                if n.word in {"WHERE", "WHEN", "DELETE", "RETURNING", "RETURN", "LOG", "FROM"}
            ),
            len(after),
        )
        clauses.append(after[:end])
        start = find(nodes, "SET", start=start + 1)
    return clauses


def _assignment(nodes: Nodes, version: int) -> str | None:
    at = next((index for index, node in enumerate(nodes) if node.is_op("=")), -1)
    if at < 1 or at == len(nodes) - 1:
        return "ORA-00927: an assignment reads column = value"
    target, value = nodes[:at], nodes[at + 1 :]
    if isinstance(target[0], Group):
        group = value[0] if len(value) == 1 else None
        if not (isinstance(group, Group) and group.is_query):
            return "ORA-01767: a list of columns is set from a subquery"
    elif not is_name(target):
        return "ORA-01747: no column to set"
    if target[-1].word in UNFIT_AS_NAME:
        return f"ORA-01747: reserved word {target[-1].word} as a column"
    if version < FIRST_WITH_BOOLEAN and is_condition(value):
        return "ORA-00933: a condition as a value"
    return None


_MERGE_PARTS: tuple[tuple[str, ...], ...] = (
    ("INTO",),
    ("USING",),
    ("ON",),
    ("WHEN",),
)


def _merge(statement: Statement) -> str | None:
    if statement.verb != "MERGE":
        return None
    parts = cut("MERGE", statement.nodes[1:], _MERGE_PARTS)
    if list(parts) != ["MERGE", "INTO", "USING", "ON", "WHEN"]:
        return "ORA-00905: MERGE INTO … USING … ON ( … ) WHEN …"
    condition = parts["ON"]
    if len(condition) != 1 or not isinstance(condition[0], Group):
        return "ORA-00969: the condition of ON stands in parentheses"
    if statement.version < FIRST_WITH_BOOLEAN and (value := missing_condition(condition)) is not None:
        return f"ORA-00920: {value!r} is no condition"
    return _merge_branches(parts["WHEN"], statement.version) or _merge_keys(statement, parts)


def _merge_branches(nodes: Nodes, version: int) -> str | None:
    seen = set()
    for branch in split(without_cases(nodes), "WHEN"):
        kind = "NOT MATCHED" if branch and branch[0].word == "NOT" else "MATCHED"
        then = branch[2 if kind == "NOT MATCHED" else 1 :]
        if not then or then[0].word != "THEN" or kind in seen:
            return f"ORA-00905: one WHEN {kind} THEN, without further conditions"
        seen.add(kind)
        wanted = "INSERT" if kind == "NOT MATCHED" else "UPDATE"
        if len(then) < 2 or then[1].word != wanted:
            return f"ORA-00905: WHEN {kind} THEN {wanted}"
        where = find(then, "WHERE")
        if where > 0 and (value := missing_condition(_until_delete(then[where + 1 :]))) is not None:
            return f"ORA-00920: {value!r} is no condition"
        insert = cut("INSERT", then[2:], (("VALUES",), ("WHERE",), ("LOG", "ERRORS")))
        if wanted == "INSERT":
            columns = insert["INSERT"][0] if insert["INSERT"] else None
            reason = _columns(columns) if isinstance(columns, Group) else None
            values = _values(
                columns if isinstance(columns, Group) else None, then[find(then, "VALUES") :], version
            )
            if reason or values:
                return reason or values
    return None


def _until_delete(nodes: Nodes) -> Nodes:
    ends = [index for index, node in enumerate(nodes) if node.word in {"DELETE", "LOG"}]
    return nodes[: ends[0]] if ends else nodes


def _merge_keys(statement: Statement, parts: dict[str, Nodes]) -> str | None:
    """ORA-38104: the target's columns in ON are not updated."""
    target = [node.name for node in parts["INTO"] if node.name]
    alias = target[-1] if target else ""
    keys = set()
    for sequence in sequences(parts["ON"]):
        for owner, dot, column in triples(sequence):
            if owner.name == alias and dot.is_op(".") and column.name:
                keys.add(column.name)
    for clause in _set_clauses(statement):
        for assignment in split(clause, ","):
            at = next((index for index, node in enumerate(assignment) if node.is_op("=")), 0)
            if at and assignment[at - 1].name in keys:
                return f"ORA-38104: {assignment[at - 1].name} stands in ON and cannot be updated"
    return None


RULES = (_insert_columns, _assignments, _merge)
