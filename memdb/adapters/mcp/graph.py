"""The reference memory server's knowledge graph, stored in items: one for each agent, and for each user."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from memdb import items
from memdb.adapters.mcp.access import Caller
from memdb.adapters.mcp.shapes import AddedObservations, Entity, KnowledgeGraph, NewObservations, OldObservations, Relation
from memdb.adapters.over_items import batches
from memdb.adapters.paging import all_of
from memdb.engine.executor import Transaction
from memdb.errors import NotFound
from memdb.items import Filter, Item, ItemKey, NewItem

_NAMESPACE: Final = "mcp-graph"


class Graph:
    """Entities with observations, and relations between them. Names are exact, types any text; deletions are permanent.

    Writers of a graph wait for one another: each call sees everything done before it, and is done as a whole or not at all. A reader waits
    for nobody, and sees one snapshot. A batch has at most 1,000 elements. Raises WritesRefused and UnderLegalHold.
    """

    def __init__(self, caller: Caller) -> None:
        self._tenant = caller.tenant
        self._owner: dict[str, Any] = {"agent_id": caller.agent_id, "user_id": caller.user_id}
        self._path = (_NAMESPACE, str(caller.agent_id), str(caller.user_id or ""))
        self._entities = (*self._path, "entities")
        self._relations = (*self._path, "relations")

    async def create_entities(self, entities: Sequence[Entity]) -> list[Entity]:
        """Add the entities with new names, and return them. Those with existing or repeated names are skipped."""
        given: dict[ItemKey, Entity] = {}
        for each in entities:
            given.setdefault(self._entity(each["name"]), each)
        return await self._create(given)

    async def create_relations(self, relations: Sequence[Relation]) -> list[Relation]:
        """Add the new relations, and return them. Raises NotFound, and adds none, if an end is not an entity."""
        ends = [name for each in relations for name in (each["from"], each["to"])]
        return await self._create({self._relation(each): each for each in relations}, ends)

    async def add_observations(self, additions: Sequence[NewObservations]) -> list[AddedObservations]:
        """Append observations to entities unless they already have them, and return the new ones.

        Raises NotFound, and adds nothing, if there is no such entity.
        """
        results: list[AddedObservations] = []

        def add(known: dict[str, Entity]) -> None:
            for each in additions:
                name = each["entityName"]
                if name not in known:
                    raise NotFound("entity", name)
                before = known[name]["observations"]
                new = [content for content in dict.fromkeys(each["contents"]) if content not in before]
                known[name] = {**known[name], "observations": before + new}
                results.append({"entityName": name, "addedObservations": new})

        await self._change([each["entityName"] for each in additions], add)
        return results

    async def delete_observations(self, deletions: Sequence[OldObservations]) -> None:
        """Delete observations of entities; missing ones are ignored."""

        def remove(known: dict[str, Entity]) -> None:
            for each in deletions:
                if (entity := known.get(each["entityName"])) is not None:
                    left = [content for content in entity["observations"] if content not in each["observations"]]
                    known[entity["name"]] = {**entity, "observations": left}

        await self._change([each["entityName"] for each in deletions], remove)

    async def delete_entities(self, names: Sequence[str]) -> None:
        """Delete entities and their relations; missing ones are ignored."""
        async with self._writing() as tx:
            relations = await _all(tx, self._relations, _touching(names))
            gone = [*map(self._entity, names), *(ItemKey(self._relations, each.key) for each in relations)]
            for some in batches(gone):
                await items.delete_many(tx, keys=some)

    async def delete_relations(self, relations: Sequence[Relation]) -> None:
        """Delete relations; missing ones are ignored."""
        await items.delete_many(self._tenant, keys=map(self._relation, relations))

    async def read(self) -> KnowledgeGraph:
        """The whole graph."""
        async with self._tenant.transaction(isolation="repeatable_read") as tx:
            found = await _all(tx, self._path)
        return {
            "entities": [each.value for each in found if each.namespace[-1] == "entities"],
            "relations": [_as_relation(each) for each in found if each.namespace[-1] == "relations"],
        }

    async def search(self, text: str) -> KnowledgeGraph:
        """The entities with `text` in their name, type or an observation, ignoring case; "" matches all. Reads all of them."""
        graph, wanted = await self.read(), text.lower()
        entities = [
            each
            for each in graph["entities"]
            if any(wanted in part.lower() for part in (each["name"], each["entityType"], *each["observations"]))
        ]
        names = {each["name"] for each in entities}
        return {
            "entities": entities,
            "relations": [each for each in graph["relations"] if not names.isdisjoint((each["from"], each["to"]))],
        }

    async def open(self, names: Sequence[str]) -> KnowledgeGraph:
        """The entities with these names; missing ones are ignored."""
        async with self._tenant.transaction(isolation="repeatable_read") as tx:
            found = {each.id: each for each in await items.get_many(tx, keys=map(self._entity, names)) if each}
            entities = [found[id] for id in sorted(found)]
            relations = await _all(tx, self._relations, _touching([each.key for each in entities]))
        return {"entities": [each.value for each in entities], "relations": [*map(_as_relation, relations)]}

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Transaction]:
        async with self._tenant.transaction(isolation="read_committed") as tx:
            # The next writer waits here until this one is done, and then reads the result.
            await items.put(tx, namespace=self._path, key="writer", value=None, **self._owner)
            yield tx

    async def _create(self, given: dict[ItemKey, Any], needed: Sequence[str] = ()) -> list[Any]:
        async with self._writing() as tx:
            ends = list(dict.fromkeys(needed))
            for name, entity in zip(ends, await items.get_many(tx, keys=map(self._entity, ends)), strict=True):
                if entity is None:
                    raise NotFound("entity", name)
            known = await items.get_many(tx, keys=given)
            new = {key: value for (key, value), there in zip(given.items(), known, strict=True) if there is None}
            await self._put(tx, new)
        return list(new.values())

    async def _change(self, names: Sequence[str], change: Callable[[dict[str, Entity]], None]) -> None:
        async with self._writing() as tx:
            found = {each.key: each.value for each in await items.get_many(tx, keys=map(self._entity, names)) if each}
            after = dict(found)
            change(after)
            await self._put(tx, {self._entity(name): entity for name, entity in after.items() if entity != found[name]})

    async def _put(self, tx: Transaction, values: dict[ItemKey, Any]) -> None:
        await items.put_many(tx, items=[NewItem(namespace=key.namespace, key=key.key, value=values[key]) for key in values], **self._owner)

    def _entity(self, name: str) -> ItemKey:
        return ItemKey(self._entities, name)

    def _relation(self, relation: Relation) -> ItemKey:
        # The three together may be longer than a key may be.
        text = json.dumps([relation["from"], relation["to"], relation["relationType"]])
        return ItemKey(self._relations, hashlib.sha256(text.encode()).hexdigest())


async def _all(tx: Transaction, prefix: Sequence[str], filter: Filter | None = None) -> list[Item]:
    """The items below a prefix, in the order of creation: ids are UUIDv7s, and stay when an item is put again."""
    return sorted(await all_of(partial(items.page, tx, prefix=prefix, filter=filter)), key=lambda each: each.id)


def _touching(names: Iterable[str]) -> Filter:
    either = {"$in": list(names)}
    return {"$or": [{"from": either}, {"to": either}]}


def _as_relation(item: Item) -> Relation:
    # jsonb does not preserve the order of keys.
    return {"from": item.value["from"], "to": item.value["to"], "relationType": item.value["relationType"]}
