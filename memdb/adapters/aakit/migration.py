"""Copying sessions from one backend to another."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from memdb.adapters.aakit.backend import MemoryBackend, message_of
from memdb.adapters.aakit.messages import Message, MigrationResult


async def migrate_memory(
    source: Any, target: MemoryBackend, session_ids: Sequence[str] | None = None, batch_size: int = 100
) -> MigrationResult:
    """Copy sessions, None for all, with the times and the metadata of their messages. The source stays unchanged.

    `source`: any backend, including AA Kit's own. A session that the target already has, that the source lacks, or that fails, is in
    the result's `failed_sessions`, with the reason in its `errors`; the target keeps nothing of a failed one. So the call can be repeated.
    """
    began = time.monotonic()
    result = MigrationResult(success=True)
    if type(batch_size) is not int or batch_size < 1:
        raise ValueError(f"batch_size must be an int of 1 or more, not {batch_size!r:.40}")
    if isinstance(session_ids, str):
        raise ValueError("session_ids must be a list, not a str")
    for session_id in await source.get_sessions() if session_ids is None else session_ids:
        try:
            result.total_messages += await _copy(source, target, session_id, batch_size)
            result.total_sessions += 1
        except Exception as error:
            result.failed_sessions.append(session_id)
            result.errors.append(f"{session_id}: {error}")
    result.success = not result.failed_sessions
    result.duration = time.monotonic() - began
    return result


async def _copy(source: Any, target: MemoryBackend, session_id: str, batch_size: int) -> int:
    messages = await _all(source, session_id)
    if not messages:
        raise ValueError("the source has no such session")
    if await target.load(session_id, 1):
        raise ValueError("the target has this session already")
    try:
        for start in range(0, len(messages), batch_size):
            await target.save(session_id, messages[start : start + batch_size])
    except BaseException:
        await target.clear(session_id)
        raise
    return len(messages)


async def _all(source: Any, session_id: str) -> list[Message]:
    if isinstance(source, MemoryBackend):
        return await source.load(session_id)
    return [message_of(each) for each in await source.retrieve(session_id)]
