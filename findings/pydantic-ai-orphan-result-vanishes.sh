#!/usr/bin/env bash
# Guess: a history that is cut amid a tool call is sent as it is, or refused; `all_messages()` begins with it.
# Seen: pydantic-ai-slim 2.68.0: a result whose call is not there is left out, also of `all_messages()`, which
# is shorter by it; a call whose result is missing gets one that says that it was interrupted, and that stands
# in `all_messages()` from then on. `new_messages()` is not touched by either.
# Why it matters: a store that loads the last n messages and then appends `all_messages()[n:]` loses the user's
# next prompt, and one that stores `all_messages()` keeps results that no tool ever gave.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydantic-ai-slim==2.68.0
venv/bin/python - <<'PY'
from pydantic_ai import Agent
from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models.function import FunctionModel

agent = Agent(FunctionModel(lambda messages, info: ModelResponse(parts=[TextPart("ok")])))
call = ModelResponse(parts=[ToolCallPart("look", {}, "1")])
result = ModelRequest(parts=[ToolReturnPart("look", "green tea", "1")])
answer = ModelResponse(parts=[TextPart("Green.")])


def continued(history):
    run = agent.run_sync("And cake?", message_history=history)
    parts = [[getattr(part, "content", type(part).__name__) for part in message.parts] for message in run.all_messages()]
    return parts, len(run.new_messages()), [str(part.content) for m in run.all_messages()[len(history) :] for part in m.parts]


parts, new, tail = continued([result, answer])
assert (parts, new, tail) == ([["Green."], ["And cake?"], ["ok"]], 2, ["ok"]), (parts, new, tail)
asked = ModelRequest(parts=[UserPromptPart("Which tea?")])
made_up, new, _ = continued([asked, call, ModelRequest(parts=[UserPromptPart("Never mind.")]), answer])
text = made_up[2][0]
assert "interrupted" in text and made_up[2][1] == "Never mind." and new == 2, made_up
print(f"seen: after a history of two all_messages() is {parts}; a call without a result gets {text!r}")
PY
