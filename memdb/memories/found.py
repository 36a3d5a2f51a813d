"""The result of a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.memories.explaining import Explanation, Sought, explain
from memdb.memories.hits import Hit


class Hits(list[Hit]):
    """The hits of a search, best first.

    `strategy` is the one that found them. `next_page` is where the next page begins, or None if there is none.
    """

    def __init__(self, hits: Iterable[Hit], strategy: Literal["exact", "indexed"], sought: Sought) -> None:
        super().__init__(hits)
        self.strategy = strategy
        self.next_page: Cursor | None = None
        self._sought = sought

    async def explain(self, on: Executor) -> Explanation:
        """Which words of the text counted for each hit, and which memories contain them; `str` of the result is a table.

            hits = await memories.search(tenant, agent_id=agent.id, text="John's summer", ranking=Ranking.conversation())
            print(await hits.explain(tenant))

        This takes one query, about as long as a search that compares all of the scope; after a search by an embedding alone, none. The
        words are the current ones: a hit that was changed since the search is explained by its new content, and one that is gone has no
        words.
        """
        return await explain(on, self, self._sought)
