"""Memories against a model of them: any order of what writers do, one after the other and at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from memdb import agents, memories, organizations
from memdb.errors import MemdbError
from memdb.memories import Memory
from tests.integration.test_life import ALLOWED
from tests.machines import Machine, try_out

T = [datetime(2020 + year, 1, 1, tzinfo=UTC) for year in range(3)]
WORDS = ("tea", "oats", "rain")
TAGS = ("a", "b")
QUOTA = 1000
VOTERS = 2


class Version(NamedTuple):
    """What a change left, and who made it."""

    operation: str
    actor: str
    content: str
    status: str
    tags: tuple[str, ...]
    is_deleted: bool


@dataclass
class Known:
    """A memory as it should be."""

    id: uuid.UUID
    content: str
    status: str
    tags: tuple[str, ...]
    valid_from: datetime
    expires: bool
    is_expired: bool = False
    is_deleted: bool = False
    valid_until: datetime | str | None = None
    superseded_by: uuid.UUID | None = None
    merged_into: uuid.UUID | None = None
    votes: dict[int, str] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return not self.is_deleted and not self.is_expired

    @property
    def is_active(self) -> bool:
        """Whether it holds its content's place, which an expired one does until something ends it."""
        return self.status == "active" and not self.is_deleted

    def changed(self, operation: str, actor: str) -> tuple[Any, ...]:
        self.versions.append(Version(operation, actor, self.content, self.status, self.tags, self.is_deleted))
        return self.shown()

    def shown(self) -> tuple[Any, ...]:
        version = len(self.versions)
        return self.id, self.content, self.status, self.tags, version, self.valid_until, self.superseded_by, self.merged_into


World = dict[uuid.UUID, Known]


class Wrong(Exception):
    """A call that must fail, with an error of one of these names."""

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)


def live(world: World, *ids: uuid.UUID) -> list[Known]:
    found = [world[id] for id in ids if world[id].is_live]
    if len(found) < len(ids):
        raise Wrong("NotFound")
    return found


def check_version(known: Known, expected: int | None) -> None:
    if expected not in {None, len(known.versions)}:
        raise Wrong("VersionConflict")


def make_way(world: World, content: str, actor: str, *, for_id: uuid.UUID | None = None) -> None:
    """An expired memory with this content is ended."""
    for each in world.values():
        if each.is_active and each.is_expired and each.content == content and each.id != for_id:
            each.is_deleted = True
            each.changed("expire", actor)


def check_place(world: World, known: Known) -> None:
    if known.is_active and any(each.is_active and each.content == known.content and each is not known for each in world.values()):
        raise Wrong("AlreadyExists")


# What each call does to the world; the parameters are those of the function of this name.


def add(world: World, actor: str, *, id: uuid.UUID, content: str, status: str, tags: list[str], on_duplicate: str, **given: Any) -> Any:
    make_way(world, content, actor)
    twin = next((each for each in world.values() if each.is_active and each.content == content), None)
    there = world.get(id)
    is_repeated = there is not None and there.is_live and there.content == content
    if twin is not None and on_duplicate == "merge":
        twin.tags = tuple(sorted({*twin.tags, *tags}))
        twin.valid_from = min(twin.valid_from, given["valid_from"])
        twin.expires = twin.expires and given["expires_at"] is not None
        return twin.changed("merge", actor)
    known = there if is_repeated else twin
    if known is not None:
        if on_duplicate == "raise":
            raise Wrong("DuplicateMemory")
        return known.shown()
    if there is not None:
        raise Wrong("AlreadyExists")
    world[id] = Known(id, content, status, tuple(sorted(tags)), given["valid_from"], given["expires_at"] is not None)
    return world[id].changed("create", actor)


def update(world: World, actor: str, *, id: uuid.UUID, expected_version: int | None, **given: Any) -> Any:
    (known,) = live(world, id)
    make_way(world, given["content"] or known.content, actor, for_id=id)
    check_version(known, expected_version)
    wanted = given["status"] or known.status
    if wanted not in ALLOWED[known.status] | {known.status}:
        raise Wrong("InvalidTransition")
    known.status = wanted
    known.content = given["content"] or known.content
    known.tags = known.tags if given["tags"] is None else tuple(sorted(given["tags"]))
    check_place(world, known)
    return known.changed("update", actor)


def delete(world: World, actor: str, *, id: uuid.UUID, expected_version: int | None) -> Any:
    (known,) = live(world, id)
    check_version(known, expected_version)
    known.is_deleted = True
    known.changed("delete", actor)
    return len(known.versions)


def restore(world: World, actor: str, *, id: uuid.UUID) -> Any:
    known = world[id]
    if known.is_live:
        raise Wrong("NotFound")
    make_way(world, known.content, actor, for_id=id)
    known.expires = known.expires and not known.is_expired
    known.is_deleted = known.is_expired = False
    check_place(world, known)
    return known.changed("restore", actor)


def supersede(world: World, actor: str, *, id: uuid.UUID, successor_id: uuid.UUID, expected_version: int | None) -> Any:
    if world[successor_id].is_live and not world[id].is_live and world[successor_id].status != "active":
        raise Wrong("NotFound", "InvalidInput")
    if id == successor_id and not world[id].is_live:
        raise Wrong("NotFound", "InvalidInput")
    old, new = live(world, id, successor_id)
    if old is new or new.status != "active":
        raise Wrong("InvalidInput")
    check_version(old, expected_version)
    if old.status != "active":
        raise Wrong("InvalidTransition")
    old.status, old.superseded_by, old.valid_until = "superseded", new.id, max(old.valid_from, new.valid_from)
    return old.changed("supersede", actor)


def merge(world: World, actor: str, *, ids: list[uuid.UUID], into_id: uuid.UUID) -> Any:
    if into_id in ids and not all(world[id].is_live for id in ids):
        raise Wrong("NotFound", "InvalidInput")
    parts, (whole,) = live(world, *set(ids)), live(world, into_id)
    if whole in parts or whole.status != "active":
        raise Wrong("InvalidInput")
    if any(each.status != "active" for each in parts):
        raise Wrong("InvalidTransition")
    for each in parts:
        each.status, each.merged_into, each.valid_until = "merged", into_id, "now"
        each.changed("merge", actor)
    whole.tags = tuple(sorted({tag for each in (whole, *parts) for tag in each.tags}))
    return whole.changed("merge", actor)


def revert(world: World, actor: str, *, id: uuid.UUID, version: int) -> Any:
    (known,) = live(world, id)
    if version > len(known.versions):
        raise Wrong("NotFound")
    then = known.versions[version - 1]
    make_way(world, then.content, actor, for_id=id)
    known.content, known.tags = then.content, then.tags
    check_place(world, known)
    return known.changed("revert", actor)


def vote(world: World, actor: str, *, id: uuid.UUID, agent_id: int, vote: str) -> Any:
    (known,) = live(world, id)
    known.votes[agent_id] = vote
    ballots = list(known.votes.values())
    return ballots.count("positive"), ballots.count("negative")


def clear(world: World, actor: str, *, tags: list[str]) -> Any:
    doomed = [each for each in world.values() if each.is_live and set(tags) <= set(each.tags)]
    for each in doomed:
        each.is_deleted = True
        each.changed("delete", actor)
    return len(doomed)


CALLS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (add, update, delete, restore, supersede, merge, revert, vote, clear)
}


class Call(NamedTuple):
    """One call of a writer: the name of the function, and its arguments."""

    name: str
    actor: str
    arguments: dict[str, Any]


def told(world: World, call: Call) -> tuple[World, Any]:
    """The world after a call, and what the call returns, or the names of the errors that it may raise."""
    after = deepcopy(world)
    try:
        return after, CALLS[call.name](after, call.actor, **call.arguments)
    except Wrong as wrong:
        return world, wrong.names


numbers = st.integers(0, 1000)
versions = st.sampled_from([None, None, "right", "wrong"])
contents = st.sampled_from(WORDS).map("a note on {}".format)
taggings = st.lists(st.sampled_from(TAGS), unique=True)
# Numbers stand for ids of memories, versions for those that they have then.
calls = st.tuples(
    st.sampled_from(["one", "two"]),
    st.one_of(
        st.fixed_dictionaries(
            {
                "name": st.just("add"),
                "id": numbers | st.none() | st.none(),
                "content": contents,
                "status": st.sampled_from(["active", "active", "draft", "quarantined"]),
                "tags": taggings,
                "on_duplicate": st.sampled_from(["return", "merge", "raise"]),
                "valid_from": st.sampled_from(T),
                "expires_at": st.sampled_from([None, datetime(2100, 1, 1, tzinfo=UTC)]),
            }
        ),
        st.fixed_dictionaries(
            {
                "name": st.just("update"),
                "id": numbers,
                "expected_version": versions,
                "content": contents | st.none(),
                "tags": taggings | st.none(),
                "status": st.sampled_from([None, None, "active", "archived", "pending_review", "quarantined", "discarded"]),
            }
        ),
        st.fixed_dictionaries({"name": st.just("delete"), "id": numbers, "expected_version": versions}),
        st.fixed_dictionaries({"name": st.just("restore"), "id": numbers}),
        st.fixed_dictionaries({"name": st.just("supersede"), "id": numbers, "successor_id": numbers, "expected_version": versions}),
        st.fixed_dictionaries({"name": st.just("merge"), "ids": st.lists(numbers, min_size=1, max_size=2), "into_id": numbers}),
        st.fixed_dictionaries({"name": st.just("revert"), "id": numbers, "version": st.integers(1, 4)}),
        st.fixed_dictionaries(
            {
                "name": st.just("vote"),
                "id": numbers,
                "agent_id": st.integers(0, VOTERS - 1),
                "vote": st.sampled_from(["positive", "negative", "neutral"]),
            }
        ),
        st.fixed_dictionaries({"name": st.just("clear"), "tags": st.lists(st.sampled_from(TAGS), min_size=1, max_size=2)}),
    ),
)


class MemoryStates(Machine):
    async def settle(self, slug: str) -> None:
        admin = self.db.admin()
        organization = await organizations.create(admin, slug=slug, name="Example")
        await organizations.set_quotas(self.db.admin(organization.id), memories=QUOTA, agents=None, monthly_tokens=None)
        self.writers = {name: self.db.tenant(organization.id, actor=name) for name in ("one", "two")}
        self.tenant = self.writers["one"]
        self.agents = [(await agents.create(self.tenant, slug=f"agent-{n}", name="Agent")).id for n in range(VOTERS)]
        self.began = datetime.now(UTC)
        self.world: World = {}
        # How many versions each memory had, and when.
        self.moments: list[tuple[datetime, dict[uuid.UUID, int]]] = []

    def call(self, drawn: tuple[str, dict[str, Any]]) -> Call:
        actor, arguments = drawn[0], dict(drawn[1])
        name = arguments.pop("name")
        ids = list(self.world)

        def chosen(number: int) -> uuid.UUID:
            return ids[number % len(ids)]

        if name == "add":
            arguments["id"] = uuid.uuid4() if arguments["id"] is None or not ids else chosen(arguments["id"])
            arguments["status"] = "active" if arguments["on_duplicate"] == "merge" else arguments["status"]
        for key in ("id", "successor_id", "into_id"):
            if isinstance(arguments.get(key), int):
                arguments[key] = chosen(arguments[key])
        if name == "merge":
            arguments["ids"] = [chosen(number) for number in arguments["ids"]]
        if "expected_version" in arguments:
            version = len(self.world[arguments["id"]].versions)
            arguments["expected_version"] = {None: None, "right": version, "wrong": version + 1}[arguments["expected_version"]]
        return Call(name, actor, arguments)

    async def made(self, call: Call) -> Any:
        """What the call returns, or the name of the error that it raises."""
        arguments = call.arguments | ({"agent_id": self.agents[call.arguments.get("agent_id", 0)]} if call.name in {"add", "vote"} else {})
        try:
            result = await getattr(memories, call.name)(self.writers[call.actor], **arguments)
        except MemdbError as error:
            return type(error).__name__
        if isinstance(result, Memory):
            return self.shown(result)
        return (result.votes_for, result.votes_against) if call.name == "vote" else result

    def shown(self, memory: Memory) -> tuple[Any, ...]:
        until: datetime | str | None = memory.valid_until
        if memory.valid_until is not None and memory.valid_until >= self.began:
            until = "now"
        ended = (until, memory.superseded_by, memory.merged_into)
        return memory.id, memory.content, memory.status, tuple(memory.tags), memory.version, *ended

    async def history(self, id: uuid.UUID) -> list[Version]:
        found = (await memories.versions(self.tenant, id=id, limit=1000))[::-1]
        assert [each.version for each in found] == list(range(1, len(found) + 1))
        return [
            Version(each.operation, str(each.changed_by), each.content, each.status, tuple(each.tags), each.deleted_at is not None)
            for each in found
        ]

    @rule(drawn=calls)
    def one(self, drawn: tuple[str, dict[str, Any]]) -> None:
        self.together([drawn])

    @rule(drawn=st.lists(calls, min_size=2, max_size=3))
    def at_once(self, drawn: list[tuple[str, dict[str, Any]]]) -> None:
        self.together(drawn)

    def together(self, drawn: list[tuple[str, dict[str, Any]]]) -> None:
        """What comes of calls at once is what comes of them in one order or another."""
        made = [self.call(each) for each in drawn if self.world or each[1]["name"] in {"add", "clear"}]

        async def gathered() -> list[Any]:
            return await asyncio.gather(*map(self.made, made))

        found = self.wait(gathered())
        possible = []
        for order in permutations(range(len(made))):
            world, results = self.world, dict.fromkeys(order)
            for place in order:
                world, results[place] = told(world, made[place])
            agrees = all(
                each in wanted if isinstance(wanted, frozenset) else each == wanted
                for each, wanted in zip(found, (results[place] for place in range(len(made))), strict=True)
            )
            if agrees:
                possible.append(world)
        assert possible, (made, found)
        histories = {
            id: self.wait(self.history(id))
            for id in {id for world in possible for id in world}
            if any(world.get(id) != self.world.get(id) for world in possible)
        }
        same = [world for world in possible if all(id in world and world[id].versions == each for id, each in histories.items())]
        assert same, (made, found, histories)
        self.world = same[0]

    # No preconditions: what comes of calls at once differs from run to run, and must not decide which rules there are.
    @rule(number=numbers)
    def expire(self, number: int) -> None:
        """As if its time were over."""
        expiring = [each for each in self.world.values() if each.expires]
        if not expiring:
            return
        known = expiring[number % len(expiring)]
        statement = "UPDATE memdb.memories SET expires_at = clock_timestamp() WHERE org_id = :org_id::memdb.tenant AND id = :id"
        self.wait(self.tenant.fetch(None, statement, id=known.id))
        known.is_expired = True

    @rule(number=numbers, which=numbers)
    def look_back(self, number: int, which: int) -> None:
        if not self.world:
            return
        at, counts = self.moments[number % len(self.moments)]
        known = list(self.world.values())[which % len(self.world)]
        version = self.wait(memories.version_at(self.tenant, id=known.id, at=at))
        assert (version and version.version) == counts.get(known.id)
        first = self.wait(memories.version_at(self.tenant, id=known.id, at=self.began - timedelta(seconds=1)))
        assert first is None

    @invariant()
    def the_memories_are_those_of_the_model(self) -> None:
        wanted = {each.id: each for each in self.world.values() if each.is_live}
        found = self.wait(memories.page(self.tenant, agent_id=self.agents[0], status=None, limit=1000))
        assert {each.id: self.shown(each) for each in found} == {id: each.shown() for id, each in wanted.items()}
        active = {each.id for each in wanted.values() if each.status == "active"}
        hits = self.wait(memories.search(self.tenant, agent_id=self.agents[0], text="notes", limit=1000))
        assert {hit.memory.id for hit in hits} == active
        assert self.wait(memories.count(self.tenant)) == len(active)
        tag = TAGS[len(self.moments) % len(TAGS)]
        tagged = self.wait(memories.page(self.tenant, tags=[tag], status=None, limit=1000))
        assert {each.id for each in tagged} == {each.id for each in wanted.values() if tag in each.tags}
        (quota,) = self.wait(organizations.quotas(self.tenant))
        assert quota.free == QUOTA - sum(not each.is_deleted for each in self.world.values())
        self.moments.append((datetime.now(UTC), {each.id: len(each.versions) for each in self.world.values()}))


def test_memories_in_any_order(dsn: str) -> None:
    try_out(MemoryStates, dsn, share=0.5, steps=30)
