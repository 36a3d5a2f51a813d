"""What edges lead to, and by which ways."""

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
    """The live entities that at most `depth` (1 to 5) edges lead to from some, each once, nearest first, the best first of each distance.

    - `direction` out follows edges from source to target, in backwards. `types` None means all.
    - Edges weigh `min_weight` at least, those beyond the first `min_far_weight`, too. They hold at `as_of`, None for now.
    - An entity is reached by the strongest edge that leads there from the distance before. From each distance the `breadth` (1 to 10,000)
      entities with the strongest edges are gone on from.
    - The score is that of `facts_around`, with the time since the entity was last seen as age.

    Cycles are harmless. A way may lead through entities that are deleted; they are not returned themselves.
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
    """The facts that name the neighbours of some entities, best first; the other parameters are those of `neighbours`.

    The score is weight x max(0.1, 1 / (1 + a / 30)) x max(0.2, 1 / (1 + e / 90)) x (1.5 if `text` has the entity's name) / hop, with the
    `weight` of the last edge, `a` the days since the fact was learnt, `e` those since the edge was last used or changed. A fact that names
    several of them counts by the best. Facts hold at `as_of`, None for now; of those of one entity the newest `limit` are in the running.
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
    """Ways from one entity to another of at most `depth` (1 to 5) edges, none through an entity twice, at most `limit` (1 to 50).

    The shortest first and of equals the strongest, or with `strongest_first` the other way round. There may be very many: of each length
    the strongest `limit` to each entity on the way are gone on from, and of all the strongest 20 x `limit`, but first those that can still
    be the shortest. `direction`, `types`, `min_weight` and `as_of` are those of `neighbours`. No ways if an entity is not there.

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
    """Spread activation from some entities over at most `depth` (1 to 4) edges, either way: what is reached, the most active first.

    - Each of `entity_ids` begins with its score, divided by how many they are.
    - Hop by hop an entity gives to each that had none before its activation x `decay` x the edge's weight; what comes in by several edges
      of one hop adds up.
    - With a `fact_weight`, two entities that a fact names both are as if an edge of that weight joined them; of each entity the 100 newest
      facts count.
    - Edges weigh at least `min_weight` and hold at `as_of`, as facts do. From each hop the `breadth` most active are gone on from.

    Raises InvalidInput if there is not one score for each of `entity_ids`.
    """
    ...
