"""Extraction by the caller's model: one prompt, answered in JSON."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import datetime
from typing import Any, Final, TypeVar

from memdb.adapters.arandu.errors import ExtractionError
from memdb.adapters.arandu.protocols import ExtractedEntity, ExtractedFact, ExtractedRelation, Extraction, LLMProvider

R = TypeVar("R")

_PROMPT: Final = """You note what a message says, for a memory that outlives the conversation. Answer with one JSON object:

{"entities": [{"name": str, "type": str, "aliases": [str]}],
 "facts": [{"subject": str, "fact": str, "confidence": number, "updates": str or null}],
 "relations": [{"source": str, "target": str, "rel_type": str}],
 "forgets": [str]}

- entities: each person, place, organization or thing that is named, once, under its fullest name; other names of it are its aliases. The
  type is one lower-case English word, such as person, place, organization.
- facts: one statement each, in the message's language, that can be understood alone: with names instead of pronouns, and the exact terms,
  numbers and dates of the message. The subject is an entity's name. confidence is 0.95 for what is said, 0.8 for what follows from it, 0.6
  for what is likely.
- updates: the exact text of the known fact that is true no more because this one is; otherwise null. What is known already is no fact.
- relations: between two entities, as a short English verb in snake_case, such as works_at.
- forgets: the exact texts of known facts that the message takes back without saying what is true instead.

"I" and "me" are the speaker. Empty lists are fine."""
_FENCE: Final = re.compile(r"^```\w*\n?|\n?```$")


class LLMExtractor:
    """The default extractor of a MemoryClient: one call of the model for each message."""

    async def extract(
        self, message: str, *, speaker_name: str, recent_messages: list[str], known: list[str], occurred_at: datetime, llm: LLMProvider
    ) -> Extraction:
        """Raises ExtractionError if the answer is not such JSON, and what the model raises."""
        told = {
            "speaker": speaker_name,
            "time": occurred_at.isoformat(),
            "known facts": known,
            "earlier messages": recent_messages,
            "message": message,
        }
        asked = [{"role": "system", "content": _PROMPT}, {"role": "user", "content": json.dumps(told, ensure_ascii=False)}]
        answer = await llm.complete(asked, temperature=0, response_format={"type": "json_object"})
        try:
            found = json.loads(_FENCE.sub("", answer.text.strip()))
            return Extraction(
                _each(ExtractedEntity, found, "entities"),
                _each(ExtractedFact, found, "facts"),
                _each(ExtractedRelation, found, "relations"),
                [str(each) for each in found.get("forgets") or []],
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise ExtractionError(f"the model's answer is no extraction: {error}", cause=error) from error


def _each(kind: type[R], found: dict[str, Any], name: str) -> list[R]:
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return [kind(**{key: value for key, value in each.items() if key in known and value is not None}) for each in found.get(name) or []]
