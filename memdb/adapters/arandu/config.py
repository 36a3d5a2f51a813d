"""The settings of arandu's that have an effect here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

from memdb.errors import InvalidInput
from memdb.facts import FactRanking

_logger: Final = logging.getLogger(__name__)

# fmt: off
WITHOUT_EFFECT: Final = frozenset((
    "attribute_aliases", "cluster_max_age_days", "cluster_min_facts", "community_min_clusters", "community_similarity_threshold",
    "confidence_default", "confidence_level_map", "consolidation_lookback_days", "consolidation_min_events",
    "contradiction_similarity_threshold", "directive_cache_ttl_minutes", "directive_max_tokens", "embedding_dimensions",
    "emotional_trend_min_events", "emotional_trend_window_days", "enable_llm_resolution", "enable_reranker", "event_max_scan",
    "extra_attribute_keys", "extra_namespaces", "extra_relationship_hints", "extra_self_references", "hot_tier_ratio",
    "importance_recency_halflife_days", "informed_extraction_context_budget_tokens", "memify_merge_similarity_threshold",
    "min_reranker_score", "reranker_timeout_sec", "reranker_weight", "spreading_activation_hops", "spreading_decay_factor",
    "spreading_facts_per_entity", "spreading_max_related_entities", "summary_refresh_interval_days", "timezone", "topk_events",
    "vitality_stale_threshold", "warm_tier_ratio",
))
# fmt: on
"""arandu's other settings: for models' calls that are not made here, and for jobs that are memdb's own."""

_WEIGHTS: Final = frozenset(("semantic", "keyword", "graph", "recency", "importance", "confidence"))


@dataclass(kw_only=True)
class _Settings:
    extraction_timeout_sec: float = 30.0
    enable_informed_extraction: bool = True
    informed_extraction_topk: int = 10
    fuzzy_threshold: float = 0.85
    topk_facts: int = 20
    min_similarity: float = 0.20
    min_confidence: float = 0.55
    min_score: float = 0.15
    recency_half_life_days: int = 14
    score_weights: dict[str, float] = field(default_factory=lambda: {"semantic": 0.70, "recency": 0.20, "importance": 0.10})
    context_max_tokens: int = 2000
    max_facts_per_event: int = 100


class MemoryConfig(_Settings):
    """Settings by arandu's names. Those in WITHOUT_EFFECT are accepted with a warning in the log; an unknown name raises TypeError.

    `score_weights` has `semantic`, `keyword`, `graph`, `recency`, `importance` and `confidence`; an omitted one has the weight 0.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**_with_effect(settings))
        for each in fields(self):
            _check(each.name, getattr(self, each.name), type(getattr(_DEFAULTS, each.name)))

    def with_overrides(self, overrides: Mapping[str, Any] | None) -> MemoryConfig:
        """These settings with overrides for one call: an unknown name is logged and ignored. Raises InvalidInput for a wrong type."""
        known = {each.name for each in fields(self)}
        given = _with_effect(dict(overrides or {}))
        if unknown := sorted(given.keys() - known):
            _logger.warning("config_overrides: no such settings: %s", ", ".join(unknown))
        return replace(self, **{name: value for name, value in given.items() if name in known}) if given else self

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def ranking(self) -> FactRanking:
        weights = self.score_weights
        return FactRanking(
            vector_weight=weights.get("semantic", 0.0),
            text_weight=weights.get("keyword", 0.0),
            graph_weight=weights.get("graph", 0.0),
            recency_weight=weights.get("recency", 0.0),
            half_life_days=self.recency_half_life_days,
            importance_weight=weights.get("importance", 0.0),
            confidence_weight=weights.get("confidence", 0.0),
        )


_DEFAULTS: Final = _Settings()


def _with_effect(settings: dict[str, Any]) -> dict[str, Any]:
    weights = settings.get("score_weights")
    unknown = sorted(f"score_weights[{name!r}]" for name in weights if name not in _WEIGHTS) if isinstance(weights, dict) else []
    if idle := sorted(settings.keys() & WITHOUT_EFFECT) + unknown:
        _logger.warning("of no effect on memdb: %s", ", ".join(idle))
    return {name: value for name, value in settings.items() if name not in WITHOUT_EFFECT}


def _check(name: str, value: Any, kind: type) -> None:
    wanted = (int, float) if kind is float else kind
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise InvalidInput(name, f"must be of type {kind.__name__}, not {value!r:.40}")
