"""The list of a statement's last SELECT, or of its RETURNING, as text that can be reassembled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from memdb.engine.lexer import Token, spans
from memdb.errors import QueryDefinitionError

_STARTS: Final = re.compile("(?:SELECT|RETURNING)")
_ENDS: Final = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "INTO"})
_SET_OPERATIONS: Final = frozenset({"UNION", "INTERSECT", "EXCEPT"})
# IS DISTINCT FROM, WITHIN GROUP; and names: :limit, m.limit.
_NO_END_AFTER: Final = frozenset({("DISTINCT", "FROM"), ("WITHIN", "GROUP"), *((mark, word) for mark in ":." for word in _ENDS)})
_OPENING: Final = "(["
_CLOSING: Final = ")]"
_COLUMN: Final = re.compile(r"(?:(?P<relation>\w+|\(\w+\.\w+\))\.)?(?P<column>\w+)")
_CAST: Final = re.compile(r"\s*::\s*[\w.]+(?:\[\])*")
_ALIAS: Final = re.compile(r".*\bAS\s+(\w+)", re.DOTALL | re.IGNORECASE)


class Item(NamedTuple):
    """One column of the list: the text between it and the previous one, the expression, and a comment after it on its line."""

    lead: str
    expression: str
    tail: str = ""

    @property
    def name(self) -> str | None:
        """The column's name, or None if it cannot be determined from the text."""
        if (plain := _COLUMN.fullmatch(_CAST.sub("", self.expression))) is not None:
            return plain["column"]
        alias = _ALIAS.fullmatch(self.expression)
        return alias[1] if alias else None

    @property
    def relation(self) -> str | None:
        """For a plain column, the qualifier before its dot, or "" if there is none; None for any other expression."""
        plain = _COLUMN.fullmatch(self.expression)
        return None if plain is None else plain["relation"] or ""


class SelectList(NamedTuple):
    """The list, and the parts of the statement before and after it."""

    before: str
    items: tuple[Item, ...]
    after: str

    def text(self) -> str:
        listed, after_comment = "", False
        for item in self.items:
            # A comment extends to the end of its line.
            listed += f"\n{item.lead}" if after_comment and "\n" not in item.lead else item.lead
            listed += f"{item.expression}{'' if item is self.items[-1] else ','}{item.tail}"
            after_comment = "--" in item.tail
        return f"{self.before}{listed}{self.after}"

    @property
    def lead(self) -> str:
        """The text before a column without a comment: a line break and the indentation, or a space."""
        first = self.items[0].lead
        return first[first.rindex("\n") :] if "\n" in first else " "


def select_list(sql: str) -> SelectList:
    """The last list at the top level of a statement. Raises QueryDefinitionError, which says what cannot be read."""
    outer = list(_outermost(spans(sql)))
    words = [(at, token.text.upper()) for at, token in enumerate(outer) if token.kind == "word"]
    starts = [at for at, word in words if _STARTS.fullmatch(word)]
    if not starts:
        raise QueryDefinitionError("no SELECT or RETURNING outside parentheses")
    if any(word in _SET_OPERATIONS for _, word in words):
        raise QueryDefinitionError("the result is put together of several SELECTs")
    first = starts[-1] + 1
    if first < len(outer) and outer[first].text.upper() in ("DISTINCT", "ALL"):
        raise QueryDefinitionError(f"the columns of a SELECT {outer[first].text.upper()} say which rows there are")
    end = next((at for at in range(first, len(outer)) if _ends(outer, at)), len(outer))
    listed = outer[first:end]
    while listed and listed[-1].kind == "comment" and "\n" in sql[listed[-2].end : listed[-1].start]:
        del listed[-1]
    if not listed:
        raise QueryDefinitionError("its list is empty")
    return SelectList(sql[: outer[first - 1].end], tuple(_items(sql, outer[first - 1].end, listed)), sql[listed[-1].end :])


def _outermost(every: Iterator[Token]) -> Iterator[Token]:
    """The tokens outside parentheses, and the parentheses that enclose the others."""
    depth = 0
    for token in every:
        if token.kind == "mark" and token.text in _CLOSING:
            depth -= 1
        if depth == 0:
            yield token
        if token.kind == "mark" and token.text in _OPENING:
            depth += 1


def _ends(outer: Sequence[Token], at: int) -> bool:
    token = outer[at]
    if token.kind == "mark":
        return token.text == ";"
    word = token.text.upper()
    return token.kind == "word" and word in _ENDS and (outer[at - 1].text.upper(), word) not in _NO_END_AFTER


def _items(sql: str, start: int, listed: Sequence[Token]) -> Iterator[Item]:
    """`listed` is the list outside parentheses. The text before its first item begins at `start`."""
    at = 0
    while at < len(listed):
        comma = next((place for place in range(at, len(listed)) if listed[place].text == ","), len(listed))
        mine = [token for token in listed[at:comma] if token.kind != "comment"]
        if not mine:
            raise QueryDefinitionError("its list has an empty place")
        trailing = [token for token in listed[at:comma] if token.start > mine[-1].start and token.kind == "comment"]
        if trailing and comma < len(listed):
            raise QueryDefinitionError(f"a comment between {mine[-1].text} and the comma after it")
        at = comma + 1
        end = listed[comma].end if comma < len(listed) else mine[-1].end
        tail_end = trailing[-1].end if trailing else end
        if at < len(listed) and listed[at].kind == "comment" and "\n" not in sql[end : listed[at].start]:
            tail_end = listed[at].end
            at += 1
        yield Item(sql[start : mine[0].start], sql[mine[0].start : mine[-1].end], sql[end:tail_end])
        start = tail_end
