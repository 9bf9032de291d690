"""Read a data type out of a sequence of nodes and say what is wrong with it, by version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from judge.tokens import NUMBER, OP, QUOTED, Group, Nodes, split

Check = Callable[["Arguments"], "str | None"]


@dataclass(frozen=True)
class Arguments:
    """What stands in the parentheses behind a type's name; ``None`` when there are no parentheses."""

    name: str
    nodes: Nodes | None
    extended: bool


@dataclass(frozen=True)
class TypeText:
    """A data type as read: its full name, how many nodes it takes, and why Oracle refuses it."""

    name: str
    length: int
    refusal: str | None = None


def _number_text(nodes: Nodes) -> str | None:
    """The digits of a plain or signed whole number."""
    if len(nodes) == 1 and nodes[0].kind == NUMBER and nodes[0].text.isdigit():
        return nodes[0].text
    if len(nodes) == 2 and nodes[0].is_op("-", "+") and nodes[1].kind == NUMBER and nodes[1].text.isdigit():
        return nodes[0].text + nodes[1].text
    return None


def _none(arguments: Arguments) -> str | None:
    return None if arguments.nodes is None else f"ORA-00907: {arguments.name} takes no parentheses"


def _length(standard: int, extended: int, *, required: bool, units: bool) -> Check:
    def check(arguments: Arguments) -> str | None:
        if arguments.nodes is None:
            return f"ORA-00906: {arguments.name} needs a length" if required else None
        # BYTE and CHAR count against the same limit: n CHAR is capped by its bytes when stored.
        digits = arguments.nodes
        if units and digits[1:] and digits[1].word in {"BYTE", "CHAR"} and len(digits) == 2:
            digits = digits[:1]
        text = _number_text(digits)
        if text is None:
            return f"ORA-00910: the length of {arguments.name} is a whole number{' and BYTE or CHAR' * units}"
        limit = extended if arguments.extended else standard
        if int(text) < 1:
            return "ORA-01723: zero-length columns are not allowed"
        return None if int(text) <= limit else f"ORA-00910: {arguments.name} is at most {limit} long"

    return check


def _range(low: int, high: int, code: str) -> Check:
    def check(arguments: Arguments) -> str | None:
        if arguments.nodes is None:
            return None
        text = _number_text(arguments.nodes)
        if text is not None and low <= int(text) <= high:
            return None
        return f"{code}: the precision of {arguments.name} is {low} to {high}"

    return check


def _decimal(arguments: Arguments) -> str | None:
    """`(p)`, `(p, s)`, and `*` for 38 in place of p."""
    if arguments.nodes is None:
        return None
    parts = split(arguments.nodes, ",")
    star = bool(parts) and len(parts[0]) == 1 and parts[0][0].is_op("*")
    texts = ["38" if star and not index else _number_text(part) for index, part in enumerate(parts)]
    numbers = [int(text) for text in texts if text is not None]
    if len(numbers) < len(texts) or len(numbers) not in {1, 2}:
        return f"ORA-01727: {arguments.name} takes (precision[, scale])"
    if not 1 <= numbers[0] <= 38:
        return "ORA-01727: numeric precision specifier is out of range (1 to 38)"
    if len(numbers) > 1 and not -84 <= numbers[1] <= 127:
        return "ORA-01728: numeric scale specifier is out of range (-84 to 127)"
    return None


def _anything(_: Arguments) -> str | None:
    return None


_CHAR = _length(2000, 2000, required=False, units=True)
_NCHAR = _length(1000, 1000, required=False, units=False)
_VARCHAR = _length(4000, 32767, required=True, units=True)
_NVARCHAR = _length(2000, 16383, required=True, units=False)
_FRACTION = _range(0, 9, "ORA-30088")

# The name's words, longest first within one beginning: "(" marks where the parentheses may stand.
TYPES: tuple[tuple[tuple[str, ...], Check, int], ...] = (
    (("VARCHAR2", "("), _VARCHAR, 12),
    (("VARCHAR", "("), _VARCHAR, 12),
    (("NVARCHAR2", "("), _NVARCHAR, 12),
    (("CHAR", "VARYING", "("), _VARCHAR, 12),
    (("CHARACTER", "VARYING", "("), _VARCHAR, 12),
    (("CHARACTER", "("), _CHAR, 12),
    (("CHAR", "("), _CHAR, 12),
    (("NCHAR", "VARYING", "("), _NVARCHAR, 12),
    (("NCHAR", "("), _NCHAR, 12),
    (("NATIONAL", "CHARACTER", "VARYING", "("), _NVARCHAR, 12),
    (("NATIONAL", "CHAR", "VARYING", "("), _NVARCHAR, 12),
    (("NATIONAL", "CHARACTER", "("), _NCHAR, 12),
    (("NATIONAL", "CHAR", "("), _NCHAR, 12),
    (("RAW", "("), _length(2000, 32767, required=True, units=False), 12),
    (("LONG", "RAW", "("), _none, 12),
    (("LONG", "("), _none, 12),
    (("NUMBER", "("), _decimal, 12),
    (("NUMERIC", "("), _decimal, 12),
    (("DECIMAL", "("), _decimal, 12),
    (("DEC", "("), _decimal, 12),
    (("INTEGER", "("), _none, 12),
    (("INT", "("), _none, 12),
    (("SMALLINT", "("), _none, 12),
    (("REAL", "("), _none, 12),
    (("DOUBLE", "PRECISION", "("), _none, 12),
    (("FLOAT", "("), _range(1, 126, "ORA-30088"), 12),
    (("BINARY_FLOAT", "("), _none, 12),
    (("BINARY_DOUBLE", "("), _none, 12),
    (("DATE", "("), _none, 12),
    (("TIMESTAMP", "(", "WITH", "LOCAL", "TIME", "ZONE"), _FRACTION, 12),
    (("TIMESTAMP", "(", "WITH", "TIME", "ZONE"), _FRACTION, 12),
    (("TIMESTAMP", "("), _FRACTION, 12),
    (("INTERVAL", "YEAR", "(", "TO", "MONTH"), _FRACTION, 12),
    (("INTERVAL", "DAY", "(", "TO", "SECOND", "("), _FRACTION, 12),
    (("CLOB", "("), _none, 12),
    (("NCLOB", "("), _none, 12),
    (("BLOB", "("), _none, 12),
    (("BFILE", "("), _none, 12),
    (("ROWID", "("), _none, 12),
    (("UROWID", "("), _length(4000, 4000, required=False, units=False), 12),
    (("XMLTYPE", "("), _none, 12),
    (("SDO_GEOMETRY", "("), _none, 12),
    (("ANYDATA", "("), _none, 12),
    (("ANYTYPE", "("), _none, 12),
    (("ANYDATASET", "("), _none, 12),
    (("JSON", "("), _anything, 21),
    (("BOOLEAN", "("), _none, 23),
    (("BOOL", "("), _none, 23),
    (("VECTOR", "("), _anything, 23),
)


def read_type(nodes: Nodes, *, version: int, extended: bool) -> TypeText:
    """Read the type at the beginning of the sequence; a type made by a user is quoted or qualified."""
    if not nodes or not nodes[0].name:
        return TypeText("", 0, "ORA-02263: need to specify the datatype for this column")
    if nodes[0].word == "REF" or nodes[0].kind == QUOTED or (len(nodes) > 1 and nodes[1].is_op(".")):
        return TypeText(nodes[0].name, _name_length(nodes))
    for pattern, check, since in TYPES:
        taken, arguments = _match(pattern, nodes)
        if not taken:
            continue
        name = " ".join(part for part in pattern if part != "(")
        if since > version:
            return TypeText(name, taken, f"ORA-00902: invalid datatype {name}")
        reasons = [check(Arguments(name, found, extended)) for found in arguments]
        return TypeText(name, taken, next((reason for reason in reasons if reason is not None), None))
    return TypeText(nodes[0].name, 1, f"ORA-00902: invalid datatype {nodes[0].name}")


def _name_length(nodes: Nodes) -> int:
    taken = 2 if nodes[0].word == "REF" else 1
    while taken + 1 < len(nodes) and nodes[taken].kind == OP and nodes[taken].is_op("."):
        taken += 2
    return taken


def _match(pattern: tuple[str, ...], nodes: Nodes) -> tuple[int, list[Nodes | None]]:
    """Give how many nodes the pattern takes (0: no match), and the contents of its parentheses."""
    arguments: list[Nodes | None] = []
    taken = 0
    for part in pattern:
        node = nodes[taken] if taken < len(nodes) else None
        if part == "(":
            group = node if isinstance(node, Group) else None
            arguments.append(group.items if group else None)
            taken += group is not None
        elif node is not None and node.word == part:
            taken += 1
        else:
            return 0, []
    return taken, arguments
