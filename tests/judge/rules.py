"""The layer of rules over tokens: what Oracle refuses though a permissive grammar lets it pass.

Each rule takes a `Statement` and gives the reason for refusing it, beginning with an ORA code as 19c
reports it (later releases reword some), or ``None``. A rule judges form, and of meaning only what the text
alone shows: it never assumes a dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from judge import (
    rules_counts,
    rules_ddl,
    rules_dml,
    rules_functions,
    rules_grouping,
    rules_literals,
    rules_names,
    rules_queries,
    rules_statements,
)
from judge.tokens import ScanError

if TYPE_CHECKING:
    from judge.statement import Statement

RULES = (
    *rules_names.RULES,
    *rules_literals.RULES,
    *rules_statements.RULES,
    *rules_queries.RULES,
    *rules_functions.RULES,
    *rules_grouping.RULES,
    *rules_counts.RULES,
    *rules_dml.RULES,
    *rules_ddl.RULES,
)


def refusal(statement: Statement) -> str | None:
    """Give the first rule's reason for refusing the statement, or ``None``."""
    try:
        if not statement.nodes:
            return "ORA-00900: an empty statement"
    except ScanError as error:
        return str(error)
    return next((reason for rule in RULES if (reason := rule(statement)) is not None), None)
