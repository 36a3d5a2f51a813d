"""The checks of both formats refuse what the APIs refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.formats import anthropic_refuses, openai_refuses


def _call(*ids: str) -> dict[str, Any]:
    calls = [{"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}} for id in ids]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _result(id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": "x"}


USER: dict[str, Any] = {"role": "user", "content": "x"}
AFTER_A_CALL = "tool messages that respond to each call come before any other message"
OF_A_CALL = "a tool message responds to a call of the assistant's message before it, once"

OPENAI: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([USER, _call("a", "b"), _result("b"), _result("a"), USER, USER, _call("a"), _result("a")], []),
    ([_call("a"), USER, _result("a")], [f"1: {AFTER_A_CALL}", f"2: {OF_A_CALL}"]),
    ([_call("a", "b"), _result("a"), USER, _result("b")], [f"2: {AFTER_A_CALL}", f"3: {OF_A_CALL}"]),
    ([_call("a", "b"), _result("a")], ["end: no response to ['b']"]),
    ([_call("a"), _result("a"), _result("a")], [f"2: {OF_A_CALL}"]),
    ([_result("a")], [f"0: {OF_A_CALL}"]),
    ([_call("a", "a"), _result("a")], ["0: calls of one message have different ids"]),
    ([{**_call("a"), "role": "user"}, _result("a")], ["0: calls are the assistant's"]),
    ([{"role": "assistant", "content": ""}], ["0: content is required where there are no calls"]),
    ([{"role": "robot", "content": "x"}], ["0: no such role"]),
]


@pytest.mark.parametrize(("messages", "broken"), OPENAI)
def test_what_openai_refuses(messages: list[dict[str, Any]], broken: list[str]) -> None:
    assert openai_refuses(messages) == broken


def _says(role: str, *blocks: str) -> dict[str, Any]:
    """`+a` uses a tool, `-a` is its result, anything else is text."""
    made: list[dict[str, Any]] = []
    for block in blocks:
        match block[:1]:
            case "+":
                made.append({"type": "tool_use", "id": block[1:], "name": "f", "input": {}})
            case "-":
                made.append({"type": "tool_result", "tool_use_id": block[1:], "content": ""})
            case _:
                made.append({"type": "text", "text": block})
    return {"role": role, "content": made}


IN_THE_NEXT = "each tool_use has one tool_result in the very next message, and each tool_result its tool_use"

ANTHROPIC: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([_says("user", "x"), _says("assistant", "x", "+a", "+b"), _says("user", "-b"), _says("user", "-a", "x"), _says("assistant", "x")], []),
    ([_says("assistant", "+a"), _says("user", "x", "-a")], ["1: tool_result blocks come first"]),
    ([_says("assistant", "+a"), _says("user", "x"), _says("user", "-a")], ["1: tool_result blocks come first"]),
    ([_says("assistant", "+a"), _says("assistant", "+b"), _says("user", "-a", "-b")], []),
    (
        [_says("assistant", "+a"), _says("user", "x"), _says("assistant", "y"), _says("user", "-a")],
        [f"1: {IN_THE_NEXT}", f"3: {IN_THE_NEXT}"],
    ),
    ([_says("assistant", "+a", "+b"), _says("user", "-a")], [f"1: {IN_THE_NEXT}"]),
    ([_says("assistant", "+a"), _says("user", "-a", "-a")], [f"1: {IN_THE_NEXT}"]),
    ([_says("user", "-a")], [f"0: {IN_THE_NEXT}"]),
    ([_says("user", "x"), _says("assistant", "+a")], ["end: tool_use without a tool_result"]),
    ([_says("assistant", "+a"), _says("user", "-a"), _says("assistant", "+a"), _says("user", "-a")], ["tool_use ids are unique"]),
    ([_says("user", " ")], ["0: contents and texts are not empty"]),
    ([_says("user")], ["0: contents and texts are not empty"]),
    ([_says("system", "x")], ["0: roles are user and assistant; instructions are in `system`"]),
]


@pytest.mark.parametrize(("turns", "broken"), ANTHROPIC)
def test_what_anthropic_refuses(turns: list[dict[str, Any]], broken: list[str]) -> None:
    assert anthropic_refuses(turns) == broken
