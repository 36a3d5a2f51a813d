"""mem0's Memory, which remembers in PostgreSQL: with a fake model and a fake embedder, on the embedded server.

    python examples/mem0_memory.py

Of an example for mem0's pgvector store the provider and its connection have changed, and the import that makes the provider known.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ.setdefault("MEM0_TELEMETRY", "False")

from mem0 import Memory
from mem0.embeddings.base import EmbeddingBase
from mem0.llms.base import LLMBase

import memdb.adapters.mem0  # noqa: F401


class Letters(EmbeddingBase):  # type: ignore[misc]
    """Stands for an embedder: a vector of the counts of letters."""

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        return [float(text.lower().count(chr(number))) for number in range(384)]


class Script(LLMBase):  # type: ignore[misc]
    """Stands for a model that finds these memories in whatever is said."""

    def __init__(self, *memories: str) -> None:
        super().__init__()
        self.memories = memories

    def generate_response(self, messages: list[dict[str, str]], *arguments: Any, **named: Any) -> str:
        return json.dumps({"memory": [{"id": str(number), "text": text} for number, text in enumerate(self.memories)]})


def build(dsn: str) -> Memory:
    memory = Memory.from_config(
        {
            "vector_store": {"provider": "memdb", "config": {"connection_string": dsn, "embedding_model_dims": 384}},
            "embedder": {"provider": "openai", "config": {"api_key": "none"}},
            "llm": {"provider": "openai", "config": {"api_key": "none"}},
            "history_db_path": ":memory:",
        }
    )
    memory.embedding_model = Letters()
    return memory


def main(dsn: str) -> list[str]:
    memory = build(dsn)
    memory.llm = Script("Plays the violin", "Has a red car")
    memory.add("I play the violin, and my car is red.", user_id="ada")
    violin, *_ = memory.search("violin", filters={"user_id": "ada"})["results"]
    memory.update(violin["id"], "Plays the cello")
    told = [each["memory"] for each in memory.get_all(filters={"user_id": "ada"})["results"]]
    memory.delete(violin["id"])
    told += [f"{each['event']}: {each['old_memory']} -> {each['new_memory']}" for each in memory.history(violin["id"])]
    print("\n".join(told))
    memory.db.close()
    memory.vector_store.close()
    return told


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/mem0")
