"""The judge: is this SQL text acceptable to Oracle?

It has two parts that know nothing of each other: rules over tokens (`rules`), and a grammar made by others
(`grammar`). It imports nothing of dlt_oracle, on purpose: the package's own gate and this judge would
otherwise share their mistakes. It judges text, not a database: unknown tables, types of columns, rights are
nothing it could know, and its figures on labelled statements stand in `test_judge.py`.

    >>> from judge import Judge
    >>> Judge().verdict("SELECT 1").reason
    'ORA-00923: SELECT without FROM'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from judge.gaps import bridge
from judge.grammar import Grammar
from judge.rules import refusal
from judge.shape import canonical, shape
from judge.statement import VERSIONS, Statement

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["VERSIONS", "Judge", "Verdict", "shape"]


@dataclass(frozen=True)
class Verdict:
    """Whether Oracle takes the text and, if not, why: an ORA code and words, or the grammar's."""

    ok: bool
    reason: str = ""


class Judge:
    """Gives verdicts; remembers what the grammar said in the directory ``cache``, if there is one."""

    def __init__(self, cache: Path | None = None) -> None:
        self._grammar = Grammar(cache)
        self._verdicts: dict[tuple[str, str, bool, bool], Verdict] = {}

    def verdict(
        self, sql: str, version: str = "19c", *, extended: bool = False, whole: bool = False
    ) -> Verdict:
        """Judge one text as a driver sends it.

        The rules read the text, the grammar its shape, which takes milliseconds where the text of a table
        with hundreds of columns would take many seconds.

        Args:
            sql: The text of one statement or one PL/SQL block.
            version: One of ``VERSIONS``: "12.2", "18c", "19c", "21c", "23ai".
            extended: MAX_STRING_SIZE=EXTENDED instead of STANDARD.
            whole: Let the grammar read every list item, repeated ones too.

        Raises:
            KeyError: an unknown version.
            GrammarError: the grammar's process failed.
        """
        key = (sql, version, extended, whole)
        if key not in self._verdicts:
            self._verdicts[key] = self._judge(Statement(sql, VERSIONS[version], extended), whole=whole)
        return self._verdicts[key]

    def _judge(self, statement: Statement, *, whole: bool) -> Verdict:
        reason = refusal(statement)
        if reason is None:
            text = canonical(statement.tokens) if whole else shape(statement.sql)
            reason = self._grammar.objection(bridge(text, statement.version))
        return Verdict(not reason, reason)

    def objection(self, text: str) -> str:
        """Give the grammar's reason for refusing canonical text, or nothing."""
        return self._grammar.objection(text)

    def close(self) -> None:
        """End the grammar's process, if there is one."""
        self._grammar.close()
