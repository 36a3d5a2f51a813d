"""A service that is written for Memory-Base: its sessions in memdb, its users' profiles and triples in a bucket or in memory.

    python examples/memory_base_chat.py

Of a program for Memory-Base only the import has changed.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from memdb.adapters.memory_base import (
    Message,
    Session,
    create_long_term_backend_from_config,
    get_engine,
    init_db,
    load_user_profile,
    log_audit,
    retrieve_relevant_knowledge,
    save_knowledge_triples,
    save_user_profile,
    session_scope,
    set_database_url,
)


def answer(question: str, profile: dict[str, Any], known: list[tuple[str, str, str]]) -> str:
    """Stands for a model."""
    return f"{'; '.join(' '.join(triple) for triple in known)} ({profile['traits']['communication_style']})"


async def main(dsn: str) -> list[str]:
    set_database_url(dsn)
    await init_db()
    storage = create_long_term_backend_from_config({})
    save_user_profile(storage, "ada", {"user_id": "ada", "traits": {"communication_style": "concise"}})
    save_knowledge_triples(storage, "ada", [("Ada", "plays", "the violin"), ("Ada", "lives in", "Oslo")])

    question = "oslo"
    async with session_scope() as session:
        talk = Session(title="Chat", metadata_={"user": "ada"})
        session.add(talk)
        await session.flush()
        said = answer(question, load_user_profile(storage, "ada") or {}, retrieve_relevant_knowledge(storage, "ada", question))
        session.add(Message(session_id=talk.id, role="user", content=question))
        answered = Message(session_id=talk.id, role="assistant", content=said, model="a-model")
        session.add(answered)
        await log_audit(session, "answer", "session", talk.id)

    async with session_scope() as session:
        kept = [await session.get(Session, talk.id), await session.get(Message, answered.id)]
    await get_engine().dispose()
    told = [kept[0].title, kept[1].content]
    print("\n".join(told))
    return told


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "embedded:.memdb/memory-base"))
