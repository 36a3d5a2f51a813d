#!/usr/bin/env bash
# Guess: what a model thought is not sent to OpenAI's chat API with the history, since that has no place for it;
# broken arguments of a tool call are sent as they are.
# Seen: pydantic-ai-slim 2.68.0: the thoughts stand in the assistant's text between <think> and </think>. A call
# with the arguments '{"tea":' is sent as {"INVALID_JSON": ...}; a text that came after a call stands before it;
# a response without parts is left out, so that two requests of the user are neighbours.
# Why it matters: a history that one provider wrote, continued with another, shows thoughts as if they had been
# said; the next answers have such tags, too, and are stored.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydantic-ai-slim==2.68.0 openai==3.57.0
venv/bin/python - <<'PY'
import asyncio
import json

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion
from pydantic_ai import Agent
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ThinkingPart, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

sent = []
client = AsyncOpenAI(api_key="none")


async def create(*, messages, **_):
    sent.extend(json.loads(json.dumps(messages)))
    message = {"role": "assistant", "content": "Noted."}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return ChatCompletion.model_validate({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})


client.chat.completions.create = create
history = [
    ModelRequest(parts=[UserPromptPart("Which tea?")]),
    ModelResponse(parts=[ThinkingPart("she likes green"), ToolCallPart("look", '{"tea":', "1"), TextPart("A moment.")]),
    ModelRequest(parts=[ToolReturnPart("look", "green", "1"), UserPromptPart("And?")]),
    ModelResponse(parts=[]),
]
agent = Agent(OpenAIChatModel("gpt-4o", provider=OpenAIProvider(openai_client=client)))
asyncio.run(agent.run("Well?", message_history=history))
print(f"seen: {sent}")
assert [message["role"] for message in sent] == ["user", "assistant", "tool", "user", "user"], sent
assert sent[1]["content"] == "<think>\nshe likes green\n</think>\n\nA moment.", sent[1]
assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == {"INVALID_JSON": '{"tea":'}, sent[1]
PY
