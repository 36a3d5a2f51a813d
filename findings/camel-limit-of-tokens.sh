#!/usr/bin/env bash
# Guess: a context creator with token_limit=10 gives messages of 10 tokens at most, the latest.
# Seen: camel-ai 0.2.90: it gives all of them and says 90; the limit is kept 'for API compatibility'.
# window_size=2 gives a tool's result without the call it answers, and that result is Python's repr: {'t':
# [1, None]}.
# Why it matters: the class is how an agent's memory is bounded: a long conversation fails at the provider,
# and so does one cut before a result.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check camel-ai==0.2.90
venv/bin/python - <<'PY'
import warnings

from camel.memories import ChatHistoryMemory, MemoryRecord, ScoreBasedContextCreator
from camel.messages import BaseMessage, FunctionCallingMessage
from camel.types import OpenAIBackendRole, RoleType

warnings.simplefilter("ignore")


class Characters:
    def count_tokens_from_messages(self, messages):
        return sum(len(str(message["content"])) for message in messages)


def user(text):
    return MemoryRecord(message=BaseMessage.make_user_message("ann", text), role_at_backend=OpenAIBackendRole.USER)


def tool(role, **given):
    message = FunctionCallingMessage("agent", RoleType.ASSISTANT, None, "", func_name="look", tool_call_id="1", **given)
    return MemoryRecord(message=message, role_at_backend=role)


memory = ChatHistoryMemory(ScoreBasedContextCreator(Characters(), token_limit=10))
memory.write_records([user("x" * 30), user("y" * 30), user("z" * 30)])
messages, tokens = memory.get_context()
window = ChatHistoryMemory(ScoreBasedContextCreator(Characters(), token_limit=1000), window_size=2)
call, result = tool(OpenAIBackendRole.ASSISTANT, args={"q": 1}), tool(OpenAIBackendRole.FUNCTION, result={"t": [1, None]})
window.write_records([user("tea?"), call, result, user("thanks")])
first = window.get_context()[0][0]
assert (len(messages), tokens) == (3, 90), (len(messages), tokens)
assert (first["role"], first["content"]) == ("tool", "{'t': [1, None]}"), first
print(f"seen: {len(messages)} messages of {tokens} for a limit of 10; the window begins with {first}")
PY
