"""Walking along edges: neighbours, paths and spreading activation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import Meta

from memdb.edges.structs import ActivatedEntity, Direction, NearbyFact, NeighbouringEntity, Path, Share, Types
from memdb.engine.executor import Executor
from memdb.engine.inputs import Ids, Limit, QueryText
from memdb.engine.own import query

Depth: TypeAlias = Annotated[int, Meta(ge=1, le=5)]
Hops: TypeAlias = Annotated[int, Meta(ge=1, le=4)]
Breadth: TypeAlias = Annotated[int, Meta(ge=1, le=10_000)]
FewWays: TypeAlias = Annotated[int, Meta(ge=1, le=50)]
Scores: TypeAlias = Annotated[list[Share], Meta(max_length=1000)]


@query
async def neighbours(
    on: Executor,
    *,
    entity_ids: Ids,
    depth: Depth = 1,
    direction: Direction = "both",
    types: Types | None = None,
    min_weight: Share = 0.0,
    min_far_weight: Share = 0.5,
    as_of: datetime | None = None,
    breadth: Breadth = 1000,
    limit: Limit = 100,
) -> list[NeighbouringEntity]:
    """The live entities at most `depth` (1 to 5) edges away from the given ones, each once, nearest first, then by score.

    - `direction` out follows edges from source to target, in the reverse. `types` None means all.
    - Edges must have a weight of at least `min_weight`, and beyond the first also `min_far_weight`. They hold at `as_of`; None means now.
    - An entity is reached by the strongest edge from an entity one hop nearer. At each distance, the walk continues from the `breadth` (1
      to 10,000) entities with the strongest edges.
    - The score is that of `facts_around`, with the time since the entity was last seen as the age.

    Cycles are harmless. Paths may lead through deleted entities, which are not returned themselves.
    """
    ...


@query
async def facts_around(
    on: Executor,
    *,
    entity_ids: Ids,
    text: QueryText | None = None,
    depth: Depth = 2,
    direction: Direction = "both",
    types: Types | None = None,
    min_weight: Share = 0.0,
    min_far_weight: Share = 0.5,
    as_of: datetime | None = None,
    breadth: Breadth = 200,
    limit: Limit = 30,
) -> list[NearbyFact]:
    """The facts that name the neighbours of the given entities, best first; the other parameters are those of `neighbours`.

    The score is weight x max(0.1, 1 / (1 + a / 30)) x max(0.2, 1 / (1 + e / 90)) x (1.5 if `text` contains the entity's name) / hop, with
    the `weight` of the last edge, `a` the days since the fact was learnt, and `e` the days since the edge was last used or changed. A fact
    that names several neighbours counts by the best. Facts hold at `as_of`; None means now. Of each entity's facts, the newest `limit` are
    candidates.
    """
    ...


@query
async def paths(
    on: Executor,
    *,
    source_id: UUID,
    target_id: UUID,
    depth: Depth = 3,
    direction: Direction = "both",
    types: Types | None = None,
    min_weight: Share = 0.0,
    strongest_first: bool = False,
    as_of: datetime | None = None,
    limit: FewWays = 10,
) -> list[Path]:
    """Paths from one entity to another of at most `depth` (1 to 5) edges, none through an entity twice, at most `limit` (1 to 50).

    The shortest come first, then the strongest; with `strongest_first`, the other way round. Because there may be very many, only some
    paths of each length are extended: the strongest `limit` to each entity, and of all the strongest 20 x `limit`, with those that can
    still be the shortest first. `direction`, `types`, `min_weight` and `as_of` are those of `neighbours`. Empty if an entity does not
    exist.

    Raises InvalidInput if both are the same.
    """
    ...


@query
async def spread(
    on: Executor,
    *,
    entity_ids: Ids,
    scores: Scores,
    depth: Hops = 2,
    decay: Share = 0.5,
    min_weight: Share = 0.0,
    fact_weight: Share = 0.0,
    as_of: datetime | None = None,
    breadth: Breadth = 1000,
    limit: Limit = 100,
) -> list[ActivatedEntity]:
    """Spread activation from the given entities over at most `depth` (1 to 4) edges in both directions; most active first.

    - Each of `entity_ids` starts with its score divided by their number.
    - At each hop, an entity passes its activation x `decay` x the edge's weight to each neighbour that had none before. What arrives by
      several edges of one hop adds up.
    - With a `fact_weight`, two entities named by the same fact count as joined by an edge of that weight; for each entity, its 100 newest
      facts count.
    - Edges must have a weight of at least `min_weight`. Edges and facts hold at `as_of`. At each hop, the `breadth` most active entities
      pass activation on.

    Raises InvalidInput unless there is one score for each of `entity_ids`.
    """
    ...
