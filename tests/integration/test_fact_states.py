"""Facts against a model of them: any order of assertions, corrections, ends, merges and what undoes them, read as of both times."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from memdb import agents, attributes, edges, entities, facts, organizations, upkeep
from memdb.entities import EntityMerge
from memdb.errors import AlreadyExists, InvalidInput, InvalidTransition, MemdbError, NotFound, VersionConflict
from memdb.facts import Fact, NewFact
from tests.machines import Machine, try_out

T = [datetime(2020 + year, 1, 1, tzinfo=UTC) for year in range(4)]
BEGINNING, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
TIME_TO_LIVE = timedelta(days=30)
# By the name of each attribute, which is that of its policy: how long its facts are taken for true.
POLICIES: dict[Any, timedelta | None] = {"supersede": None, "keep_both": None, "reject": TIME_TO_LIVE, "highest_confidence": TIME_TO_LIVE}
CITIES = ("Rome", " ROME ", "Oslo")
FIELDS = (
    "entity_id", "attribute", "value", "confidence", "status", "valid_from", "valid_until", "expires_at", "ingested_at", "invalidated_at",
    "superseded_by", "confirmed_at", "confirmations", "corrections", "version",
)  # fmt: skip


Span: TypeAlias = tuple[datetime, datetime]
Spans: TypeAlias = list[Span]


def joined(spans: Spans) -> Spans:
    """The times that are in any of them, in order."""
    made: Spans = []
    for since, until in sorted(span for span in spans if span[0] < span[1]):
        if made and made[-1][1] >= since:
            made[-1] = made[-1][0], max(made[-1][1], until)
        else:
            made.append((since, until))
    return made


def meet(spans: Spans, others: Spans) -> Spans:
    return joined([(max(one[0], other[0]), min(one[1], other[1])) for one in spans for other in others])


def less(spans: Spans, others: Spans) -> Spans:
    for since, until in others:
        spans = meet(spans, [(BEGINNING, since), (until, NEVER)])
    return spans


class Saying(NamedTuple):
    """Once that a fact was said: since when it was to be true, how surely, and when it holds."""

    begins: datetime
    confidence: float
    holds: Spans


@dataclass
class Known:
    """A fact as it should be. `held` has since when it was held how: until when it is valid, and whether it is active."""

    id: uuid.UUID
    entity_id: uuid.UUID
    attribute: str | None
    value: str | None
    content: str
    confidence: float
    valid_from: datetime
    valid_until: datetime | None
    expires_at: datetime | None
    ingested_at: datetime
    names: set[uuid.UUID]
    confirmed_at: datetime | None = None
    confirmations: int = 0
    corrections: int = 0
    status: str = "active"
    invalidated_at: datetime | None = None
    superseded_by: uuid.UUID | None = None
    version: int = 1
    is_deleted: bool = False
    said: list[Saying] = field(default_factory=list)
    held: list[tuple[datetime, datetime | None, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.held = self.held or [(self.ingested_at, self.valid_until, True)]

    @property
    def key(self) -> tuple[str | None, str]:
        return self.attribute, (self.content if self.value is None else self.value).strip().lower()

    @property
    def span(self) -> Spans:
        return joined([(self.valid_from, self.valid_until or NEVER)])

    def sayings(self) -> list[Saying]:
        said = self.said or [Saying(self.valid_from, self.confidence, self.span)]
        return [Saying(each.begins, each.confidence, meet(each.holds, self.span)) for each in said]

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def end(self, status: str, at: datetime, *, until: datetime, by: uuid.UUID | None = None) -> None:
        self.status, self.invalidated_at, self.superseded_by = status, at, by
        self.valid_until = max(self.valid_from, min(self.valid_until or NEVER, until))
        self.held.append((at, self.valid_until, False))
        self.version += 1

    def revive(self, entity_id: uuid.UUID) -> None:
        """As if it had not ended."""
        self.held.pop()
        self.status, self.invalidated_at, self.superseded_by, self.valid_until = "active", None, None, self.held[-1][1]
        self.entity_id = entity_id
        self.version += 1

    def holds(self, as_of: datetime | None, known_at: datetime | None) -> bool:
        known = [each for each in self.held if each[0] <= (known_at or NEVER)]
        if self.is_deleted or not known or self.is_expired(as_of or known_at or T[0]):
            return False
        _, until, is_active = known[-1]
        return is_active if as_of is None else self.valid_from <= as_of < (until or NEVER)


@dataclass
class Merged:
    """A merge that stands, and what it changed."""

    id: uuid.UUID
    gone: uuid.UUID
    kept: uuid.UUID
    at: datetime
    entities: list[uuid.UUID]
    moved: list[uuid.UUID]
    # The facts that gave way, and to which; and what these were like before and after that.
    equal: dict[uuid.UUID, uuid.UUID]
    twins: dict[uuid.UUID, tuple[tuple[Any, ...], tuple[Any, ...]]]
    links: list[uuid.UUID]
    shared_links: list[uuid.UUID]


class Model:
    """What an agent should know."""

    def __init__(self) -> None:
        self.facts: dict[uuid.UUID, Known] = {}
        self.into: dict[uuid.UUID, uuid.UUID] = {}
        self.merges: list[Merged] = []
        self.undone: list[uuid.UUID] = []
        # Copies that assertions made, and that nobody was told the ids of.
        self.unknown: list[Known] = []
        # Where more than one active fact may be true at a time, whatever the policy: nobody asked it.
        self.crowded: set[tuple[uuid.UUID, str | None]] = set()

    def root(self, entity_id: uuid.UUID) -> uuid.UUID:
        return self.into.get(entity_id, entity_id)

    def active(self, entity_id: uuid.UUID) -> list[Known]:
        return [each for each in self.facts.values() if each.entity_id == entity_id and each.status == "active" and not each.is_deleted]

    def is_taken(self, fact: Known, *, by_others_than: Iterable[uuid.UUID] = ()) -> bool:
        """Whether another active fact says the same and ends at the same time."""
        return any(
            (each.key, each.valid_until) == (fact.key, fact.valid_until) and each.id not in {fact.id, *by_others_than}
            for each in self.active(fact.entity_id)
        )

    def say(self, item: NewFact, id: uuid.UUID, at: datetime) -> tuple[str, set[uuid.UUID], uuid.UUID]:
        """The outcome of an assertion, what it replaced, and the fact that says so now: `id` if it is a new one."""
        about, since, until = self.root(item.entity_id), item.valid_from or at, item.valid_until or NEVER
        policy, life = item.attribute, POLICIES.get(item.attribute)
        assert item.value is None or isinstance(item.value, str)
        new = Known(
            id, about, item.attribute, item.value, item.content, item.confidence, since, item.valid_until,
            item.expires_at or (at + life if life else None), at, {about, *map(self.root, item.entities)},
        )  # fmt: skip
        contested = policy not in {"keep_both", None}
        at_that_time = [
            each
            for each in self.facts.values()
            if each.entity_id == about
            and each.attribute == policy
            and not each.is_deleted
            and (each.status == "active" or (contested and each.status == "superseded"))
            and meet(each.span, [(since, until)])
        ]
        others = [each for each in at_that_time if each.key != new.key]
        met = at_that_time if contested else [each for each in at_that_time if each not in others]
        alike = [each for each in met if each.key == new.key]
        won = [(since, until)]
        lasting = [each for each in alike if each.status == "active" and not less(won, each.span)]
        if contested and not lasting:
            against = [(each, saying) for each in others for saying in each.sayings() if saying.holds]
            if policy == "supersede":
                won = [(since, min([until, *(saying.begins for _, saying in against if saying.begins > since)]))]
            else:
                prevailing = [
                    (each, saying)
                    for each, saying in against
                    if not each.is_expired(at)
                    and (saying.begins <= since if policy == "reject" else (saying.confidence, saying.begins) > (item.confidence, since))
                ]
                for _, saying in prevailing:
                    won = less(won, saying.holds)
                if not won:
                    return "rejected", set(), max((each for each, _ in prevailing), key=lambda each: (each.confidence, each.id)).id
            lasting = [each for each in alike if not less(won, each.span)]
        alike = [each for each in alike if meet(each.span, won)]
        new.confidence = max([new.confidence, *(each.confidence for each in alike)])
        if lasting:
            same = min(lasting, key=lambda each: each.id)
            if contested and (same.valid_from < since or same.confidence < item.confidence):
                same.said = [*same.sayings(), Saying(since, item.confidence, won)]
            same.expires_at = max(same.expires_at, new.expires_at) if same.expires_at and new.expires_at else None
            same.confidence, same.confirmed_at = new.confidence, at
            same.names |= new.names
            same.confirmations += 1
            same.version += 1
            return "confirmed", set(), same.id
        if alike:
            new.confirmed_at, new.confirmations = at, max(each.confirmations for each in alike) + 1
        replaced, rest = set(), [(won[0][0], NEVER)]
        sayings = [Saying(each.begins, each.confidence, meet(each.holds, rest)) for fact in alike for each in fact.sayings()]
        runs = joined([*won, *(span for each in sayings for span in each.holds)])
        if sayings or won[0][0] > since or item.confidence < new.confidence:
            new.said = [*sayings, Saying(since, item.confidence, won)]
        self.facts[id] = new
        for each in sorted([*alike, *(others if contested else [])], key=lambda each: each.id):
            left = joined(
                [
                    span
                    for saying in each.sayings()
                    for span in (
                        less(saying.holds, rest)
                        if each.key == new.key
                        else less(saying.holds, won)
                        if policy != "supersede"
                        else less(saying.holds, [(since, NEVER)])
                        if saying.begins <= since
                        else saying.holds
                    )
                ]
            )
            if left != each.span:
                replaced.add(each.id)
                self.part(each, left, at, by=id)
        new.valid_from, end = runs[0]
        new.valid_until = None if end == NEVER else end
        new.held = [(at, new.valid_until, True)]
        pieces = [new, *(self.copy(new, runs, run, at) for run in runs[1:])]
        for each in self.facts.values():
            if each.superseded_by == id and each.valid_until is not None:
                takes_over = [piece for piece in pieces if piece.valid_from <= each.valid_until < (piece.valid_until or NEVER)]
                each.superseded_by = takes_over[0].id if takes_over else id
        for made in pieces:
            later = [
                each
                for each in self.facts.values()
                if (each.entity_id, each.attribute, each.valid_from) == (about, policy, made.valid_until)
                and each.key != new.key
                and each.status in {"active", "superseded"}
                and not each.is_deleted
                and each.span
            ]
            if contested and met and made.valid_until != item.valid_until and later:
                made.status, made.invalidated_at = "superseded", at
                made.superseded_by = min(later, key=lambda each: (each.status, -each.id.int)).id
                made.held = [(at, made.valid_until, False)]
        outcome = "superseded" if replaced else "kept_both" if policy == "keep_both" and others else "added"
        return outcome, replaced, id

    def copy(self, fact: Known, holds: Spans, run: Span, at: datetime) -> Known:
        """A fact once more, under a number of its own until it is known which one it has got."""
        made = replace(
            fact, id=uuid.UUID(int=(2 << 120) + len(self.facts)), valid_from=run[0], valid_until=None if run[1] == NEVER else run[1],
            ingested_at=at, names=set(fact.names), status="active", invalidated_at=None, superseded_by=None, version=1, held=[],
            said=[
                Saying(each.begins, each.confidence, meet(each.holds, meet(holds, [run])))
                for each in fact.said or [Saying(fact.valid_from, fact.confidence, holds)]
            ],
        )  # fmt: skip
        self.facts[made.id] = made
        self.unknown.append(made)
        return made

    def part(self, fact: Known, left: Spans, at: datetime, by: uuid.UUID) -> None:
        """What becomes of a fact of which not all is left."""
        was_past, until, learnt, successor = fact.status != "active", fact.valid_until, fact.invalidated_at, fact.superseded_by
        end = next((each[1] for each in left if each[0] == fact.valid_from), fact.valid_from)
        if not was_past:
            fact.end("superseded", at, until=end, by=by)
        elif learnt and fact.is_expired(learnt):
            fact.valid_until, fact.superseded_by, fact.version = end, by, fact.version + 1
            fact.held.append((at, end, False))
        else:
            assert learnt is not None
            before = self.copy(fact, [(fact.valid_from, end)], (fact.valid_from, end), learnt)
            before.status, before.invalidated_at, before.superseded_by = "superseded", at, by
            before.held = [(learnt, until, False), (at, end, False)]
            fact.valid_until, fact.superseded_by, fact.version = fact.valid_from, by, fact.version + 1
            # What was known of it since then is the copy's to tell.
            fact.held[-1] = (learnt, fact.valid_from, False)
        for run in left:
            if run[0] > fact.valid_from and not fact.is_expired(at):
                after = self.copy(fact, left, run, at)
                is_cut = after.valid_until != until
                if was_past or is_cut:
                    after.status, after.invalidated_at, after.superseded_by = "superseded", at, by if is_cut else successor
                    after.held = [(at, after.valid_until, False)]

    def find(self, rows: Iterable[Fact]) -> dict[uuid.UUID, uuid.UUID]:
        """Which facts the copies are, as they are found."""
        fields = [name for name in FIELDS if name != "superseded_by"]
        new = sorted((each for each in rows if each.id not in self.facts), key=lambda each: each.id)
        found = {}
        for copy in self.unknown:
            fits = [each for each in new if all(getattr(each, name) == getattr(copy, name) for name in fields)]
            differ = [{name: (getattr(each, name), getattr(copy, name)) for name in fields} for each in new]
            assert fits, [{name: pair for name, pair in each.items() if pair[0] != pair[1]} for each in differ]
            new.remove(fits[0])
            found[copy.id] = fits[0].id
        self.unknown.clear()
        for fact in self.facts.values():
            fact.id = found.get(fact.id, fact.id)
            fact.superseded_by = fact.superseded_by and found.get(fact.superseded_by, fact.superseded_by)
        self.facts = {each.id: each for each in self.facts.values()}
        return found

    def merge(self, made: EntityMerge) -> None:
        gone, kept, at = made.merged_id, made.into_id, made.merged_at
        theirs = self.active(kept)
        equal = {}
        for each in self.active(gone):
            twins = [
                o
                for o in theirs
                if o.key == each.key
                and (o.valid_until or NEVER) >= (each.valid_until or NEVER)
                and o.valid_from < (each.valid_until or NEVER)
            ]
            if twins:
                equal[each.id] = min(twins, key=lambda o: (o.valid_until != each.valid_until, o.id)).id
        merge = Merged(made.id, gone, kept, at, [], [], equal, {}, [], [])
        for twin_id in set(equal.values()):
            twin, same = self.facts[twin_id], [self.facts[id] for id, other in equal.items() if other == twin_id]
            before = (twin.confidence, twin.confirmations, twin.confirmed_at, twin.expires_at)
            lasting = [each.expires_at for each in (twin, *same)]
            twin.confidence = max(each.confidence for each in (twin, *same))
            twin.confirmations += len(same)
            twin.confirmed_at, twin.expires_at = at, None if None in lasting else max(each for each in lasting if each)
            twin.version += 1
            merge.twins[twin_id] = before, (twin.confidence, twin.confirmations, twin.confirmed_at, twin.expires_at)
        for id, twin_id in equal.items():
            self.facts[id].end("superseded", at, until=self.facts[twin_id].valid_from, by=twin_id)
            self.facts[id].entity_id = kept
        for each in self.facts.values():
            if each.entity_id == gone:
                each.entity_id = kept
                each.version += 1
                merge.moved.append(each.id)
            if gone in each.names:
                (merge.shared_links if kept in each.names else merge.links).append(each.id)
                each.names = each.names - {gone} | {kept}
        merge.entities = [each for each, root in self.into.items() if root == gone]
        self.into |= dict.fromkeys([gone, *merge.entities], kept)
        self.merges.append(merge)
        self.crowded |= {(kept, attribute) for attribute in (*POLICIES, None)}

    def undo(self, merge: Merged) -> None:
        self.merges.remove(merge)
        self.undone.append(merge.id)
        del self.into[merge.gone]
        self.into |= dict.fromkeys(merge.entities, merge.gone)
        self.crowded |= {(merge.gone, attribute) for attribute in (*POLICIES, None)}
        needed = {twin for other in self.merges if other.kept == merge.kept for twin in other.twins}
        for id in merge.moved:
            fact = self.facts[id]
            if fact.entity_id == merge.kept and id not in needed:
                fact.entity_id = merge.gone
                fact.version += 1
        for id, twin_id in merge.equal.items():
            fact = self.facts[id]
            was = Known(**{**vars(fact), "entity_id": merge.gone, "valid_until": fact.held[0][1]} | {"held": []})
            if (fact.superseded_by, fact.invalidated_at, fact.is_deleted) == (twin_id, merge.at, False) and not self.is_taken(was):
                fact.revive(merge.gone)
            else:
                fact.entity_id = merge.gone
                fact.version += 1
        for id, (before, after) in merge.twins.items():
            twin = self.facts[id]
            if (twin.confidence, twin.confirmations, twin.confirmed_at, twin.expires_at) == after:
                twin.confidence, twin.confirmations, twin.confirmed_at, twin.expires_at = before
                twin.version += 1
        for id in merge.links:
            fact = self.facts[id]
            if merge.kept in fact.names:
                fact.names = fact.names - {merge.kept} | {merge.gone, fact.entity_id}
        for id in merge.shared_links:
            if merge.kept in self.facts[id].names:
                self.facts[id].names.add(merge.gone)

    def chain(self, id: uuid.UUID) -> set[uuid.UUID]:
        """The last successor of a fact, and all that this one took the place of."""
        found = {id}
        while (by := self.facts[id].superseded_by) is not None:
            assert by not in found, "facts take each other's place in a circle"
            found.add(id := by)
        while more := {each.id for each in self.facts.values() if each.superseded_by in found} - found:
            found |= more
        return {each for each in found if not self.facts[each].is_deleted}


numbers = st.integers(0, 1000)
times = st.sampled_from(T)
# Few, so that facts meet.
spans = st.sampled_from([(None, None), (T[0], None), (T[0], T[1]), (T[1], T[2]), (T[1], T[3]), (T[2], None)])


class MergingStates(Machine):
    """Rules take a number where they need a fact, an entity or a merge: which one of those that there are."""

    async def settle(self, slug: str) -> None:
        organization = await organizations.create(self.db.admin(), slug=slug, name="Example")
        self.tenant = self.db.tenant(organization.id)
        self.agent_id = (await agents.create(self.tenant, slug="helper", name="Helper")).id
        for policy, life in POLICIES.items():
            await attributes.register(self.tenant, key=policy, conflict_policy=policy, time_to_live=life)
        seen = [await entities.see(self.tenant, agent_id=self.agent_id, type="person", name=name) for name in ("Ada", "Bea", "Cy")]
        self.entities = [each.id for each in seen]
        self.model = Model()
        self.moments: list[datetime] = []

    @initialize(attribute=st.sampled_from([*POLICIES, None]))
    def begin(self, attribute: str | None) -> None:
        self.attribute = attribute

    def pick(self, number: int) -> Known:
        made = list(self.model.facts.values())
        return made[number % len(made)]

    def refused(self, error: type[MemdbError], coroutine: Any) -> None:
        with pytest.raises(error):
            self.wait(coroutine)

    @rule(
        said=st.lists(
            st.tuples(
                st.integers(0, 2), st.sampled_from(CITIES), spans, st.sampled_from([0.3, 0.5, 0.7]), st.booleans(),
                st.lists(st.integers(0, 2), max_size=1),
            ),
            min_size=1, max_size=3,
        )
    )  # fmt: skip
    def say(self, said: list[tuple[int, str, tuple[datetime | None, datetime | None], float, bool, list[int]]]) -> None:
        items = []
        for who, city, (since, until), confidence, expires, others in said:
            items.append(
                NewFact(
                    entity_id=self.entities[who],
                    content=f"lives in {city.strip()}",
                    attribute=self.attribute,
                    value=self.attribute and city,
                    valid_from=since,
                    valid_until=until,
                    confidence=confidence,
                    expires_at=datetime(2100, 1, 1, tzinfo=UTC) if expires else None,
                    entities=[self.entities[other] for other in others],
                )
            )
        results = self.wait(facts.assert_many(self.tenant, agent_id=self.agent_id, items=items))
        moments = {"confirmed": lambda fact: fact.confirmed_at, "rejected": lambda fact: None}
        at = next(
            filter(None, (moments.get(each.outcome, lambda fact: fact.ingested_at)(each.fact) for each in results)), datetime.now(UTC)
        )
        told = [self.model.say(item, result.fact.id, at) for item, result in zip(items, results, strict=True)]
        found = self.model.find(self.wait(self.all_facts()) if self.model.unknown else [])
        for (outcome, replaced, id), result in zip(told, results, strict=True):
            known = outcome, {found.get(each, each) for each in replaced}, found.get(id, id)
            assert known == (result.outcome, set(result.replaced), result.fact.id)

    def impossible(self, fact: Known, version: str | None = None) -> type[MemdbError] | None:
        if fact.is_deleted:
            return NotFound
        return VersionConflict if version == "wrong" else None if fact.status == "active" else InvalidTransition

    @precondition(lambda self: self.model.facts)
    @rule(number=numbers, until=times | st.none())
    def invalidate(self, number: int, until: datetime | None) -> None:
        fact = self.pick(number)
        call = facts.invalidate(self.tenant, id=fact.id, valid_until=until)
        if error := self.impossible(fact):
            return self.refused(error, call)
        at = self.wait(call).invalidated_at
        assert at is not None
        fact.end("invalidated", at, until=until or at)
        return None

    @precondition(lambda self: self.model.facts)
    @rule(number=numbers)
    def delete(self, number: int) -> None:
        fact = self.pick(number)
        if fact.is_deleted:
            return self.refused(NotFound, facts.delete(self.tenant, id=fact.id))
        fact.version += 1
        fact.is_deleted = True
        assert self.wait(facts.delete(self.tenant, id=fact.id)) == fact.version
        return None

    @precondition(lambda self: any(each.is_deleted for each in self.model.facts.values()))
    @rule(number=numbers)
    def restore(self, number: int) -> None:
        gone = [each for each in self.model.facts.values() if each.is_deleted]
        fact = gone[number % len(gone)]
        call = facts.restore(self.tenant, id=fact.id)
        if fact.status == "active" and self.model.is_taken(fact):
            return self.refused(AlreadyExists, call)
        self.wait(call)
        fact.version += 1
        fact.is_deleted = False
        self.model.crowded.add((fact.entity_id, fact.attribute))
        return None

    @rule(who=st.integers(0, 2), whom=st.integers(0, 2))
    def merge(self, who: int, whom: int) -> None:
        id, into_id = self.entities[who], self.entities[whom]
        call = entities.merge(self.tenant, id=id, into_id=into_id)
        if id == into_id or into_id in self.model.into:
            return self.refused(InvalidInput, call)
        if self.model.into.get(id) == into_id:
            assert self.wait(call).merged_at <= self.moments[-1]
        elif id in self.model.into:
            self.refused(InvalidTransition, call)
        else:
            self.model.merge(self.wait(call))
        return None

    @precondition(lambda self: self.model.merges or self.model.undone)
    @rule(number=numbers)
    def undo(self, number: int) -> None:
        ids = [*(each.id for each in self.model.merges), *self.model.undone]
        id = ids[number % len(ids)]
        merge = next((each for each in self.model.merges if each.id == id), None)
        call = entities.undo_merge(self.tenant, merge_id=id)
        if merge is None:
            return self.refused(InvalidTransition, call)
        if merge.kept in self.model.into:
            return self.refused(InvalidInput, call)
        self.wait(call)
        self.model.undo(merge)
        return None

    @rule(who=st.integers(0, 2), whom=st.integers(0, 2))
    def mistake(self, who: int, whom: int) -> None:
        """A merge that is undone at once leaves everything as it was."""
        id, into_id = self.entities[who], self.entities[whom]
        if id == into_id or {id, into_id} & self.model.into.keys():
            return
        before, crowded = self.wait(self.state()), self.model.crowded.copy()
        made = self.wait(entities.merge(self.tenant, id=id, into_id=into_id))
        self.model.merge(made)
        assert self.wait(entities.undo_merge(self.tenant, merge_id=made.id)).left_over == []
        self.model.undo(self.model.merges[-1])
        self.model.crowded = crowded
        assert self.wait(self.state()) == before

    async def all_facts(self) -> list[Fact]:
        return await facts.page(self.tenant, agent_id=self.agent_id, ended=True, limit=1000)

    async def state(self) -> list[Any]:
        """All that there is, less versions and times of change."""
        rows: list[Any] = [*await self.all_facts(), *await edges.page(self.tenant, agent_id=self.agent_id, ended=True, limit=1000)]
        rows += [await entities.get(self.tenant, id=id) for id in self.entities]
        names = [(id, [each.id for each in await self.named(id)]) for id in self.entities]
        changing = ("version", "updated_at")
        return [{name: getattr(row, name) for name in row.__struct_fields__ if name not in changing} for row in rows] + names

    async def named(self, entity_id: uuid.UUID) -> list[Fact]:
        return await facts.page(self.tenant, agent_id=self.agent_id, entity_id=entity_id, ended=True, limit=1000)

    @rule(number=numbers | st.none(), who=st.integers(0, 2), whom=st.integers(0, 2))
    def relate(self, number: int | None, who: int, whom: int) -> None:
        shown_by = [each.id for id in self.entities for each in self.model.active(id)]
        ends = (self.entities[who], self.entities[whom])
        evidence = shown_by[number % len(shown_by)] if number is not None and shown_by else None
        call = edges.assert_(self.tenant, source_id=ends[0], target_id=ends[1], type="knows", fact_id=evidence)
        if self.model.root(ends[0]) == self.model.root(ends[1]):
            return self.refused(InvalidInput, call)
        self.wait(call)
        return None

    @invariant()
    def the_facts_are_those_of_the_model(self) -> None:
        found = {each.id: each for each in self.wait(self.all_facts())}
        wanted = {each.id: each for each in self.model.facts.values() if not each.is_deleted}
        assert found.keys() == wanted.keys()
        for id, fact in found.items():
            told = {name: (getattr(fact, name), getattr(wanted[id], name)) for name in FIELDS}
            assert {name: pair for name, pair in told.items() if pair[0] != pair[1]} == {}
        id = self.entities[len(self.moments) % 3]
        assert {each.id for each in self.wait(self.named(id))} == {each.id for each in wanted.values() if id in each.names}
        self.moments.append(datetime.now(UTC))

    @invariant()
    def one_fact_is_true_at_a_time_where_the_policy_wants_it(self) -> None:
        for id in self.entities:
            for policy in ("supersede", "reject", "highest_confidence"):
                standing = sorted(
                    (each.valid_from, each.valid_until or NEVER) for each in self.model.active(id) if each.attribute == policy
                )
                overlap = any(later[0] < earlier[1] for earlier, later in pairwise(standing))
                assert not overlap or (id, policy) in self.model.crowded

    @invariant()
    def edges_stand_on_what_stands(self) -> None:
        for edge in self.wait(edges.page(self.tenant, agent_id=self.agent_id, ended=True, limit=1000)):
            if edge.invalidated_at is None:
                assert not {edge.source_id, edge.target_id} & self.model.into.keys()
                shown_by = edge.fact_id and self.model.facts[edge.fact_id]
                assert not shown_by or (shown_by.status, shown_by.is_deleted) == ("active", False)


class FactStates(MergingStates):
    """With all else that becomes of facts, and how they are read."""

    @precondition(lambda self: self.model.facts)
    @rule(number=numbers)
    def repeat(self, number: int) -> None:
        fact = self.pick(number)
        call = facts.assert_(
            self.tenant, agent_id=self.agent_id, entity_id=fact.entity_id, content=fact.content, attribute=fact.attribute,
            value=fact.value, id=fact.id, valid_from=T[0], valid_until=T[0] + timedelta(days=1),
        )  # fmt: skip
        if fact.is_deleted:
            return call.close()
        result = self.wait(call)
        assert (result.outcome, result.fact.id) == ("repeated", fact.id)
        return None

    @precondition(lambda self: self.model.facts)
    @rule(number=numbers, confidence=st.sampled_from([None, 0.4, 0.9]), version=st.sampled_from([None, "right", "wrong"]))
    def confirm(self, number: int, confidence: float | None, version: str | None) -> None:
        fact = self.pick(number)
        expected = {None: None, "right": fact.version, "wrong": fact.version + 1}[version]
        call = facts.confirm(self.tenant, id=fact.id, confidence=confidence, expected_version=expected)
        if error := self.impossible(fact, version):
            return self.refused(error, call)
        at = self.wait(call).confirmed_at
        assert at is not None
        life = POLICIES.get(fact.attribute)
        if fact.expires_at is not None and life is not None:
            fact.expires_at = max(fact.expires_at, at + life)
        fact.confidence = max(fact.confidence, confidence or 0)
        fact.confirmed_at = at
        fact.confirmations += 1
        fact.version += 1
        return None

    @precondition(lambda self: self.model.facts)
    @rule(number=numbers, city=st.sampled_from(CITIES), span=spans, expires=st.booleans())
    def correct(self, number: int, city: str, span: tuple[datetime | None, datetime | None], expires: bool) -> None:
        fact = self.pick(number)
        value, content = fact.attribute and city, f"lives in {city.strip()}"
        since, until = span[0] or fact.valid_from, span[1] or fact.valid_until
        expiry = datetime(2100, 1, 1, tzinfo=UTC) if expires else None
        call = facts.correct(
            self.tenant, id=fact.id, content=content, value=value, valid_from=span[0], valid_until=span[1], expires_at=expiry
        )
        life = POLICIES.get(fact.attribute)
        remaining = fact.expires_at if expiry is None and life is None else None
        right = Known(
            uuid.uuid4(), fact.entity_id, fact.attribute, value, content, fact.confidence, since, until, expiry or remaining, T[0],
            set(fact.names), corrections=fact.corrections + 1,
        )  # fmt: skip
        if error := self.impossible(fact):
            return self.refused(error, call)
        if since >= (until or NEVER) or right.is_expired(datetime.now(UTC)):
            return self.refused(InvalidInput, call)
        if self.model.is_taken(right, by_others_than=[fact.id]):
            return self.refused(AlreadyExists, call)
        made = self.wait(call)
        at = made.ingested_at
        right.id, right.ingested_at, right.held = made.id, at, [(at, until, True)]
        right.expires_at = right.expires_at or (at + life if life else None)
        fact.end("superseded", at, until=since, by=made.id)
        self.model.facts[made.id] = right
        self.model.crowded.add((fact.entity_id, fact.attribute))
        return None

    @precondition(lambda self: any(each.expires_at for each in self.model.facts.values()))
    @rule(number=numbers)
    def expire(self, number: int) -> None:
        """As if its time were over."""
        lasting = [each for each in self.model.facts.values() if each.expires_at is not None]
        fact = lasting[number % len(lasting)]
        statement = (
            "UPDATE memdb.facts SET expires_at = clock_timestamp() WHERE org_id = :org_id::memdb.tenant AND id = :id RETURNING expires_at"
        )
        (fact.expires_at,) = self.wait(self.tenant.fetch(datetime, statement, id=fact.id))

    @rule()
    def sweep(self) -> None:
        now = datetime.now(UTC)
        over = [each for id in self.entities for each in self.model.active(id) if each.is_expired(now)]
        assert self.wait(upkeep.end_expired_facts(self.tenant)) == len(over)
        for each in over:
            row = self.wait(facts.get(self.tenant, id=each.id))
            assert row is not None
            assert row.invalidated_at is not None
            assert each.expires_at is not None
            each.end("invalidated", row.invalidated_at, until=each.expires_at)

    @rule(number=numbers, as_of=times)
    def look_back(self, number: int, as_of: datetime) -> None:
        """What was held at a moment is what is read of it now, but for what was deleted or expired otherwise since."""
        known_at = self.moments[number % len(self.moments)]
        for then in (None, as_of, known_at):
            for known in (None, known_at):
                if then or known:
                    found = self.wait(facts.page(self.tenant, agent_id=self.agent_id, as_of=then, known_at=known, limit=1000))
                    assert {each.id for each in found} == {id for id, each in self.model.facts.items() if each.holds(then, known)}

    @rule(who=st.integers(0, 2))
    def look(self, who: int) -> None:
        """What is true now."""
        now, id = datetime.now(UTC), self.entities[who]
        for attribute in POLICIES:
            found = self.wait(facts.current(self.tenant, entity_id=id, attribute=attribute))
            standing = [each for each in self.model.active(id) if each.attribute == attribute]
            assert {each.id for each in found} == {each.id for each in standing if each.holds(now, now)}

    @precondition(lambda self: self.model.facts)
    @rule(number=numbers)
    def follow(self, number: int) -> None:
        """The history of a fact."""
        fact = self.pick(number)
        found = self.wait(facts.history(self.tenant, id=fact.id))
        assert {each.id for each in found} == (set() if fact.is_deleted else self.model.chain(fact.id))
        assert found == sorted(found, key=lambda each: (each.ingested_at, each.id))


def test_facts_of_entities_that_are_merged(dsn: str) -> None:
    try_out(MergingStates, dsn, share=0.4, steps=50)


def test_facts_in_any_order(dsn: str) -> None:
    try_out(FactStates, dsn, share=0.3, steps=50)
