"""An agent of the OpenAI Agents SDK whose conversations outlive it: with a fake model, on the embedded server.

    python examples/openai_agents_session.py

Of an example for the SDK's SQLAlchemySession only the import has changed.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from agents import Agent, Runner, set_tracing_disabled
from agents.testing import ScriptedModel
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

from memdb.adapters.openai_agents import MemdbSession


def build(answer: str) -> Agent:
    content = ResponseOutputText(text=answer, type="output_text", annotations=[], logprobs=[])
    message = ResponseOutputMessage(id="message", content=[content], role="assistant", status="completed", type="message")
    model = ScriptedModel()
    model.enqueue([message])
    return Agent(name="helper", model=model)


async def main(dsn: str) -> list[str]:
    set_tracing_disabled(True)
    async with MemdbSession.from_url("ada", url=dsn, create_tables=True) as session:
        await Runner.run(build("Hello, Ada."), "I am Ada.", session=session)

    # Another process, as it were: nothing is left of the first but what it saved.
    async with MemdbSession.from_url("ada", url=dsn) as session:
        await Runner.run(build("You are Ada."), "Who am I?", session=session)
        items: list[Any] = await session.get_items()
    said = [each["content"] if isinstance(each["content"], str) else each["content"][0]["text"] for each in items]
    print("\n".join(said))
    return said


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/openai-agents"))
