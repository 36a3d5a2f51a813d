"""Embedding spaces: one for each embedding model, so that the model can be changed while searches continue.

    async with memdb.connect(dsn, admin_role=None) as db:                  # the tables' owner
        await spaces.create(db.admin(), dimension=1024, model="e5-large")
    async with memdb.connect(dsn, embedding_model="e5-large") as new:      # an executor of this database works in the new space
        await spaces.fill(new, embed)                                      # everything that has embeddings; can be interrupted and repeated
        await spaces.take_over(new.admin())                                # from now on connect() chooses it

Services that connected before stay in their space, which their embedder fits, until they are deployed with the new one. Then `fill` what
they wrote meanwhile, and `drop` the old space. Archived messages keep their embeddings: `fill` after they are restored.
"""

from memdb.spaces.changing import create, drop, existing, rename, take_over
from memdb.spaces.comparing import compare
from memdb.spaces.filling import Embed, coverage, embed, fill, kinds, unembedded
from memdb.spaces.structs import Comparison, Coverage, Space, Unembedded

__all__ = [
    "Comparison",
    "Coverage",
    "Embed",
    "Space",
    "Unembedded",
    "compare",
    "coverage",
    "create",
    "drop",
    "embed",
    "existing",
    "fill",
    "kinds",
    "rename",
    "take_over",
    "unembedded",
]
