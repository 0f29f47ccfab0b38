"""Cut FEEL text into tokens: numbers, strings, words and signs (DMN 1.5, 10.3.1.2, rules 27 to 61)."""

from __future__ import annotations

import re
from typing import NamedTuple

from rj_engine.feel.limits import TEXT_LENGTH
from rj_engine.feel.refusal import Place, refuse

NUMBER, STRING, WORD, SIGN, END = "number", "string", "word", "sign", "end"

_SPACE = "\\s\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_NAME_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_PART = _NAME_START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_TOKEN = re.compile(
    rf"""
    (?P<space>[{_SPACE}]+|//[^\n]*|/\*.*?\*/)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<open>(?:"|/\*).*)
    |(?P<word>[{_NAME_START}][{_NAME_PART}]*)
    |(?P<sign>\.\.|\*\*|<=|>=|!=|->|.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_LAST_CODE_POINT = 0x10FFFF


class Token(NamedTuple):
    """One token and where it stands."""

    kind: str
    text: str
    at: int
    spaced: bool
    """White space or a comment stands before it."""


def tokenise(text: str) -> list[Token]:
    """Return the tokens of `text` without white space and comments; the last one marks the end."""
    if len(text) > TEXT_LENGTH:
        refuse("text_too_long", f"An expression may hold {TEXT_LENGTH:,} characters; this one has {len(text):,}.")
    tokens: list[Token] = []
    spaced = False
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or SIGN
        if kind == "space":
            spaced = True
            continue
        if kind == "open":
            what = "text" if found.group()[0] == '"' else "comment"
            refuse("not_closed", f"This {what} is never closed.", Place(text, found.start()))
        tokens.append(Token(kind, found.group(), found.start(), spaced))
        spaced = False
    tokens.append(Token(END, "", len(text), spaced))
    return tokens


def unquote(token: Token, text: str) -> str:
    """Return the value of a string literal: escapes resolved, surrogate pairs joined into one code point."""

    def character(found: re.Match[str]) -> str:
        short, long, simple = found.groups()
        if simple is not None:
            return _SIMPLE.get(simple, found.group())
        point = int(short or long, 16)
        if point > _LAST_CODE_POINT:
            refuse("bad_character", f"{found.group()} is not a character.", Place(text, token.at + found.start() + 1))
        return chr(point)

    value = token.text[1:-1]
    if "\\" not in value:
        return value
    value = _SURROGATES.sub(_joined, _ESCAPE.sub(character, value))
    if _HALF.search(value):
        refuse("bad_character", "This text holds half a character.", Place(text, token.at))
    return value


def _joined(pair: re.Match[str]) -> str:
    high, low = list(pair.group())
    return chr(0x10000 + ((ord(high) - 0xD800) << 10) + (ord(low) - 0xDC00))
