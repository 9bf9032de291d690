"""The parser's hand: where it is in the tokens, and what it may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlt_oracle.embedded.errors import OracleError, unsupported
from dlt_oracle.embedded.sql import ast
from dlt_oracle.embedded.sql.scan import (
    BIND,
    END,
    NUMBER,
    QUOTED,
    STRING,
    SYMBOL,
    UNTERMINATED,
    WORD,
    Token,
    scan,
)
from dlt_oracle.embedded.sql.words import RESERVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# How deep expressions, conditions and queries may stand in each other. One level takes up to eight Python
# frames in the parser; the interpreter's own limit of 1,000 must never be what ends a statement.
MAX_DEPTH = 80

# The longest VARCHAR2 of PL/SQL, in bytes.
PLSQL_STRING_BYTES = 32767
_PLSQL_SYMBOLS = frozenset({";", "%"})

MAX_BINDS = 65535
MAX_INTEGER_DIGITS = 40  # of a whole number in a clause: no more than a NUMBER has
# How many operators, signs or joins may follow each other: they make a tree of that depth, which others walk.
MAX_CHAIN = 250


@dataclass(frozen=True)
class Rules:
    """The rules that call each other in a circle, tied together where all of them are known.

    ``value`` parses a value and ``condition`` a condition; ``expression`` a value, and on 23ai and in PL/SQL
    also a condition; ``query`` a query, and ``query_tail`` what may follow one in parentheses.
    """

    value: Callable[[Cursor], ast.Expression]
    expression: Callable[[Cursor], ast.Expression]
    condition: Callable[[Cursor], ast.Expression]
    query: Callable[[Cursor], ast.Query]
    query_tail: Callable[[Cursor, ast.Query], ast.Query]


class Cursor:
    """Walks over the tokens of one statement.

    ``version`` is the release as a number (19, 21, 23). ``plsql`` is True in a PL/SQL block: ``;`` and ``%``
    are symbols there, names of binds are counted once, and values may be boolean.
    """

    def __init__(
        self,
        text: str,
        *,
        version: int,
        max_string_bytes: int,
        rules: Rules,
    ) -> None:
        self.text = text
        self.version = version
        self.max_string_bytes = max_string_bytes
        self.rules = rules
        self.tokens = scan(text)
        for token in self.tokens:
            if token.code in UNTERMINATED:  # Oracle finds these before it parses
                raise OracleError(token.code, position=token.start)
        self.plsql = False
        self.since_21 = version >= 21  # noqa: PLR2004 - the releases that changed the grammar
        self.since_23 = version >= 23  # noqa: PLR2004 - as above
        self.boolean_values = self.since_23
        self.binds: list[str] = []
        self.out_binds: set[int] = set()
        # What a query block has to look back at when it ends: positions of LEVEL, (+), NEXTVAL and CURRVAL.
        self.level_marks: list[int] = []
        self.outer_join_marks: list[int] = []
        self.sequence_marks: list[int] = []
        self.block_depth = 0
        self._depth = 0
        self._at = 0
        self.token: Token
        self.key: str
        self._arrive(0)

    # --- moving ---------------------------------------------------------------------------------

    def _arrive(self, at: int) -> None:
        token = self.tokens[at]
        if token.code:
            raise OracleError(token.code, position=token.start)
        self._at = at
        self.token = token
        self.key = token.key

    def advance(self) -> Token:
        """Take the current token."""
        token = self.token
        if token.kind != END:
            self._arrive(self._at + 1)
        return token

    def enter_plsql(self) -> None:
        """Go on by the rules of PL/SQL: ``;`` and ``%`` are symbols, values may be boolean."""
        self.plsql = True
        self.boolean_values = True
        self.max_string_bytes = PLSQL_STRING_BYTES
        self.tokens = [
            Token(SYMBOL, token.value, token.value, token.start, token.end)
            if token.code and token.value in _PLSQL_SYMBOLS
            else token
            for token in self.tokens
        ]
        self._arrive(self._at)

    def peek(self, offset: int = 1) -> str:
        """Return the key of the token ``offset`` places ahead."""
        at = self._at + offset
        return self.tokens[at].key if at < len(self.tokens) else END

    def peek_kind(self, offset: int = 1) -> str:
        """Return the kind of the token ``offset`` places ahead."""
        at = self._at + offset
        return self.tokens[at].kind if at < len(self.tokens) else END

    @property
    def start(self) -> int:
        """Offset of the current token."""
        return self.token.start

    @property
    def last_end(self) -> int:
        """Offset behind the last token taken."""
        return self.tokens[self._at - 1].end if self._at else 0

    @property
    def at_end(self) -> bool:
        """Whether all tokens are taken."""
        return self.token.kind == END

    def mark(self) -> int:
        """Return the place of the current token, for :meth:`spelled`."""
        return self._at

    def spelled(self, mark: int) -> str:
        """Return the tokens since ``mark`` as Oracle names a column after them: no blanks, upper case."""
        text = self.text
        return "".join([text[t.start : t.end] for t in self.tokens[mark : self._at]]).upper()

    def source(self, start: int) -> str:
        """Return the text from offset ``start`` to the last token taken."""
        return self.text[start : self.last_end]

    # --- refusing -------------------------------------------------------------------------------

    def error(self, code: int, *arguments: object, position: int | None = None) -> OracleError:
        """Return the error at the current token, or at ``position``."""
        return OracleError(code, *arguments, position=self.start if position is None else position)

    def unsupported(self, what: str, position: int | None = None) -> OracleError:
        """Return the refusal of what Oracle knows and this server does not."""
        return unsupported(what, self.start if position is None else position)

    # --- taking ---------------------------------------------------------------------------------

    def at_keys(self, *keys: str) -> bool:
        """Whether the next tokens have exactly these keys."""
        return self.key == keys[0] and all(self.peek(i) == key for i, key in enumerate(keys[1:], start=1))

    def accept(self, *keys: str) -> bool:
        """Take these tokens if they are the next ones, all or none."""
        if self.key != keys[0]:
            return False
        for offset in range(1, len(keys)):
            if self.peek(offset) != keys[offset]:
                return False
        for _ in keys:
            self.advance()
        return True

    def accept_any(self, *keys: str) -> str | None:
        """Take the next token if it is one of these; return its key."""
        key = self.key
        if key in keys:
            self.advance()
            return key
        return None

    def expect(self, key: str, code: int) -> Token:
        """Take this token or fail with ``code``."""
        if self.key != key:
            raise self.error(code)
        return self.advance()

    def expect_any(self, keys: tuple[str, ...], code: int) -> str:
        """Take one of these tokens or fail with ``code``."""
        if self.key not in keys:
            raise self.error(code)
        return self.advance().key

    def open(self) -> None:
        """Take ``(``."""
        self.expect("(", 906)

    def close(self) -> None:
        """Take ``)``."""
        self.expect(")", 907)

    def keyword(self, *keys: str) -> None:
        """Take these words, one after the other: ORA-00905 where one is missing."""
        for key in keys:
            self.expect(key, 905)

    def comma_list(self) -> Iterator[None]:
        """Yield once, and again after each comma."""
        yield
        while self.key == ",":
            self.advance()
            yield

    # --- names and numbers ----------------------------------------------------------------------

    @property
    def at_name(self) -> bool:
        """Whether the next token can be a name: quoted, or a word that is not reserved."""
        kind = self.token.kind
        return kind == QUOTED or (kind == WORD and self.key not in RESERVED)

    def name(self, code: int, *arguments: object) -> str:
        """Take a name or fail with ``code``."""
        if not self.at_name:
            raise self.error(code, *arguments)
        return self.advance().value

    def name_node(self, code: int, *arguments: object) -> ast.Name:
        """Take a name or fail with ``code``; keep its position."""
        position = self.start
        return ast.Name(self.name(code, *arguments), position=position)

    def column_name(self) -> ast.Name:
        """Take the name of a column: ORA-00904 where there is none."""
        if self.token.kind == QUOTED and self.token.value == "ROWID":
            raise self.error(904, '"ROWID"')
        return self.name_node(904, self.token.value if self.token.kind == WORD else "")

    def name_list(self) -> tuple[ast.Name, ...]:
        """Take ``(column, …)``."""
        self.open()
        names = tuple(self.column_name() for _ in self.comma_list())
        self.close()
        return names

    def qualified_name(self, code: int) -> ast.QualifiedName:
        """Take ``[owner.]name`` or fail with ``code``. A database link is refused."""
        position = self.start
        owner, name = None, self.name(code)
        if self.key == ".":
            self.advance()
            owner, name = name, self.name(code)
        if self.key == "@":
            raise self.unsupported("database links")
        return ast.QualifiedName(owner, name, position=position)

    def integer(self, code: int) -> int:
        """Take an unsigned whole number or fail with ``code``."""
        text = self.token.value
        if self.token.kind != NUMBER or not text.isdigit() or len(text) > MAX_INTEGER_DIGITS:
            raise self.error(code)
        return int(self.advance().value)

    def signed_integer(self, code: int) -> int:
        """Take a whole number with an optional sign or fail with ``code``."""
        sign = self.accept_any("-", "+")
        return -self.integer(code) if sign == "-" else self.integer(code)

    def string(self, code: int) -> str:
        """Take a string literal or fail with ``code``; its length is limited as everywhere."""
        if self.token.kind != STRING:
            raise self.error(code)
        return self.literal()

    def literal(self) -> str:
        """Take the string token that is next, within the limit of a literal."""
        value = self.token.value
        limit = self.max_string_bytes
        if len(value) * 4 > limit and len(value.encode()) > limit:
            raise self.error(1704)
        self.advance()
        return value

    def bind(self) -> ast.Bind:
        """Take the bind variable that is next."""
        token = self.token
        if token.value in RESERVED and self.text[token.start + 1] != '"':
            raise self.error(1745)
        name = token.value
        if self.plsql and name in self.binds:
            index = self.binds.index(name)
        else:
            index = len(self.binds)
            if index >= MAX_BINDS:
                raise self.error(1745)
            self.binds.append(name)
        self.advance()
        return ast.Bind(name, index, position=token.start)

    @property
    def at_bind(self) -> bool:
        """Whether a bind variable is next."""
        return self.token.kind == BIND

    # --- depth ----------------------------------------------------------------------------------

    def descend(self) -> None:
        """Enter one more level; an error ends the parse, so that nothing has to be undone for it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.unsupported(f"statements nested more than {MAX_DEPTH} levels deep")

    def check_chain(self, length: int) -> None:
        """Refuse a chain of ``length`` operators if it makes too deep a tree."""
        if length > MAX_CHAIN:
            raise self.unsupported(f"more than {MAX_CHAIN} operators in a row")

    def ascend(self) -> None:
        """Leave a level."""
        self._depth -= 1
