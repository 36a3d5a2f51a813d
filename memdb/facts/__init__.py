"""Facts: what an agent knows about its entities, when it was true, and since when it has been known."""

from memdb.facts.asserting import assert_, assert_many
from memdb.facts.changing import confirm, correct, delete, embed, invalidate, record_use, restore, update
from memdb.facts.reading import Filters, count, current, entities, get, history, page, unembedded
from memdb.facts.retrieving import FactHit, FactRanking, FactScoreParts, RetrievalFilters, retrieve
from memdb.facts.structs import Asserted, Fact, FactDetails, NewFact, Outcome, Status

__all__ = [
    "Asserted",
    "Fact",
    "FactDetails",
    "FactHit",
    "FactRanking",
    "FactScoreParts",
    "Filters",
    "NewFact",
    "Outcome",
    "RetrievalFilters",
    "Status",
    "assert_",
    "assert_many",
    "confirm",
    "correct",
    "count",
    "current",
    "delete",
    "embed",
    "entities",
    "get",
    "history",
    "invalidate",
    "page",
    "record_use",
    "restore",
    "retrieve",
    "unembedded",
    "update",
]
