"""The result of a search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from memdb.engine.cursors import Cursor
from memdb.engine.executor import Executor
from memdb.memories.explaining import Explanation, Sought, explain
from memdb.memories.hits import Hit


class Hits(list[Hit]):
    """The hits of a search, best first; how it came by them; and where the next page begins, None if there is none."""

    def __init__(self, hits: Iterable[Hit], strategy: Literal["exact", "indexed"], sought: Sought) -> None:
        super().__init__(hits)
        self.strategy = strategy
        self.next_page: Cursor | None = None
        self._sought = sought

    async def explain(self, on: Executor) -> Explanation:
        """Which words of the text counted for each hit, and which memories have them; `str` of the result is a table.

            hits = await memories.search(tenant, agent_id=agent.id, text="John's summer", ranking=Ranking.conversation())
            print(await hits.explain(tenant))

        It asks the database once, for about as long as a search that compares all of the scope; of a search by an embedding alone it
        asks nothing. Words are as they are now: of a hit that was changed since, its own; of one that is gone, none.
        """
        return await explain(on, self, self._sought)
