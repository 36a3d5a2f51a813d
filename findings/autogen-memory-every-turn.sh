#!/usr/bin/env bash
# Guess: an agent with a memory shows its model what is remembered once, as it is now.
# Seen: autogen-agentchat 0.7.5 with ListMemory: every turn appends a system message with all memories to the
# model's context, and takes none back. In the third turn the model is sent the same memory twice, although
# it was cleared before that turn.
# Why it matters: the context grows by the whole memory at each turn; a memory that was corrected stands
# beside its correction, and one that was forgotten is still sent, and saved with the agent's state.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check autogen-agentchat==0.7.5 autogen-ext==0.7.5
venv/bin/python - <<'PY'
import asyncio

from autogen_agentchat.agents import AssistantAgent
from autogen_core.memory import ListMemory, MemoryContent
from autogen_ext.models.replay import ReplayChatCompletionClient


async def main():
    memory = ListMemory()
    await memory.add(MemoryContent(content="Ada drinks tea", mime_type="text/plain"))
    model = ReplayChatCompletionClient(["yes", "yes", "yes"])
    agent = AssistantAgent("helper", model, memory=[memory])
    await agent.run(task="one")
    await agent.run(task="two")
    await memory.clear()
    await agent.run(task="three")
    sent = [sum("Ada drinks tea" in str(m.content) for m in call["messages"]) for call in model.create_calls]
    saved = str(await agent.save_state()).count("Ada drinks tea")
    assert (sent, saved) == ([1, 2, 2], 2), (sent, saved)
    print(f"seen: sent {sent} times in the three turns, the last after clear(); {saved} times in the saved state")


asyncio.run(main())
PY
