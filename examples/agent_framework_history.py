"""An agent of Microsoft's Agent Framework whose conversations outlive it: with a fake model, on the embedded server.

python examples/agent_framework_history.py
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from agent_framework import Agent, AgentSession, BaseChatClient, ChatResponse, ChatResponseUpdate, Message, ResponseStream

from memdb.adapters.agent_framework import MemdbHistoryProvider, MemdbSessionStore


class Scripted(BaseChatClient[Any]):
    """Stands for a model: says how many messages it is shown."""

    def _inner_get_response(
        self, *, messages: Sequence[Message], stream: bool, options: Mapping[str, Any], **kwargs: Any
    ) -> Awaitable[ChatResponse] | ResponseStream[ChatResponseUpdate, ChatResponse]:
        async def answer() -> ChatResponse:
            return ChatResponse(messages=[Message("assistant", [f"I see {len(messages)}."])])

        return answer()


async def main(dsn: str) -> list[str]:
    async with MemdbHistoryProvider.from_url(dsn) as history, MemdbSessionStore.from_url(dsn) as sessions:
        session = AgentSession(session_id="ada")
        await Agent(Scripted(), context_providers=[history]).run("I am Ada.", session=session)
        await sessions.set("ada", session)

    # Another process, as it were: nothing is left of the first but what it saved.
    async with MemdbHistoryProvider.from_url(dsn) as history, MemdbSessionStore.from_url(dsn) as sessions:
        found = await sessions.get("ada")
        await Agent(Scripted(), context_providers=[history]).run("Who am I?", session=found)
        said = [each.text for each in await history.get_messages("ada")]
    print("\n".join(said))
    return said


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/agent-framework"))
