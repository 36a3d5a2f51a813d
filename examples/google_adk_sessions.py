"""An agent of Google's Agent Development Kit whose sessions and memory outlive it: with a fake model, on the embedded server.

    python examples/google_adk_sessions.py

Of an example for ADK's DatabaseSessionService only the import and the name have changed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator

from google.adk.agents import LlmAgent
from google.adk.models import BaseLlm, LlmRequest, LlmResponse
from google.adk.runners import Runner
from google.genai import types

from memdb.adapters.google_adk import MemdbMemoryService, MemdbSessionService


class Scripted(BaseLlm):
    """Stands for a model: says the one thing it is told to."""

    answer: str

    async def generate_content_async(self, llm_request: LlmRequest, stream: bool = False) -> AsyncGenerator[LlmResponse, None]:
        yield LlmResponse(content=types.Content(role="model", parts=[types.Part(text=self.answer)]))


def build(answer: str) -> LlmAgent:
    return LlmAgent(name="helper", model=Scripted(model="scripted", answer=answer), output_key="user:last_answer")


def content(text: str) -> types.Content:
    return types.Content(role="user", parts=[types.Part(text=text)])


async def main(dsn: str) -> list[str]:
    async with MemdbSessionService.from_url(dsn) as sessions, MemdbMemoryService.from_url(dsn) as memory:
        runner = Runner(agent=build("Hello, Ada."), app_name="app", session_service=sessions, memory_service=memory)
        session = await sessions.create_session(app_name="app", user_id="ada")
        async for _ in runner.run_async(user_id="ada", session_id=session.id, new_message=content("I am Ada.")):
            pass

    # Another process, as it were: nothing is left of the first but what it saved.
    async with MemdbSessionService.from_url(dsn) as sessions, MemdbMemoryService.from_url(dsn) as memory:
        runner = Runner(agent=build("You are Ada."), app_name="app", session_service=sessions, memory_service=memory)
        async for _ in runner.run_async(user_id="ada", session_id=session.id, new_message=content("Who am I?")):
            pass
        found = await sessions.get_session(app_name="app", user_id="ada", session_id=session.id)
        assert found is not None
        await memory.add_session_to_memory(found)
        remembered = await memory.search_memory(app_name="app", user_id="ada", query="Hello")
    said = [part.text or "" for event in found.events for part in (event.content.parts if event.content else None) or ()]
    print("\n".join(said))
    print("last:", found.state["user:last_answer"])
    print("remembered:", *(part.text for each in remembered.memories for part in each.content.parts or ()))
    return said


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/google-adk"))
