"""An agent of pydantic-ai whose conversations outlive it: with a fake model, on the embedded server.

python examples/pydantic_ai_conversation.py
"""

from __future__ import annotations

import asyncio
import sys

from pydantic_ai import Agent
from pydantic_ai.conversation import Conversation
from pydantic_ai.models.test import TestModel

from memdb.adapters.pydantic_ai import MemdbConversationStore


def build(answer: str) -> Agent:
    return Agent(TestModel(custom_output_text=answer))


async def main(dsn: str) -> list[str]:
    async with MemdbConversationStore.from_url(dsn) as store:
        conversation = await store.load("ada") or Conversation(conversation_id="ada")
        await store.save(await build("Hello, Ada.").run("I am Ada.", conversation=conversation), scope="ada")

    # Another process, as it were: nothing is left of the first but what it saved.
    async with MemdbConversationStore.from_url(dsn) as store:
        loaded = await store.load("ada")
        await store.save(await build("You are Ada.").run("Who am I?", conversation=loaded))
        # To ask again, otherwise: the first answer stays in a branch.
        current = await store.load("ada")
        assert current is not None
        branched = await store.branch("ada", at=2, expected_revision=current.revision)
        await store.save(await build("Ada, of course.").run("Do you know me?", conversation=branched))
        (record,) = await store.list_conversations(scope="ada")
        histories = [await store.read_history(tip) for tip in [*record.branches, record.head_id]]
    said = [" / ".join(str(getattr(part, "content", "")) for entry in history for part in entry.message.parts) for history in histories]
    print("\n".join(said))
    return said


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/pydantic-ai"))
