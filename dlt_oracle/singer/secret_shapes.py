"""Secrets that nobody has configured, known by how they stand in a text.

Too much is masked rather than too little. Every pattern is bounded, or takes what it has scanned: a line
costs time by its length, whatever is in it.
"""

from __future__ import annotations

import re

MASK = "***"

_NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization"
    r"|credential)[\w-]{0,30}"
)
# What is quoted ends with its quote, what is bracketed with the line, anything else with a blank or, in the
# query of a URL, with &. Quotes within JSON within JSON have backslashes.
_VALUE = (
    r"(?:"
    r'(?P<open>")(?:[^"\\\n]|\\.)*(?P<close>"?)'
    r"|(?P<open1>')(?:[^'\\\n]|\\.)*(?P<close1>'?)"
    r"""|(?P<open2>\\{1,3}["'])(?:[^\n]*?(?<!\\)(?P<close2>(?P=open2))|[^\n]*)"""
    r"|[\[{][^\n]*"
    r"|[^\s&]+"
    r")"
)
_NAMED = re.compile(
    rf"""(?P<name>(?:{_NAME}(?:\\{{0,3}}["'])?\s{{0,3}}(?:=>|[:=])|(?<![\w-])--[\w-]{{0,30}}{_NAME})[^\S\n]{{0,3}}){_VALUE}""",
    re.IGNORECASE,
)
# A scheme and what belongs to it, in several words.
_HEADER = re.compile(r"(authorization[ ]{0,3}[:=][ ]{0,3})(?![\\\"' ])[^\n]+", re.IGNORECASE)
_BEARER = re.compile(r"\b(bearer[ ]{1,3})[\w.~+/=-]{8,}", re.IGNORECASE)
_IN_URL = re.compile(r"(://[^\s/:@]{0,256}:)[^\s/]{1,256}@")
_TOKEN = re.compile(
    r"(?<![\w-])(?:"
    r"gh[a-z]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"  # GitHub, GitLab
    r"|xox[a-z]-[\w-]{10,}"  # Slack
    r"|[sr]k_(?:live|test)_\w{10,}"  # Stripe
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}"  # Amazon, Google
    r"|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"  # JSON Web Tokens
    r")"
)


def masked(text: str) -> str:
    """Return ``text`` without what looks like a secret."""
    text = _HEADER.sub(rf"\1{MASK}", text)
    text = _NAMED.sub(_keep_name, text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    text = _IN_URL.sub(rf"\1{MASK}@", text)
    return _TOKEN.sub(MASK, text)


def masked_line(line: bytes) -> bytes:
    """Return ``line``, UTF-8 or nearly, without what looks like a secret."""
    return masked(line.decode("utf-8", errors="replace")).encode()


def _keep_name(match: re.Match[str]) -> str:
    opened = match["open"] or match["open1"] or match["open2"] or ""
    closed = match["close"] or match["close1"] or match["close2"] or ""
    return f"{match['name']}{opened}{MASK}{closed}"
