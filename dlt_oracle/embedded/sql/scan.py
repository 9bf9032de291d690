"""Oracle SQL text to tokens.

What is no token becomes a token of kind ERROR: Oracle's own scanner runs beside its parser, so an error of
syntax before a stray character is reported first. The parser raises when it reaches one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dlt_oracle.embedded.sql.words import fold

MAX_NAME_BYTES = 128

# Kinds, and the ``key`` of those whose text is no keyword or symbol: no word can look like it.
WORD = "word"
SYMBOL = "symbol"
QUOTED = '"'
STRING = "'"
NATIONAL = "n'"
NUMBER = "0"
BIND = ":x"
HINT = "/*+"
ERROR = "error"
END = ""

# Statements of which a comment /*+ … */ right behind the first word holds hints.
_HINTED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})

_QUOTE_PAIRS = {"[": "]", "{": "}", "(": ")", "<": ">"}

_TOKEN = re.compile(
    r"""
    \s* (?:
    (?P<comment> --(?!\+)[^\n]* | /\*(?!\+).*?\*/ )
  | (?P<hint> --\+[^\n]* | /\*\+.*?\*/ )
  | (?P<open_comment> /\* )
  | (?P<q> [nN]?[qQ]'[^\s] )
  | (?P<string> [nN]?'[^']*(?:''[^']*)*' )
  | (?P<word> [^\W\d_][\w$\#]* )
  | (?P<number> (?: \d+(?:\.(?!\.)\d*)? | \.\d+ ) (?:[eE][+-]?\d+)? (?:[fFdD](?![\w$\#]))? )
  | (?P<bind> : (?: [^\W\d_][\w$\#]* | \d+ | "[^"]+" ) )
  | (?P<quoted> "[^"\0]*" )
  | (?P<symbol> \|\s*\| | := | => | \.\. | \*\* | << | >> | [<>!^]\s*= | <\s*> | [-+*/().,=<>:@\[\]] )
  | (?P<error> . )
    )
    """,
    re.VERBOSE | re.DOTALL,
)

# Two spellings of one operator.
_SPELLINGS = {"!=": "<>", "^=": "<>"}

_INVALID_CHARACTER = 911
# A string, a name or a comment without its end.
UNTERMINATED = frozenset({1756, 1740, 1742})
_STRAY_CODES = {"'": 1756, '"': 1740, "|": 996, "/*": 1742}


class Token(NamedTuple):
    """One token.

    ``key`` is what the grammar compares: an unquoted word in upper case, a symbol (``!=`` and ``^=`` as
    ``<>``), or the kind of anything else. ``value`` is a name folded, a string's content, a number's or
    symbol's text. ``code`` is the ORA number of an ERROR, else 0. ``start`` and ``end`` are offsets in
    characters.
    """

    kind: str
    key: str
    value: str
    start: int
    end: int
    code: int = 0


def scan(text: str) -> list[Token]:
    """Return the tokens of ``text`` without blanks and comments, ended by one of kind END."""
    tokens: list[Token] = []
    match_at = _TOKEN.match
    at, size = 0, len(text.rstrip())
    previous = ""
    while at < size:
        match = match_at(text, at)
        if match is None:  # pragma: no cover - the last alternative takes any character
            break
        group = match.lastgroup or "error"
        start, end = match.span(group)
        if group == "symbol":
            symbol = match.group(group)
            if end - start > 1:
                symbol = "".join(symbol.split())
                symbol = _SPELLINGS.get(symbol, symbol)
            token = Token(SYMBOL, symbol, symbol, start, end)
        elif group == "comment" or (group == "hint" and previous not in _HINTED):
            at = end
            continue
        elif group == "q":
            token = _alternative_quote(text, start, end)
        elif group == "quoted" and previous == QUOTED and tokens[-1].end == start:
            token = _error(3001, match.group(group), tokens.pop().start, end)  # "a""b": no escape is known
        else:
            token = _SCANNERS[group](match.group(group), start, end)
        tokens.append(token)
        at, previous = token.end, token.key
    tokens.append(Token(END, END, "", len(text), len(text)))
    return tokens


def _error(code: int, value: str, start: int, end: int) -> Token:
    return Token(ERROR, ERROR, value, start, end, code)


def _word(text: str, start: int, end: int) -> Token:
    name = fold(text)
    if len(name) > MAX_NAME_BYTES // 4 and len(name.encode()) > MAX_NAME_BYTES:
        return _error(972, text, start, end)
    return Token(WORD, name, name, start, end)


def _string(text: str, start: int, end: int) -> Token:
    kind = STRING if text[0] == "'" else NATIONAL
    return Token(kind, kind, text[text.index("'") + 1 : -1].replace("''", "'"), start, end)


def _hint(text: str, start: int, end: int) -> Token:
    return Token(HINT, HINT, text[3:].removesuffix("*/"), start, end)


def _alternative_quote(text: str, start: int, opened: int) -> Token:
    delimiter = text[opened - 1]
    end = text.find(_QUOTE_PAIRS.get(delimiter, delimiter) + "'", opened)
    if end < 0:
        return _error(1756, "'", start, len(text))
    kind = NATIONAL if text[start] in "nN" else STRING
    return Token(kind, kind, text[opened:end], start, end + 2)


def _number(text: str, start: int, end: int) -> Token:
    return Token(NUMBER, NUMBER, text, start, end)


def _bind(text: str, start: int, end: int) -> Token:
    name = text[1:]
    return Token(BIND, BIND, name[1:-1] if name[0] == '"' else fold(name), start, end)


def _quoted(text: str, start: int, end: int) -> Token:
    name = text[1:-1]
    if not name:
        return _error(1741, text, start, end)
    if len(name.encode()) > MAX_NAME_BYTES:
        return _error(972, text, start, end)
    return Token(QUOTED, QUOTED, name, start, end)


def _stray(text: str, start: int, end: int) -> Token:
    return _error(_STRAY_CODES.get(text, _INVALID_CHARACTER), text, start, end)


_SCANNERS = {
    "bind": _bind,
    "error": _stray,
    "hint": _hint,
    "number": _number,
    "open_comment": _stray,
    "quoted": _quoted,
    "string": _string,
    "word": _word,
}
