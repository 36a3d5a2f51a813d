"""The context window of a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.engine.executor import Executor
from memdb.engine.inputs import Limit, check_for
from memdb.engine.own import query
from memdb.errors import InvalidInput, NotFound
from memdb.messages.structs import INSTRUCTIONS, Message, Window, WindowPart
from memdb.summaries import Strategy, Summary

MOST_TOKENS = 1_000_000_000

Rounds: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]
Budget: TypeAlias = Annotated[int, Meta(ge=1, le=MOST_TOKENS)]
CountTokens: TypeAlias = Callable[[Message | Summary], int]

_check_budget = check_for("tokens", Budget)


@query
async def window_parts(
    on: Executor, *, session_id: UUID, rounds: Rounds | None, tokens: Budget | None, limit: Limit, strategy: Strategy | None
) -> list[WindowPart]:
    """Part of `window`."""
    ...


async def window(
    on: Executor,
    *,
    session_id: UUID,
    rounds: int | None = None,
    tokens: int | None = None,
    count_tokens: CountTokens | None = None,
    strategy: str | None = None,
    limit: int = 1000,
) -> Window:
    """The newest up-to-date summary, all system and developer messages, and the newest other messages after the summary that fit.

    - `rounds`: the maximum number of rounds; a round begins with a user's message. `tokens`: the maximum number of tokens, including those
      of the summary and of system and developer messages. `limit`: the maximum number of messages, excluding system and developer messages.
      Whichever is reached first applies.
    - `count_tokens` counts the tokens of a Message or a Summary, instead of the stored `tokens`. It takes a second round trip if it counts
      less than half of what is stored.
    - `strategy`: only a summary of this strategy.

    The results of a call stand together directly after it, followed by what was said meanwhile, as OpenAI's and Anthropic's APIs require. A
    tool call without its result is left out, and so is a result without its call. Takes one round trip, and the same time for a session of
    any length. Raises NotFound for an unknown session, InvalidInput.
    """
    budgets = [tokens]
    if count_tokens is not None:
        if not callable(count_tokens):
            raise InvalidInput("count_tokens", f"must be a function of a Message or a Summary, not {type(count_tokens).__name__}")
        if tokens is None:
            raise InvalidInput("tokens", "must be given with count_tokens")
        budgets = [min(2 * _check_budget(tokens, 0), MOST_TOKENS), None]
    for budget in budgets:
        parts = await window_parts(on, session_id=session_id, rounds=rounds, tokens=budget, limit=limit, strategy=strategy)
        if not parts:
            raise NotFound("session", session_id)
        summary, is_cut = parts[0].summary, parts[0].is_cut
        messages = [part.message for part in parts if part.message is not None]
        if count_tokens is None or tokens is None:
            break
        newest = _newest_within(messages, tokens - (count_tokens(summary) if summary else 0), count_tokens)
        left_out = len(messages) - len(newest)
        others = sum(message.role not in INSTRUCTIONS for message in messages)
        messages = newest
        if left_out or not is_cut or others >= limit or _rounds(messages) == rounds:
            is_cut |= left_out > 0
            break
    counted = count_tokens or _stored_tokens
    shown: list[Message | Summary] = [*messages, *([summary] if summary else [])]
    return Window(summary, messages, sum(map(counted, shown)), is_cut, parts[0].edits)


def _stored_tokens(shown: Message | Summary) -> int:
    return shown.tokens


def _rounds(messages: Sequence[Message]) -> int:
    return sum(message.role == "user" for message in messages)


def _newest_within(messages: Sequence[Message], tokens: int, count: CountTokens) -> list[Message]:
    """The system and developer messages and the newest others within `tokens`, without results whose call is left out."""
    room = tokens - sum(count(message) for message in messages if message.role in INSTRUCTIONS)
    first = None
    for message in sorted(messages, key=lambda message: message.position, reverse=True):
        if message.role not in INSTRUCTIONS:
            room -= count(message)
            if room < 0:
                break
        first = message.position
    kept = [message for message in messages if message.role in INSTRUCTIONS or (first is not None and message.position >= first)]
    places = {message.position for message in kept}
    return [message for message in kept if message.asked_position is None or message.asked_position in places]
