"""What an agent remembers, and what was said to it. Each route is one call of memdb's, or two."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from memdb import memories, messages, sessions
from memdb.errors import NotFound
from memdb.memories import Memory
from memdb.messages import NewMessage, Role
from memory_service.access import Caller, Reader, Writer
from memory_service.answers import Json

router = APIRouter(prefix="/agents/{agent_id}")


class Remember(BaseModel):
    content: str
    tags: list[str] = []
    metadata: dict[str, Any] = {}
    id: UUID | None = None  # the client's own makes a repeated request safe


class Recall(BaseModel):
    text: str
    limit: int = 10


class Open(BaseModel):
    external_id: str | None = None
    title: str | None = None


class Said(BaseModel):
    role: Role
    content: str | list[dict[str, Any]]
    id: UUID | None = None


@router.post("/memories")
async def remember(caller: Writer, body: Remember) -> Response:
    memory = await memories.add(
        caller.tenant, agent_id=caller.agent_id, content=body.content, tags=body.tags, metadata=body.metadata, id=body.id
    )
    return Json(memory, 201)


@router.get("/memories")
async def newest(caller: Reader, limit: int = 50, before: UUID | None = None) -> Response:
    return Json(await memories.page(caller.tenant, agent_id=caller.agent_id, limit=limit, before=before))


@router.post("/memories/search")
async def recall(caller: Reader, body: Recall) -> Response:
    return Json(await memories.search(caller.tenant, agent_id=caller.agent_id, text=body.text, limit=body.limit))


@router.get("/memories/{id}")
async def one(caller: Reader, id: UUID) -> Response:
    return Json(await _memory(caller, id))


@router.delete("/memories/{id}")
async def forget(caller: Writer, id: UUID) -> Response:
    memory = await _memory(caller, id)
    await memories.delete(caller.tenant, id=id, expected_version=memory.version)
    return Response(status_code=204)


@router.post("/conversations")
async def open_conversation(caller: Writer, body: Open) -> Response:
    """A new one, or the one with this external id."""
    started = await sessions.start(caller.tenant, agent_id=caller.agent_id, external_id=body.external_id, title=body.title)
    return Json(started.session, 201 if started.created else 200)


@router.post("/conversations/{id}/messages")
async def append(caller: Writer, id: UUID, body: list[Said]) -> Response:
    await _known_session(caller, id)
    items = [NewMessage(role=said.role, content=said.content, id=said.id) for said in body]
    return Json(await messages.append_many(caller.tenant, session_id=id, items=items), 201)


@router.get("/conversations/{id}/window")
async def window(caller: Reader, id: UUID, tokens: int | None = None, rounds: int | None = None) -> Response:
    """What a model is shown of the conversation."""
    await _known_session(caller, id)
    return Json(await messages.window(caller.tenant, session_id=id, tokens=tokens, rounds=rounds))


async def _memory(caller: Caller, id: UUID) -> Memory:
    """The agent's memory. Row-level security keeps out other tenants', not other agents' of the same tenant."""
    memory = await memories.get(caller.tenant, id=id)
    if memory is None or memory.agent_id != caller.agent_id:
        raise NotFound("memory", id)
    return memory


async def _known_session(caller: Caller, id: UUID) -> None:
    session = await sessions.get(caller.tenant, id=id)
    if session is None or session.agent_id != caller.agent_id:
        raise NotFound("session", id)
