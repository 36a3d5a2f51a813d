"""A LangGraph agent that remembers its users across threads: with a fake model and a fake embedder, on the embedded server.

    python examples/langgraph_store.py

Of an example for langgraph-checkpoint-postgres only the import has changed.
"""

from __future__ import annotations

import asyncio
import re
import sys
import uuid
import zlib
from typing import Any, TypedDict

from langgraph.config import get_store
from langgraph.graph import START, StateGraph

from memdb.adapters.langgraph import MemdbStore

DIMS = 384


def embed(texts: list[str]) -> list[list[float]]:
    """A vector for each text that has its words' places at 1: texts are near that share words."""
    vectors = []
    for text in texts:
        places = {zlib.crc32(word.encode()) % DIMS for word in re.findall(r"\w{4,}", text.lower())}
        vectors.append([float(place in places) for place in range(DIMS)])
    return vectors


class State(TypedDict, total=False):
    user: str
    said: str
    recalled: list[str]


async def remember(state: State) -> State:
    store = get_store()
    found = await store.asearch(("memories", state["user"]), query=state["said"], limit=1)
    await store.aput(("memories", state["user"]), str(uuid.uuid4()), {"text": state["said"]}, ttl=60 * 24 * 30)
    return {"recalled": [item.value["text"] for item in found]}


def build() -> StateGraph[Any, Any, Any, Any]:
    builder = StateGraph(State)
    builder.add_node("remember", remember)
    builder.add_edge(START, "remember")
    return builder


async def main(dsn: str) -> list[str]:
    recalled: list[str] = []
    async with MemdbStore.from_conn_string(dsn, index={"dims": DIMS, "embed": embed, "fields": ["text"]}) as store:
        await store.setup()
        graph = build().compile(store=store)
        for said in ("My sister plays the violin.", "I live in Lisbon.", "What does my sister play?"):
            state = await graph.ainvoke({"user": "ada", "said": said})
            recalled = state["recalled"]
            print(f"{said:30} reminds of: {', '.join(recalled) or 'nothing'}")
    return recalled


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/langgraph"))
