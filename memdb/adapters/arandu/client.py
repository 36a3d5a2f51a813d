"""arandu's memory client, over memdb."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from memdb import edges, entities, facts, messages, sessions
from memdb.adapters.arandu import agents, embedding, reading, writing
from memdb.adapters.arandu.config import MemoryConfig
from memdb.adapters.arandu.db import create_engine, tenant_of
from memdb.adapters.arandu.details import context_of, entity_detail, fact_detail, scored
from memdb.adapters.arandu.errors import ExtractionError, RetrievalError, UpsertError
from memdb.adapters.arandu.extraction import LLMExtractor
from memdb.adapters.arandu.protocols import Counted, EmbeddingProvider, Extraction, Extractor, LLMProvider
from memdb.adapters.arandu.results import EntityDetail, FactDetail, PipelineTrace, RetrieveResult, WriteResult
from memdb.adapters.arandu.writing import Found, Said
from memdb.adapters.fields import as_fields
from memdb.adapters.over_items import batches
from memdb.adapters.paging import all_of, check_number, from_offset
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput
from memdb.facts.reading import page_by_learning

_ALIKE: Final = 0.85
_OF_WRITE: Final = {
    **{"content": "message", "text": "message", "name": "speaker_name", "metadata": "source", "external_id": "session_id"},
    **{"started_at": "occurred_at", "sent_at": "occurred_at"},
}
_OF_RETRIEVAL: Final = {
    **{"text": "query", "limit": "topk_facts", "half_life_days": "recency_half_life_days"},
    **dict.fromkeys(("vector_weight", "text_weight", "graph_weight", "recency_weight", "importance_weight"), "score_weights"),
    "confidence_weight": "score_weights",
}


class MemoryClient:
    """An agent's memory: what is said to it, and what follows from that.

    - `database_url`: what `memdb.connect` takes, also with SQLAlchemy's schemes; or `db.tenant(org_id)`.
    - `llm`, `embeddings`: the caller's models. `extractor` reads messages; None lets the `llm` do it, with a prompt of memdb's.
    - `org_id`: the tenant, for a URL; None means the organization with the slug "default".

    An `agent_id` is any text; one that is a slug is memdb's agent with that slug. The first write creates a missing agent. Raises
    InvalidInput (a ValueError), and what memdb's areas do.
    """

    def __init__(
        self,
        database_url: str | Executor,
        llm: LLMProvider,
        embeddings: EmbeddingProvider,
        config: MemoryConfig | None = None,
        *,
        extractor: Extractor | None = None,
        org_id: UUID | None = None,
    ) -> None:
        self._engine = create_engine(database_url, org_id=org_id) if isinstance(database_url, str) else None
        self._tenant = tenant_of(database_url if self._engine is None else self._engine)
        self._llm = llm
        self._embeddings = embeddings
        self._extractor = extractor or LLMExtractor()
        self.config: Final = config or MemoryConfig()

    async def initialize(self) -> None:
        """Create or update memdb's tables; may be called at every start. Does nothing for a client of a tenant."""
        if self._engine is not None:
            await self._engine.migrate()

    async def close(self) -> None:
        """Close the database, if it was opened here."""
        if self._engine is not None:
            await self._engine.dispose()

    async def write(
        self,
        agent_id: str,
        message: str,
        speaker_name: str,
        source: str = "api",
        *,
        session_id: str = "default",
        config_overrides: dict[str, Any] | None = None,
        dry_run: bool = False,
        recent_messages: list[str] | None = None,
        verbose: bool = False,
        occurred_at: datetime | None = None,
    ) -> WriteResult:
        """Store a message, and the entities, facts and relations that the extractor finds in it. A blank message does nothing.

        The message is stored first. If the extractor fails, it stays, and the result says so. `dry_run` stores nothing.
        """
        speaker = speaker_name.strip() if isinstance(speaker_name, str) else ""
        if not speaker:
            raise InvalidInput("speaker_name", "is required and cannot be empty")
        if not isinstance(message, str):
            raise InvalidInput("message", f"must be a str, not {type(message).__name__}")
        if not message.strip():
            return WriteResult()
        begun, at = time.perf_counter(), occurred_at or datetime.now(UTC)
        config = self.config.with_overrides(config_overrides)
        llm, trace = Counted(self._llm), PipelineTrace()
        on = await self._tenant()
        (vector,) = await embedding.embed(on, self._embeddings, [message])
        with as_fields(_OF_WRITE):
            known = await reading.known(on, agent_id, message, vector, config)
            said = None if dry_run else await self._say(on, agent_id, message, speaker, source, session_id, vector, at)
        trace.note("message", known=len(known))
        result = WriteResult(event_id=str(said.message_id) if said else "")
        try:
            asked = self._extractor.extract(
                message, speaker_name=speaker, recent_messages=recent_messages or [], known=list(known), occurred_at=at, llm=llm
            )
            extraction = await _within(config.extraction_timeout_sec, asked)
            trace.note("extraction", facts=len(extraction.facts), entities=len(extraction.entities), relations=len(extraction.relations))
            found = await self._found(on, extraction, config)
            if said is None:
                result.facts_added = [each.fact.fact for each in found]
                result.entities_resolved = [each.name for each in extraction.entities]
            else:
                result = await writing.store(on, said, extraction, found, known, fuzzy_threshold=config.fuzzy_threshold)
                trace.note("upsert", added=len(result.facts_added), updated=len(result.facts_updated))
        except ExtractionError as error:
            result.success, result.error = False, f"{type(error).__name__}: {error}"
        except InvalidInput as error:
            # The error concerns the extracted parts, because the message is stored.
            result.success, result.error = False, f"{UpsertError.__name__}: {error}"
        result.pipeline = trace if verbose else None
        result.tokens_used, result.duration_ms = llm.used, _since(begun)
        return result

    async def retrieve(
        self,
        agent_id: str,
        query: str,
        *,
        session_id: str | None = None,
        config_overrides: dict[str, Any] | None = None,
        verbose: bool = False,
        entity_keys: list[str] | None = None,
    ) -> RetrieveResult:
        """The facts that best answer a query, ranked in one statement, and counted as used. `session_id` has no effect.

        `entity_keys`: only facts that name one of these entities, by key or alias. Raises RetrievalError if the query cannot be embedded.
        """
        if not isinstance(query, str):
            raise InvalidInput("query", f"must be a str, not {type(query).__name__}")
        begun, config, trace = time.perf_counter(), self.config.with_overrides(config_overrides), PipelineTrace()
        result = RetrieveResult(config_effective=config.as_dict(), pipeline=trace if verbose else None)
        on = await self._tenant()
        if query.strip() and (agent := await agents.find(on, agent_id)) is not None:
            vector = await self._embedded(on, query)
            only = None if entity_keys is None else await reading.named(on, agent, entity_keys, result.warnings)
            with as_fields(_OF_RETRIEVAL):
                hits = [] if only == [] else await reading.hits(on, agent, query, vector, only, config)
            trace.note("retrieval", facts=len(hits))
            about = await reading.subjects(on, [hit.fact for hit in hits])
            result.facts = [scored(hit, about.get(hit.fact.entity_id)) for hit in hits]
            result.total_candidates = len(hits)
            result.context = context_of(result.facts, config.context_max_tokens)
            if hits:
                await facts.record_use(on, ids=[hit.fact.id for hit in hits])
        result.duration_ms = _since(begun)
        return result

    async def get(self, agent_id: str, fact_id: str) -> FactDetail | None:
        """The agent's fact, superseded or not; None if there is none, or the id is not a UUID."""
        on = await self._tenant()
        if (found := await reading.fact(on, agent_id, fact_id)) is None:
            return None
        return fact_detail(found, (await reading.subjects(on, [found])).get(found.entity_id))

    async def get_all(self, agent_id: str, *, limit: int = 100, offset: int = 0, entity_keys: list[str] | None = None) -> list[FactDetail]:
        """The agent's active facts, newest first. `entity_keys`: those that name one of these entities; unknown keys are skipped."""
        check_number("limit", limit)
        check_number("offset", offset)
        on = await self._tenant()
        if (agent := await agents.find(on, agent_id)) is None:
            return []
        ids = None if entity_keys is None else await reading.named(on, agent, entity_keys, [])
        with as_fields({"entity_ids": "entity_keys"}):
            found = await from_offset(partial(page_by_learning, on, agent_id=agent, entity_ids=ids), offset, limit)
        about = await reading.subjects(on, found)
        return [fact_detail(fact, about.get(fact.entity_id)) for fact in found]

    async def delete(self, agent_id: str, fact_id: str) -> bool:
        """Delete a fact; returns whether it existed. `memdb.facts.restore` undoes it until `memdb.retention.purge`."""
        on = await self._tenant()
        if (found := await reading.fact(on, agent_id, fact_id)) is None:
            return False
        await facts.delete(on, id=found.id)
        return True

    async def delete_all(self, agent_id: str) -> int:
        """Delete an agent's facts, and its entities with their aliases, and end their edges; returns the number of facts. Messages stay."""
        on = await self._tenant()
        if (agent := await agents.find(on, agent_id)) is None:
            return 0
        async with on.transaction() as tx:
            held = await all_of(partial(facts.page, tx, agent_id=agent, ended=True))
            met = await all_of(partial(entities.page, tx, agent_id=agent))
            for some in batches(held):
                await facts.delete.many(tx, [{"id": each.id, "expected_version": None} for each in some])
            for entity in met:
                await edges.invalidate_of(tx, entity_id=entity.id)
                await entities.delete(tx, id=entity.id)
        return len(held)

    async def entities(self, agent_id: str, *, limit: int = 100, offset: int = 0) -> list[EntityDetail]:
        """The agent's active entities, last seen first."""
        check_number("limit", limit)
        check_number("offset", offset)
        on = await self._tenant()
        if (agent := await agents.find(on, agent_id)) is None:
            return []
        found = await all_of(partial(entities.page, on, agent_id=agent), offset + limit)
        return [entity_detail(each) for each in found[offset:]]

    async def _say(
        self, on: Executor, agent_id: str, message: str, speaker: str, source: str, session_id: str, vector: Any, at: datetime
    ) -> Said:
        agent = await agents.make(on, agent_id)
        async with on.transaction() as tx:
            session = (await sessions.start(tx, agent_id=agent, external_id=session_id, started_at=at)).session
            said = await messages.append(
                tx,
                session_id=session.id,
                role="user",
                content=message,
                name=speaker,
                embedding=vector,
                sent_at=at,
                metadata={"source": source},
            )
        return Said(agent, session.id, said.id, speaker, at)

    async def _embedded(self, on: Executor, query: str) -> Any:
        try:
            vector = await self._embeddings.embed_one(query)
        except Exception as error:
            raise RetrievalError(f"the query could not be embedded: {error}", cause=error) from error
        return embedding.usable(on, vector)

    async def _found(self, on: Executor, extraction: Extraction, config: MemoryConfig) -> list[Found]:
        """The facts with their embeddings; of similar ones, the first."""
        some = [each for each in extraction.facts if each.fact.strip()][: config.max_facts_per_event]
        vectors = await embedding.embed(on, self._embeddings, [each.fact for each in some])
        return [Found(some[number], vectors[number]) for number in embedding.distinct(vectors, _ALIKE)]


async def _within(seconds: float, asked: Awaitable[Extraction]) -> Extraction:
    """The extraction. Raises ExtractionError for whatever an extractor raises, and when its time is over."""
    try:
        async with asyncio.timeout(seconds):
            return await asked
    except ExtractionError:
        raise
    except TimeoutError as error:
        raise ExtractionError(f"nothing was extracted within {seconds:g} seconds", cause=error) from error
    except Exception as error:
        raise ExtractionError(f"the extractor failed: {type(error).__name__}: {error}", cause=error) from error


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)
