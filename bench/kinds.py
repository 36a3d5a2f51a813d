"""How much of the evidence for a question is found by searches of messages, observations and facts, and how long they take.

    python bench/kinds.py                          # on an embedded server in a temporary folder
    python bench/kinds.py --locomo FOLDER          # also LoCoMo's observations, from the files in which they are published

The measure is that of bench/retrieval.py. LoCoMo's turns are stored as the messages of sessions, with the embeddings that come with them;
bench/plain.txt, embedded by wordllama, is stored as observations and as facts. LoCoMo's observations are sentences about its speakers,
each with the turns it was derived from: it answers a question whose evidence is among these turns. Times are CPU time, of the client and
the server. The results are printed, and written to no file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg
from measuring import Clock, serving, table
from retrieval import DATA, PLAIN, Conversation, Question, Turn, embedded, read, read_plain
from rich.console import Console
from rich.progress import track

import memdb
from memdb import agents, entities, facts, messages, observations, organizations, sessions
from memdb.agents import Agent
from memdb.engine.database import Tenant
from memdb.facts import NewFact
from memdb.messages import NewMessage, Ranking
from memdb.observations import NewObservation

DEPTHS: Final = (1, 3, 5, 10, 20)
console: Final = Console(width=120)

# The ids of what is found, the best first.
Search = Callable[[Question], Awaitable[Sequence[uuid.UUID]]]


class Set(NamedTuple):
    """One agent's, with the turns that each row stands for."""

    agent: Agent
    stands_for: dict[uuid.UUID, frozenset[str]]
    questions: Sequence[Question]


async def _agent(tenant: Tenant) -> Agent:
    return await agents.create(tenant, slug=f"a-{uuid.uuid4().hex[:12]}", name="Agent")


async def store_messages(tenant: Tenant, conversation: Conversation) -> Set:
    agent = await _agent(tenant)
    stands_for = {}
    for _, said in groupby(conversation.turns, key=lambda turn: turn.session):
        turns = list(said)
        session = (await sessions.start(tenant, agent_id=agent.id)).session
        items = [
            NewMessage(role="user", name=turn.content.split(":")[0], content=turn.content, embedding=turn.embedding, sent_at=turn.at)
            for turn in turns
        ]
        for message, turn in zip(await messages.append_many(tenant, session_id=session.id, items=items), turns, strict=True):
            stands_for[message.id] = frozenset([turn.id])
    return Set(agent, stands_for, conversation.questions)


async def store_observations(tenant: Tenant, noted: Conversation) -> Set:
    agent = await _agent(tenant)
    started: dict[int, uuid.UUID] = {}
    for turn in noted.turns:
        if turn.session is not None and turn.session not in started:
            started[turn.session] = (await sessions.start(tenant, agent_id=agent.id)).session.id
    items = [
        NewObservation(
            content=turn.content,
            embedding=turn.embedding,
            observed_at=turn.at,
            session_id=None if turn.session is None else started[turn.session],
        )
        for turn in noted.turns
    ]
    made = await observations.add_many(tenant, agent_id=agent.id, items=items)
    return Set(agent, {each.id: frozenset(turn.id.split()) for each, turn in zip(made, noted.turns, strict=True)}, noted.questions)


async def store_facts(tenant: Tenant, noted: Conversation) -> Set:
    """All about one entity, which no question names."""
    agent = await _agent(tenant)
    entity = await entities.see(tenant, agent_id=agent.id, type="thing", name="Anything")
    items = [NewFact(entity_id=entity.id, content=turn.content, embedding=turn.embedding, valid_from=turn.at) for turn in noted.turns]
    stands_for: dict[uuid.UUID, set[str]] = defaultdict(set)
    for asserted, turn in zip(await facts.assert_many(tenant, agent_id=agent.id, items=items), noted.turns, strict=True):
        stands_for[asserted.fact.id] |= {*turn.id.split()}
    return Set(agent, {id: frozenset(turns) for id, turns in stands_for.items()}, noted.questions)


def read_observations(path: Path, conversation: Conversation) -> Conversation:
    """A published file of LoCoMo's, with the questions whose evidence its observations were made from. An id is that of all its turns."""
    told = json.loads(path.read_text())
    at = {turn.session: turn.at for turn in conversation.turns}
    noted = [
        Turn(
            " ".join(made_from) if isinstance(made_from, list) else made_from.replace(",", " "),
            session,
            at[session],
            text,
            conversation.turns[0].embedding,
        )
        for session in sorted(number for number in at if number is not None)
        for of_speaker in told.get(f"session_{session}_observation", {}).values()
        for text, made_from in of_speaker
    ]
    known = frozenset(id for turn in noted for id in turn.id.split())
    questions = [each._replace(evidence=each.evidence & known) for each in conversation.questions if each.evidence & known]
    return Conversation(noted, questions)


def searches(tenant: Tenant, kind: str, agent: Agent) -> dict[str, Search]:
    async def said(question: Question, ranking: Ranking) -> list[uuid.UUID]:
        asked = {"text": question.text, "embedding": question.embedding}
        hits = await messages.search(tenant, agent_id=agent.id, ranking=ranking, limit=DEPTHS[-1], **asked)  # type: ignore[arg-type]
        return [hit.message.id for hit in hits]

    async def noted(question: Question) -> list[uuid.UUID]:
        hits = await observations.search(tenant, agent_id=agent.id, text=question.text, embedding=question.embedding, limit=DEPTHS[-1])
        return [hit.observation.id for hit in hits]

    async def known(question: Question) -> list[uuid.UUID]:
        hits = await facts.retrieve(tenant, agent_id=agent.id, text=question.text, embedding=question.embedding, limit=DEPTHS[-1])
        return [hit.fact.id for hit in hits]

    if kind != "messages":
        return {kind: noted if kind == "observations" else known}
    rankings = {
        "by themselves, bm25_b 0.4": Ranking(context_share=0, bm25_b=0.4),
        "by themselves": Ranking(context_share=0),
        "default": Ranking(),
        "conversation": Ranking.conversation(),
    }
    return {f"messages, {name}": lambda question, ranking=ranking: said(question, ranking) for name, ranking in rankings.items()}


async def report(tenant: Tenant, owner: asyncpg.Connection, title: str, kind: str, sets: Sequence[Set]) -> None:
    await owner.execute("VACUUM ANALYZE")
    found: dict[str, list[list[float]]] = defaultdict(list)
    taken: dict[str, list[float]] = defaultdict(list)
    asked = [(each, searches(tenant, kind, each.agent), question) for each in sets for question in each.questions]
    for _, ways, question in asked[:10]:
        for search in ways.values():
            await search(question)
    clock = await Clock.of(owner)
    for each, ways, question in track(asked, description=title, console=console, transient=True):
        for name, search in random.sample(list(ways.items()), len(ways)):
            start = clock.now()
            ids = await search(question)
            taken[name].append(clock.now() - start)
            turns = [each.stands_for[id] for id in ids]
            shares = [len(question.evidence & frozenset[str]().union(*turns[:depth])) / len(question.evidence) for depth in DEPTHS]
            found[name].append(shares)
    rows = sum(len(each.stands_for) for each in sets)
    made = table(f"{title}: {len(asked):,} questions on {rows:,} rows", "search", *(f"@{depth}" for depth in DEPTHS), "mean ms")
    for name in asked[0][1]:
        shares = [statistics.mean(column) for column in zip(*found[name], strict=True)]
        made.add_row(name, *(f"{share:.3f}" for share in shares), f"{statistics.mean(taken[name]) * 1e3:.2f}")
    console.print(made)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with the conversations, in the format of bench/retrieval.py")
    parser.add_argument("--locomo", type=Path, help="the folder with LoCoMo's observations as published, <n>.json")
    parser.add_argument("--dsn", help="the owner's postgresql:// URL of a database with memdb's schema (default: an embedded server)")
    options = parser.parse_args()
    paths = sorted(path for path in options.data.glob("*.json") if path.with_suffix(".npz").is_file())
    said = [read(path) for path in paths]
    async with serving(options.dsn) as dsn, memdb.connect(dsn, pool_size=1, timeout=60.0) as db:
        owner = await asyncpg.connect(dsn)
        organization = await organizations.create(db.admin(), slug=f"kinds-{uuid.uuid4().hex[:12]}", name="Kinds")
        tenant = db.tenant(organization.id)
        if said:
            await report(tenant, owner, "LoCoMo", "messages", [await store_messages(tenant, each) for each in said])
        others = {"plain.txt": [embedded(read_plain(PLAIN), on_dimension(db))]}
        if options.locomo and said:
            noted = [read_observations(options.locomo / path.name, each) for path, each in zip(paths, said, strict=True)]
            others = {"LoCoMo's observations": [embedded(each, on_dimension(db)) for each in noted], **others}
        for title, noted in others.items():
            await report(tenant, owner, title, "observations", [await store_observations(tenant, each) for each in noted])
            await report(tenant, owner, title, "facts", [await store_facts(tenant, each) for each in noted])
        await owner.close()


def on_dimension(db: memdb.Database) -> int:
    """That of the database's embeddings."""
    return db.admin().dimension


if __name__ == "__main__":
    asyncio.run(main())
