"""Translation of named parameters to positional ones, reading the SQL as PostgreSQL's lexer does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from memdb.errors import QueryDefinitionError

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The characters of an identifier: letters, digits, the underscore, and everything beyond ASCII. Written as the excluded ASCII characters,
# because a range up to U+10FFFF takes ten milliseconds to compile.
_FIRST: Final = r"[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f]"
_LATER: Final = r"[^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]"
_DOLLAR_TAG: Final = re.compile(rf"\$(?:{_FIRST}{_LATER}*)?\$")
_WORD: Final = re.compile(rf"{_FIRST}(?:{_LATER}|\$)*")
# Text in which no parameter begins and that needs no further inspection: words (except one before a quote, which may be the E of a string),
# numbers, white space, punctuation, casts, strings, quoted identifiers, and line comments. Each can end in only one place, so no possessive
# quantifiers are needed, in which Python 3.11 before .5 has a bug.
_PLAIN: Final = re.compile(
    rf"(?:[\x00-\x21\x23\x25\x26\x28-\x2c\x2e\x30-\x39\x3b-\x40\x5b-\x5e\x60\x7b-\x7f]+|{_FIRST}(?:{_LATER}|\$)*(?!{_LATER}|[$'])"
    r"|::|:=|--[^\n]*|-|/(?!\*)|'[^']*'|\"[^\"]*\")+"
)
_ESCAPED: Final = re.compile(r"'(?:[^'\\]|\\.|'')*'(?!')", re.DOTALL)
# For `tokens`: tokens whose end one pattern finds. A cast is one token, unlike the colon of an array slice.
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")
_TOKEN: Final = re.compile(
    rf"(?P<space>\s+)|(?P<comment>--[^\n]*)|(?P<string>'[^']*')|(?P<quoted>\"(?:[^\"]|\"\")*\")|(?P<word>{_FIRST}(?:{_LATER}|\$)*)"
    r"|(?P<number>\$?[0-9][0-9.]*)|(?P<mark>::|.)",
    re.DOTALL,
)

TENANT_PARAMETER: Final = "org_id"
ACTOR_PARAMETER: Final = "actor"
SPACE_PARAMETER: Final = "space"
CLEARED_PARAMETER: Final = "cleared"
OF_EXECUTOR: Final = frozenset({TENANT_PARAMETER, ACTOR_PARAMETER, SPACE_PARAMETER})
"""The parameters that are the executor's attributes of these names."""
NEVER_GIVEN: Final = OF_EXECUTOR | {CLEARED_PARAMETER}
"""The parameters that no caller passes: the executor's, and the names of what the call clears."""


class Compiled(NamedTuple):
    """A statement with `$1`, `$2` … in place of its named parameters, and their names in that order."""

    text: str
    parameters: tuple[str, ...]


def compile_parameters(sql: str) -> Compiled:
    """Replace each `:name` outside strings, quoted identifiers and comments; a repeated name keeps its number.

    Not parameters: `::` casts, `:=`, and the colon of an array slice that directly follows its lower bound (`a[1:n]`). Directly after `[`,
    or after a space, `:name` is one (`a[:first : :last]`).
    """
    parts: list[str] = []
    numbers: dict[str, int] = {}
    at = kept = 0
    while at < len(sql):
        end = _skip(sql, at)
        if end is not None:
            at = end
            continue
        name = _NAME.match(sql, at + 1)
        if name is None or (at > 0 and (sql[at - 1].isalnum() or sql[at - 1] in "_)]\"'$")):
            at += 1
            continue
        number = numbers.setdefault(name.group(), len(numbers) + 1)
        parts += sql[kept:at], f"${number}"
        at = kept = name.end()
    parts.append(sql[kept:])
    return Compiled("".join(parts), tuple(numbers))


class Token(NamedTuple):
    """A word, number, punctuation mark, string, quoted identifier or comment, and its position."""

    kind: str
    text: str
    start: int
    end: int


def spans(sql: str) -> Iterator[Token]:
    """The tokens of a text, without white space. Raises QueryDefinitionError for an unterminated one."""
    at = 0
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        assert found is not None
        kind, end = str(found.lastgroup), found.end()
        if sql.startswith("/*", at):
            kind, end = "comment", _end_of_comment(sql, at)
        elif sql[at] == "$" and _DOLLAR_TAG.match(sql, at):
            kind, end = "string", _end_of_dollar(sql, at)
        elif found.group() in ("E", "e") and sql.startswith("'", end):
            kind, end = "string", _end_of_escaped(sql, end)
        elif kind == "mark" and found.group() in "\"'":
            raise QueryDefinitionError(f"unterminated {found.group()}")
        if kind != "space":
            yield Token(kind, sql[at:end], at, end)
        at = end


def tokens(sql: str) -> Iterator[str]:
    """A statement's words in lower case, quoted identifiers as written, and signs, without white space, comments and strings."""
    for token in spans(sql):
        if token.kind not in ("comment", "string"):
            yield token.text if token.kind == "quoted" else token.text.lower()


def _skip(sql: str, at: int) -> int | None:
    """The end of the token, or of the run of plain text, at `at`; None at a lone colon."""
    if plain := _PLAIN.match(sql, at):
        return plain.end()
    character = sql[at]
    if character == ":":
        return None
    if character == "/":
        return _end_of_comment(sql, at)
    if character == "$":
        return _end_of_dollar(sql, at)
    if character in "\"'":
        raise QueryDefinitionError(f"unterminated {character}")
    word = _WORD.match(sql, at)
    assert word is not None
    return _end_of_escaped(sql, word.end()) if word.group() in ("E", "e") else word.end()


def _end_of_comment(sql: str, at: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, at):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise QueryDefinitionError("unterminated /* comment")


def _end_of_escaped(sql: str, at: int) -> int:
    string = _ESCAPED.match(sql, at)
    if string is None:
        raise QueryDefinitionError("unterminated '")
    return string.end()


def _end_of_dollar(sql: str, at: int) -> int:
    tag = _DOLLAR_TAG.match(sql, at)
    if tag is None:
        if sql[at + 1 : at + 2].isdigit():
            raise QueryDefinitionError(f"positional parameter {sql[at : at + 2]}: name it instead, such as :limit")
        return at + 1
    end = sql.find(tag.group(), tag.end())
    if end < 0:
        raise QueryDefinitionError(f"unterminated {tag.group()}")
    return end + len(tag.group())
