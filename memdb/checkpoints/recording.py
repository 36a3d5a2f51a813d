"""Recording checkpoints."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.checkpoints.structs import Checkpoint, Turn
from memdb.engine.executor import Executor
from memdb.engine.inputs import JsonObject, ModelName, Name
from memdb.engine.own import query

Amount: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Sha256: TypeAlias = Annotated[str, Meta(min_length=64, max_length=64)]


@query(absent="session", again=True)
async def record(
    on: Executor,
    *,
    session_id: UUID,
    turn: Turn,
    request_id: Name | None = None,
    messages_hash: Sha256 | None = None,
    completion_hash: Sha256 | None = None,
    input_tokens: Amount = 0,
    output_tokens: Amount = 0,
    latency_ms: Amount = 0,
    model: ModelName | None = None,
    provider: ModelName | None = None,
    provider_request_id: Name | None = None,
    is_streaming: bool = False,
    is_complete: bool = True,
    state: JsonObject | None = None,
) -> Checkpoint:
    """Record the result of a turn (0 or more, in any order), and add its tokens and latency to the session's.

    - `messages_hash`, `completion_hash`: SHA-256 of the request and of the response, as 64 hexadecimal digits in lower case.
    - `latency_ms`: milliseconds. `request_id`, `provider_request_id`: 1 to 200 characters. `state`: a JSON object of at most 65,536 bytes.

    Repeating the call, even concurrently, returns the existing checkpoint, which counts once, even if the session has since been closed.
    Only within a transaction does the loser of such a race get AlreadyExists.

    Raises InvalidInput, NotFound for an unknown session, AlreadyExists if the turn has another checkpoint, SessionClosed, WritesRefused.
    """
    ...
