"""arandu's agents, which are any texts, as memdb's, by slugs."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final
from uuid import UUID

from memdb import agents
from memdb.engine.executor import Executor
from memdb.errors import InvalidInput

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_DERIVED: Final = "arandu-"


def slug_of(agent_id: Any) -> str:
    """The slug of an agent: the text itself if possible, or else a slug that belongs to no other text. Raises InvalidInput."""
    text = str(agent_id)
    if not text or not isinstance(agent_id, str | UUID | int):
        raise InvalidInput("agent_id", f"must be a text that is not empty, not {agent_id!r:.40}")
    if _SLUG.fullmatch(text) and not text.startswith(_DERIVED):
        return text
    return _DERIVED + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:48]


async def find(on: Executor, agent_id: Any) -> UUID | None:
    found = await agents.get_by_slug(on, slug=slug_of(agent_id))
    return None if found is None else found.id


async def make(on: Executor, agent_id: Any) -> UUID:
    """Raises what `memdb.agents.get_or_create` does."""
    name = str(agent_id)[:200].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return (await agents.get_or_create(on, slug=slug_of(agent_id), name=name if name.strip() else "?")).id
