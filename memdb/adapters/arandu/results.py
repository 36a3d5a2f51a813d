"""The results of a MemoryClient."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memdb.adapters.arandu.protocols import TokenUsage


@dataclass
class PipelineStep:
    name: str
    duration_ms: float
    data: dict[str, Any]


@dataclass
class PipelineTrace:
    """The steps of a write or a retrieval, with `verbose`."""

    steps: list[PipelineStep] = field(default_factory=list)
    _ended: float = field(default_factory=time.perf_counter, repr=False, compare=False)

    def note(self, name: str, **data: Any) -> None:
        """Record a step that began when the previous one ended."""
        begun, self._ended = self._ended, time.perf_counter()
        self.steps.append(PipelineStep(name, round((self._ended - begun) * 1000, 1), data))

    def to_dict(self) -> dict[str, Any]:
        """The trace in JSON's types."""
        return {"steps": [{"name": each.name, "duration_ms": each.duration_ms, "data": dict(each.data)} for each in self.steps]}


class Told(dict[str, Any]):
    """A dict whose keys are also attributes: arandu's documentation uses `fact["fact_text"]` and `fact.fact_text`."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"{name!r} is none of {', '.join(self)}", name=name, obj=self)


@dataclass
class WriteResult:
    """The result of a write.

    - `event_id`: the message's, in `memdb.messages`.
    - `facts_...`: dicts with `fact_id`, `fact_text`, `subject`, `entity_name`, `entity_key` and `confidence`; for those that the model
      updated also `replaced`, the previous text. `entities_resolved`: dicts with `name`, `key`, `method`, `is_new` and `similarity`. Keys
      are also attributes.
    - `success` is False and `error` has the reason if nothing could be extracted or stored; the message is stored in any case.

    For a `dry_run`, `facts_added` has the texts and `entities_resolved` the names.
    """

    event_id: str = ""
    facts_added: list[Any] = field(default_factory=list)
    facts_updated: list[Told] = field(default_factory=list)
    facts_unchanged: list[Told] = field(default_factory=list)
    facts_deleted: list[Told] = field(default_factory=list)
    entities_resolved: list[Any] = field(default_factory=list)
    duration_ms: float = 0.0
    pipeline: PipelineTrace | None = None
    tokens_used: TokenUsage = field(default_factory=TokenUsage)
    success: bool = True
    error: str | None = None


@dataclass
class FactDetail:
    fact_id: str = ""
    entity_name: str = ""
    entity_key: str = ""
    entity_type: str = ""
    attribute_key: str | None = None
    fact_text: str = ""
    category: str | None = None
    confidence: float = 0.0
    importance: float = 0.0
    valid_from: datetime | None = None
    created_at: datetime | None = None
    source_context: str | None = None
    speaker: str | None = None


@dataclass
class EntityDetail:
    entity_id: str = ""
    canonical_key: str = ""
    display_name: str = ""
    entity_type: str = ""
    summary_text: str | None = None
    fact_count: int = 0
    importance_score: float | None = None
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    profile_text: str | None = None


@dataclass
class ScoredFact:
    """`scores` has semantic, keyword, graph, recency, importance and confidence, each 0 to 1 except importance, up to 3."""

    fact_id: str = ""
    entity_name: str = ""
    attribute_key: str = ""
    fact_text: str = ""
    score: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)
    speaker: str | None = None


@dataclass
class RetrieveResult:
    """`context` is the facts' texts for a prompt. `warnings` names each unknown one of `entity_keys`."""

    facts: list[ScoredFact] = field(default_factory=list)
    context: str = ""
    total_candidates: int = 0
    duration_ms: float = 0.0
    pipeline: PipelineTrace | None = None
    tokens_used: TokenUsage = field(default_factory=TokenUsage)
    config_effective: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
