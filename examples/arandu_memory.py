"""A program that is written for arandu, on memdb: with fake models, on the embedded server.

    python examples/arandu_memory.py

Of the program only the import has changed; its models may be arandu's own, such as `arandu.providers.openai.OpenAIProvider`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from memdb.adapters.arandu import LLMResult, MemoryClient


class FakeProvider:
    """Stands for the models: reads "I live in ...", and embeds by the counts of letters."""

    async def complete(self, messages: list[dict[str, Any]], **_: Any) -> LLMResult:
        told = json.loads(messages[1]["content"])
        fact = told["message"].replace("I live", f"{told['speaker']} lives").removesuffix(".")
        old = next((each for each in told["known facts"] if "lives in" in each), None)
        return LLMResult(json.dumps({"facts": [{"subject": told["speaker"], "fact": fact, "updates": old}]}))

    async def embed(self, texts: list[str]) -> list[list[float]]:
        dimension = int(os.environ.get("MEMDB_EMBEDDING_DIM", "384"))
        return [[float(text.lower().count(chr(number))) for number in range(dimension)] for text in texts]

    async def embed_one(self, text: str) -> list[float] | None:
        return (await self.embed([text]))[0]


async def main(dsn: str) -> list[str]:
    provider = FakeProvider()
    memory = MemoryClient(database_url=dsn, llm=provider, embeddings=provider)
    await memory.initialize()
    await memory.delete_all("my_agent")

    contexts = []
    for message in ("I live in Oslo.", "I live in Paris."):
        await memory.write(agent_id="my_agent", message=message, speaker_name="Ada")
        contexts.append((await memory.retrieve(agent_id="my_agent", query="Where does Ada live?")).context)
    await memory.close()
    print("\n".join(contexts))
    return contexts


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/arandu"))
