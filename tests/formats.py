"""What the APIs of OpenAI and Anthropic require of a conversation, as checks. docs/conversations.md has the rules and their sources."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from memdb.messages import Message

Json = dict[str, Any]


def as_openai(messages: Sequence[Message]) -> list[Json]:
    """As Chat Completions takes them."""
    made: list[Json] = []
    for message in messages:
        one: Json = {"role": message.role, "content": message.content}
        if message.tool_calls:
            one["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {
                        "name": call.name,
                        "arguments": call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments),
                    },
                }
                for call in message.tool_calls
            ]
            one["content"] = message.content or None
        if message.tool_call_id is not None:
            one["tool_call_id"] = message.tool_call_id
        made.append(one)
    return made


def as_anthropic(messages: Sequence[Message]) -> tuple[list[str], list[Json]]:
    """As the Messages API takes them: `system`, and the turns. Each message of memdb's becomes one, as a plain client would send it."""
    system: list[str] = []
    turns: list[Json] = []
    for message in messages:
        if message.role in ("system", "developer"):
            system.append(message.text)
            continue
        blocks: list[Json] = []
        if message.role == "tool":
            blocks.append({"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.content})
        elif isinstance(message.content, str):
            blocks += [{"type": "text", "text": message.content}] if message.content else []
        else:
            blocks += message.content
        blocks += [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments} for call in message.tool_calls]
        turns.append({"role": "assistant" if message.role == "assistant" else "user", "content": blocks})
    return system, turns


def openai_refuses(messages: Sequence[Json]) -> list[str]:
    """Which rules of Chat Completions these messages break, and where."""
    broken: list[str] = []
    expected: set[str] = set()
    for at, message in enumerate(messages):
        if message["role"] not in ("developer", "system", "user", "assistant", "tool"):
            broken.append(f"{at}: no such role")
        if message["role"] == "tool":
            if message["tool_call_id"] not in expected:
                broken.append(f"{at}: a tool message responds to a call of the assistant's message before it, once")
            expected.discard(message["tool_call_id"])
            continue
        if expected:
            broken.append(f"{at}: tool messages that respond to each call come before any other message")
        calls = message.get("tool_calls") or []
        expected = {call["id"] for call in calls}
        if len(expected) < len(calls):
            broken.append(f"{at}: calls of one message have different ids")
        if calls and message["role"] != "assistant":
            broken.append(f"{at}: calls are the assistant's")
        if not calls and not message["content"]:
            broken.append(f"{at}: content is required where there are no calls")
        if not all(isinstance(call["function"]["arguments"], str) for call in calls):
            broken.append(f"{at}: arguments are text")
    return [*broken, f"end: no response to {sorted(expected)}"] if expected else broken


def anthropic_refuses(turns: Sequence[Json]) -> list[str]:
    """Which rules of the Messages API these turns break, and where. Consecutive turns of a role are one, as the API has it."""
    broken: list[str] = []
    combined = [
        (role, [block for turn in group for block in turn["content"]]) for role, group in groupby(turns, key=lambda turn: turn["role"])
    ]
    used: list[str] = []
    for at, (role, blocks) in enumerate(combined):
        if role not in ("user", "assistant"):
            broken.append(f"{at}: roles are user and assistant; instructions are in `system`")
        if not blocks or any(block["type"] == "text" and not block["text"].strip() for block in blocks):
            broken.append(f"{at}: contents and texts are not empty")
        asked = [block["id"] for block in combined[at - 1][1] if block["type"] == "tool_use"] if at else []
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if sorted(asked) != sorted(results):
            broken.append(f"{at}: each tool_use has one tool_result in the very next message, and each tool_result its tool_use")
        if results and any(block["type"] != "tool_result" for block in blocks[: len(results)]):
            broken.append(f"{at}: tool_result blocks come first")
        uses = [block for block in blocks if block["type"] == "tool_use"]
        if uses and role != "assistant":
            broken.append(f"{at}: tool_use blocks are the assistant's")
        if not all(isinstance(block["input"], dict) for block in uses):
            broken.append(f"{at}: an input is an object")
        used += [block["id"] for block in uses]
    if combined and any(block["type"] == "tool_use" for block in combined[-1][1]):
        broken.append("end: tool_use without a tool_result")
    if len(set(used)) < len(used):
        broken.append("tool_use ids are unique")
    return broken


def refused(messages: Sequence[Message]) -> list[str]:
    """Which rules of either API these messages break."""
    return [*openai_refuses(as_openai(messages)), *anthropic_refuses(as_anthropic(messages)[1])]
