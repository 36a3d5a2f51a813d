"""Insights: conclusions from facts and events, with their support, reinforced when they are found again."""

from memdb.insights.reading import Filters, count, get, page, search, supporting, unembedded, unsupported
from memdb.insights.structs import Insight, InsightDetails, InsightHit, NewInsight, Status, Support, SupportedInsight, Type
from memdb.insights.writing import add, add_many, delete, embed, reinforce, restore, retire, update

__all__ = [
    "Filters",
    "Insight",
    "InsightDetails",
    "InsightHit",
    "NewInsight",
    "Status",
    "Support",
    "SupportedInsight",
    "Type",
    "add",
    "add_many",
    "count",
    "delete",
    "embed",
    "get",
    "page",
    "reinforce",
    "restore",
    "retire",
    "search",
    "supporting",
    "unembedded",
    "unsupported",
    "update",
]
