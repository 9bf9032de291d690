"""Things that have to be of one number: columns of branches, of lists and queries, arguments of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from judge.conditions import is_name
from judge.statement import SET_OPERATORS, aliased, first_query
from judge.tokens import NUMBER, Group, Nodes, calls, find, sequences, split, triples

if TYPE_CHECKING:
    from judge.statement import Query, Statement

FIRST_WITH_CONCAT_OF_MANY = 23
_ANY = 10_000
# Least and greatest number of arguments (SQL Language Reference).
ARITY: dict[str, tuple[int, int]] = {
    "NVL": (2, 2),
    "NVL2": (3, 3),
    "NULLIF": (2, 2),
    "COALESCE": (2, _ANY),
    "MOD": (2, 2),
    "SUBSTR": (2, 3),
    "INSTR": (2, 4),
    "UPPER": (1, 1),
    "LOWER": (1, 1),
    "LENGTH": (1, 1),
    "LENGTHB": (1, 1),
    "ABS": (1, 1),
    "DECODE": (3, 255),
    "LPAD": (2, 3),
    "RPAD": (2, 3),
    "REPLACE": (2, 3),
    "GREATEST": (1, _ANY),
    "LEAST": (1, _ANY),
    "HEXTORAW": (1, 1),
    "RAWTOHEX": (1, 1),
    "SUM": (1, 1),
    "MAX": (1, 1),
    "MIN": (1, 1),
    "AVG": (1, 1),
    "COUNT": (1, 1),
}


def _arguments(statement: Statement) -> str | None:
    if statement.is_plsql:
        return None
    for name, group, _ in calls(statement.nodes):
        low, high = ARITY.get(name, (0, _ANY))
        if name == "CONCAT" and statement.version < FIRST_WITH_CONCAT_OF_MANY:
            low, high = 2, 2
        if not low <= len(split(group.items, ",")) <= high:
            return f"ORA-00909: invalid number of arguments of {name}"
    return None


def _branches(statement: Statement) -> str | None:
    """The branches of UNION, MINUS, INTERSECT."""
    for sequence in sequences(statement.nodes):
        if not any(node.word in SET_OPERATORS for node in sequence):
            continue
        start = next((i for i, node in enumerate(sequence) if node.word == "SELECT" or _is_query(node)), 0)
        branches = [_skip_all(branch) for branch in split(sequence[start:], *SET_OPERATORS)]
        widths = {query.width for branch in branches if (query := first_query(branch)) is not None}
        if len(widths - {None}) > 1:
            return "ORA-01789: query block has incorrect number of result columns"
    return None


def _is_query(node: object) -> bool:
    return isinstance(node, Group) and node.is_query


def _skip_all(nodes: Nodes) -> Nodes:
    return nodes[1:] if nodes and nodes[0].word in {"ALL", "DISTINCT"} else nodes


def _rows(statement: Statement) -> str | None:
    """`(a, b) IN (SELECT x FROM t)`, `(a, b) = (SELECT x FROM t)`, `(a, b) IN ((1, 2, 3))`."""
    for sequence in sequences(statement.nodes):
        for left, operator, right in triples(sequence):
            if not (isinstance(left, Group) and isinstance(right, Group)) or left.is_query:
                continue
            columns = split(left.items, ",")
            if not columns or not all(is_name(column) for column in columns):
                continue
            if not (operator.word == "IN" or operator.is_op("=", "<>", "!=")):
                continue
            if right.is_query:
                query = first_query(right.items)
                if query is not None and query.width not in {None, len(columns)}:
                    return "ORA-00913: a list of columns and a subquery of another width"
            elif len(columns) > 1 and any(
                isinstance(row[0], Group) and len(split(row[0].items, ",")) != len(columns)
                for row in split(right.items, ",")
                if row
            ):
                return "ORA-00913: a row of another width than its list of columns"
    return None


def _inserted(statement: Statement) -> str | None:
    """`INSERT INTO t (a, b) SELECT x FROM s`."""
    nodes = statement.nodes
    if statement.verb != "INSERT" or len(nodes) < 2 or nodes[1].word != "INTO":
        return None
    at = next(
        (i for i, node in enumerate(nodes) if node.word in {"SELECT", "WITH"} or (i > 3 and _is_query(node))),
        0,
    )
    columns = nodes[at - 1]
    query = first_query(nodes[at:])
    if (
        not at
        or query is None
        or query.width is None
        or not isinstance(columns, Group)
        or nodes[at - 2].word == "PARTITION"
    ):
        return None
    wanted = len(split(columns.items, ","))
    if query.width == wanted:
        return None
    return "ORA-00913: too many values" if query.width > wanted else "ORA-00947: not enough values"


def _defined(statement: Statement) -> tuple[Group | None, Query] | None:
    """The column list, if there is one, and the query of CREATE TABLE … AS and CREATE VIEW … AS."""
    if statement.verb != "CREATE" or statement.is_plsql:
        return None
    nodes = statement.nodes
    at = next(
        (i for i, node in enumerate(nodes[:-1]) if node.word == "AS" and first_query(nodes[i + 1 :])), -1
    )
    kind = next((node.word for node in nodes if node.word in {"TABLE", "VIEW"}), "")
    if at < 0 or not kind:
        return None
    name = find(nodes, kind) + 1
    name += 2 if len(nodes) > name + 1 and nodes[name + 1].is_op(".") else 0
    columns = nodes[name + 1]
    query = first_query(nodes[at + 1 :])
    return None if query is None else (columns if isinstance(columns, Group) else None, query)


def _named(statement: Statement) -> str | None:
    """The columns of what a query defines have names, each its own."""
    found = _defined(statement)
    if found is None:
        return None
    columns, query = found
    if columns is not None:
        # A constraint in the list is no column.
        listed = [
            c for c in split(columns.items, ",") if c and c[0].word not in {"CONSTRAINT", "PRIMARY", "UNIQUE"}
        ]
        differ = query.width is not None and query.width != len(listed)
        return "ORA-01730: invalid number of column names specified" if differ else None
    names = []
    for item in query.items:
        alias, value = aliased(item)
        if not alias and not is_name(value) and not value[-1].is_op("*"):
            return "ORA-00998: must name this expression with a column alias"
        if not value[-1].is_op("*"):
            names.append(alias or value[-1].name)
    return "ORA-00957: duplicate column name" if len(set(names)) < len(names) else None


def _common_tables(statement: Statement) -> str | None:
    """`WITH c (a, b) AS (SELECT 1 FROM dual)`."""
    for sequence in sequences(statement.nodes):
        for columns, word, body in triples(sequence):
            if isinstance(columns, Group) and word.word == "AS" and isinstance(body, Group) and body.is_query:
                query = first_query(body.items)
                before = sequence[: sequence.index(columns)]
                if find(before, "WITH") < 0 or query is None or query.width is None:
                    continue
                if query.width != len(split(columns.items, ",")):
                    return "ORA-32038: number of WITH clause column names does not match its query"
    return None


def _positions(statement: Statement) -> str | None:
    """`ORDER BY 3` of a query of two columns."""
    for query in statement.queries:
        for item in query.list("ORDER BY"):
            number = item[0] if item and item[0].kind == NUMBER and (len(item) == 1 or item[1].word) else None
            if number is not None and query.width is not None and not 1 <= float(number.text) <= query.width:
                return "ORA-01785: ORDER BY item must be the number of a SELECT-list expression"
    return None


RULES = (_arguments, _branches, _rows, _inserted, _named, _common_tables, _positions)
