"""Transcripts: values to the letter, many writers, pops, revisions, branches, and what goes with what."""

from __future__ import annotations

import asyncio
import json
import math
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import memdb
from memdb import Cursor, agents, retention, transcripts, users
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.errors import AlreadyExists, InvalidInput, NotFound, UnderLegalHold, WritesRefused
from memdb.transcripts import ABSENT, NewEntry, RevisionConflict
from tests.conftest import Home, settle
from tests.server import fetch


async def _values(tenant: Tenant, id: str = "t", **more: Any) -> list[Any]:
    return [each.value for each in await transcripts.history(tenant, id=id, **more)]


async def _ids(tenant: Tenant, **more: Any) -> str:
    return "".join(each.id or "-" for each in await transcripts.history(tenant, **more))


def _entries(ids: str) -> list[NewEntry]:
    return [NewEntry({"id": id}, id) for id in ids]


VALUES: list[Any] = [
    {"b": 1, "a": {"z": None, "y": [True, False]}},
    {"a": {"y": [True, False], "z": None}, "b": 1},
    "nul \0 and \ud800 and \U0001f600",
    {"\udfff\0": "ü"},
    [1, 1.0, -0.0, 1e16, 10**16, 2**70, 1e300, 5e-324, math.inf, -math.inf],
    "",
    None,
    0,
    [],
    {},
]


async def test_values_are_kept_to_the_letter(tenant: Tenant) -> None:
    await transcripts.append(tenant, id="t", items=[*VALUES, *VALUES])
    found = await _values(tenant)
    # As texts: 1 and 1.0, and objects in another order, are equal.
    assert list(map(json.dumps, found)) == list(map(json.dumps, VALUES + VALUES))
    await transcripts.append(tenant, id="t", items=[math.nan, ("a", ("b",)), msgspec.Raw(b'{"b": 1,  "a":2.50}')], state={"n": math.nan})
    entries = await transcripts.history(tenant, id="t", limit=3)
    assert math.isnan(entries[0].value)
    assert [each.text for each in entries[1:]] == ['["a", ["b"]]', '{"b": 1,  "a":2.50}']
    found_transcript = await transcripts.get(tenant, id="t")
    assert found_transcript is not None
    assert math.isnan(found_transcript.state["n"])


async def test_what_is_no_json_is_refused_and_nothing_written(tenant: Tenant) -> None:
    for single in ({"role": "user"}, "said", b"said"):
        with pytest.raises(InvalidInput, match=r"items must be a list( of items)?, not"):
            await transcripts.append(tenant, id="t", items=single)  # type: ignore[arg-type]
    deep: Any = []
    for _ in range(500):
        deep = [deep]
    for wrong in (b"bytes", {1: "a"}, {1, 2}, object(), [datetime.now(UTC)], deep, 10**5000):
        with pytest.raises(InvalidInput, match=r"^items "):
            await transcripts.append(tenant, id="t", items=["right", wrong])
    for arguments in ({"items": []}, {"items": [NewEntry(1, "")]}, {"items": [1], "id": "x" * 1025}, {"items": [1], "revision": ""}):
        with pytest.raises(InvalidInput):
            await transcripts.append(tenant, **{"id": "t", **arguments})  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="bytes"):
        await transcripts.append(tenant, id="ü" * 1000, items=[1])
    with pytest.raises(InvalidInput, match="limit"):
        await transcripts.history(tenant, id="t", limit=-1)
    with pytest.raises(InvalidInput, match="head_id"):
        await transcripts.history(tenant)
    with pytest.raises(InvalidInput, match="before"):
        await transcripts.page(tenant, before=datetime.now(UTC))  # type: ignore[arg-type]
    assert await transcripts.get(tenant, id="t") is None


async def test_the_last_ones_come_in_order(tenant: Tenant) -> None:
    for number in range(3):
        await transcripts.append(tenant, id="", items=[number * 2, number * 2 + 1])
    for limit, expected in ((None, [0, 1, 2, 3, 4, 5]), (0, []), (1, [5]), (3, [3, 4, 5]), (100, [0, 1, 2, 3, 4, 5])):
        assert await _values(tenant, "", limit=limit) == expected
    made = await transcripts.get(tenant, id="")
    assert made is not None
    assert (made.id, made.length, made.head_id, made.branches, made.state, made.scope) == ("", 6, None, [], None, None)
    assert await _values(tenant, "unknown") == []
    assert await transcripts.get(tenant, id="unknown") is None


async def test_batches_of_many_writers_stay_together(tenant: Tenant) -> None:
    async def append(writer: int) -> None:
        for batch in range(3):
            await transcripts.append(tenant, id="t", items=[[writer, batch, number] for number in range(5)])

    await asyncio.gather(*(append(writer) for writer in range(32)))
    found = await _values(tenant)
    batches = [found[start : start + 5] for start in range(0, len(found), 5)]
    assert len(batches) == 96
    for batch in batches:
        assert batch == [[*batch[0][:2], number] for number in range(5)]
    assert Counter(map(str, found)).most_common(1)[0][1] == 1
    for writer in range(32):
        assert [batch[0][1] for batch in batches if batch[0][0] == writer] == [0, 1, 2]


async def test_each_pop_goes_to_one_caller_while_others_append(tenant: Tenant) -> None:
    await transcripts.append(tenant, id="t", items=list(range(40)))
    popped: list[Any] = []

    async def pop() -> None:
        entry = await transcripts.pop(tenant, id="t")
        assert entry is not None
        popped.append(entry.value)

    async def append(number: int) -> None:
        await transcripts.append(tenant, id="t", items=[number, number + 1])

    await asyncio.gather(*(call for number in range(16) for call in (pop(), append(100 + 2 * number), pop())))
    rest = await _values(tenant)
    assert sorted(popped + rest) == [*range(40), *range(100, 132)]
    made = await transcripts.get(tenant, id="t")
    assert made is not None
    assert made.length == len(rest) == 40
    # One after the other, they come as they stand, and nothing is left.
    assert [entry.value for entry in [await transcripts.pop(tenant, id="t") for _ in rest] if entry] == rest[::-1]
    assert await transcripts.pop(tenant, id="t") is None
    assert await transcripts.pop(tenant, id="unknown") is None
    await transcripts.append(tenant, id="t", items=["again"])
    assert await _values(tenant) == ["again"]


async def test_a_transcript_begins_and_ends_beside_its_writers(tenant: Tenant) -> None:
    async def turn(number: int) -> bool:
        if number % 4 == 3:
            return await transcripts.delete(tenant, id="t")
        made = await transcripts.append(tenant, id="t", items=[number, number])
        return made.length >= 2

    await asyncio.gather(*map(turn, range(32)))
    found = await _values(tenant)
    assert found[::2] == found[1::2]
    await transcripts.delete(tenant, id="t")
    assert not await transcripts.delete(tenant, id="t")
    assert await transcripts.get(tenant, id="t") is None


async def test_a_deletion_leaves_nothing(tenant: Tenant, dsn: str) -> None:
    await transcripts.append(tenant, id="t", items=_entries("abc"))
    assert await transcripts.delete(tenant, id="t")
    assert fetch(dsn, "SELECT (SELECT count(*) FROM memdb.transcripts), (SELECT count(*) FROM memdb.transcript_entries)") == [(0, 0)]
    await transcripts.append(tenant, id="t", items=_entries("a"))
    assert await _ids(tenant, id="t") == "a"


async def test_a_revision_is_compared_in_the_statement_that_writes(tenant: Tenant) -> None:
    first = await transcripts.append(tenant, id="t", items=[1], expected_revision=ABSENT, state={"step": 1})
    second = await transcripts.append(tenant, id="t", items=[2], expected_revision=first.revision, revision="mine")
    assert (second.revision, second.state, second.key) == ("mine", {"step": 1}, first.key)
    for expected in (ABSENT, first.revision):
        with pytest.raises(RevisionConflict, match="'t'"):
            await transcripts.append(tenant, id="t", items=[3], expected_revision=expected, state={"step": 3})
        with pytest.raises(RevisionConflict):
            await transcripts.write(tenant, id="t", after_id=None, items=[3], expected_revision=expected)
    for id, expected in (("t", first.revision), ("unknown", "any")):
        with pytest.raises(RevisionConflict):
            await transcripts.delete(tenant, id=id, expected_revision=expected)
    with pytest.raises(RevisionConflict):
        await transcripts.append(tenant, id="unknown", items=[3], expected_revision="any")
    assert await _values(tenant) == [1, 2]
    await transcripts.pop(tenant, id="t")
    with pytest.raises(RevisionConflict):
        await transcripts.append(tenant, id="t", items=[3], expected_revision="mine")
    last = await transcripts.append(tenant, id="t", items=[3], state=[])
    assert last.state == []
    assert await transcripts.delete(tenant, id="t", expected_revision=last.revision)


async def test_one_of_many_writers_has_the_revision(tenant: Tenant) -> None:
    async def attempt(number: int, expected: str) -> str | None:
        try:
            return (await transcripts.append(tenant, id="t", items=[number], expected_revision=expected)).revision
        except RevisionConflict:
            return None

    revision: str | None = ABSENT
    for _ in range(3):
        won = [each for each in await asyncio.gather(*(attempt(number, revision or "") for number in range(16))) if each]
        assert len(won) == 1
        revision = won[0]
    assert len(await _values(tenant)) == 3


async def _wrote(
    tenant: Tenant, after_id: str | None, ids: str = "", branches: str = "", id: str = "t", namespace: str = "", **more: Any
) -> None:
    known = await transcripts.get(tenant, id=id, namespace=namespace)
    await transcripts.write(
        tenant,
        id=id,
        namespace=namespace,
        after_id=after_id,
        items=_entries(ids),
        branches=list(branches),
        expected_revision=ABSENT if known is None else known.revision,
        **more,
    )


async def test_branches_share_what_is_before_them(tenant: Tenant, dsn: str) -> None:
    await _wrote(tenant, None, "abcd")
    await _wrote(tenant, "b", "ef", branches="d")
    assert await _ids(tenant, id="t") == "abef"
    assert await _ids(tenant, head_id="d") == "abcd"
    assert await _ids(tenant, head_id="d", limit=3) == "bcd"
    assert await _ids(tenant, id="t", limit=3) == "bef"
    # Back to the branch that was left, and on from its end.
    await _wrote(tenant, "d", "g", branches="f")
    await transcripts.append(tenant, id="t", items=_entries("h"))
    assert await _ids(tenant, id="t") == "abcdgh"
    assert await _ids(tenant, head_id="f") == "abef"
    entries = await transcripts.history(tenant, id="t")
    assert [each.parent_id for each in entries] == [None, *"abcdg"]
    assert [each.parent_id for each in await transcripts.history(tenant, head_id="e", limit=1)] == ["b"]
    made = await transcripts.get(tenant, id="t")
    assert made is not None
    assert (made.length, made.head_id, made.branches) == (6, "h", ["f"])
    # From the beginning, with nothing kept beside it.
    await _wrote(tenant, None, "xy")
    assert await _ids(tenant, id="t") == "xy"
    assert fetch(dsn, "SELECT string_agg(id, '' ORDER BY position) FROM memdb.transcript_entries") == [("xy",)]
    await _wrote(tenant, None)
    assert await _ids(tenant, id="t") == ""
    assert fetch(dsn, "SELECT count(*) FROM memdb.transcript_entries") == [(0,)]
    await transcripts.append(tenant, id="t", items=_entries("z"))
    assert await _ids(tenant, id="t") == "z"


async def test_a_pop_leaves_what_is_in_a_branch(tenant: Tenant) -> None:
    await _wrote(tenant, None, "abcd")
    await _wrote(tenant, "b", "e", branches="d")
    popped = [await transcripts.pop(tenant, id="t") for _ in range(3)]
    assert [(each.id, each.parent_id) for each in popped if each] == [("e", "b"), ("b", "a"), ("a", None)]
    assert await transcripts.pop(tenant, id="t") is None
    assert await _ids(tenant, head_id="d") == "abcd"
    assert await _ids(tenant, head_id="e") == ""
    await transcripts.append(tenant, id="t", items=_entries("fg"))
    assert await _ids(tenant, id="t") == "fg"
    await _wrote(tenant, "d", branches="g")
    assert [each.id for each in [await transcripts.pop(tenant, id="t") for _ in range(2)] if each] == ["d", "c"]
    assert await _ids(tenant, id="t") == "ab"


async def test_another_goes_on_from_an_entry_and_leads_its_own_life(tenant: Tenant, rival: Home) -> None:
    await _wrote(tenant, None, "abcd")
    await _wrote(tenant, "b", "ef", branches="d")
    await _wrote(tenant, "e", "x", id="u")
    await _wrote(tenant, "d", id="v")
    assert await transcripts.delete(tenant, id="t")
    assert (await _ids(tenant, id="u"), await _ids(tenant, id="v")) == ("abex", "abcd")
    made = await transcripts.get(tenant, id="u")
    assert made is not None
    assert (made.length, made.head_id) == (4, "x")
    await _wrote(tenant, "e", "y", branches="x", id="u")
    assert await _ids(tenant, head_id="y") == "abey"
    # The entries of another namespace, another tenant or, once it has begun, another transcript are none of its own.
    for on, more, expected in ((tenant, {"namespace": "n"}, ABSENT), (rival.tenant, {}, ABSENT), (tenant, {}, made.revision)):
        with pytest.raises((NotFound, RevisionConflict)):
            await transcripts.write(on, id="u", after_id="d", expected_revision=expected, **more)  # type: ignore[arg-type]
    now = await transcripts.get(tenant, id="u")
    assert now is not None
    with pytest.raises(NotFound, match="entry: d"):
        await transcripts.write(tenant, id="u", after_id="d", expected_revision=now.revision)
    assert await _ids(rival.tenant, head_id="y") == ""


async def test_an_id_is_one_entry_s_of_a_transcript(tenant: Tenant) -> None:
    await transcripts.append(tenant, id="t", items=_entries("ab"))
    with pytest.raises(AlreadyExists, match="entry of the transcript"):
        await transcripts.append(tenant, id="t", items=_entries("cb"))
    with pytest.raises(AlreadyExists):
        await transcripts.append(tenant, id="u", items=_entries("aa"))
    await transcripts.append(tenant, id="u", items=_entries("ab"))
    assert (await _ids(tenant, id="t"), await _ids(tenant, id="u")) == ("ab", "ab")


@pytest.fixture
def many(dsn: str) -> Iterator[tuple[asyncio.Runner, Tenant]]:
    """A tenant, and the loop to call on from tests that are none of its own."""
    with asyncio.Runner() as runner:

        async def connected() -> Database:
            return await memdb.connect(dsn, timeout=20.0)

        db = runner.run(connected())
        yield runner, runner.run(settle(db, "acme")).tenant
        runner.run(db.close())


class _Model:
    """What a transcript is, said plainly: the parent of each entry, the head, and the ends of branches."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}
        self.head: str | None = None
        self.branches: list[str] = []

    def line(self, id: str | None) -> str:
        line = ""
        while id is not None:
            line, id = id + line, self.parents[id]
        return line

    def add(self, after: str | None, ids: str) -> None:
        for id in ids:
            self.parents[id] = after
            after = id
        self.head = after

    def collect(self) -> None:
        reached = set("".join(map(self.line, [self.head, *self.branches])))
        self.parents = {id: parent for id, parent in self.parents.items() if id in reached}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_transcript_is_what_the_model_says(many: tuple[asyncio.Runner, Tenant], data: st.DataObject) -> None:
    runner, tenant = many
    model, names = _Model(), iter(map(chr, range(0x4E00, 0x9000)))
    place = {"id": "t", "namespace": uuid.uuid4().hex}
    for _ in range(data.draw(st.integers(1, 12))):
        new = "".join(next(names) for _ in range(data.draw(st.integers(0, 3))))
        kind = data.draw(st.sampled_from(["append", "write", "write", "pop"]))
        if kind == "append" and new:
            runner.run(transcripts.append(tenant, items=_entries(new), **place))
            model.add(model.head, new)
        elif kind == "write":
            after = data.draw(st.sampled_from([None, *sorted(model.parents)]))
            keep = data.draw(st.sampled_from(["all", "none", "some"]))
            ends = [*model.branches, *([model.head] if model.head else [])]
            branches = ends if keep == "all" else ends[:1] if keep == "some" else []
            runner.run(_wrote(tenant, after, new, branches="".join(branches), **place))
            model.add(after, new)
            model.branches = branches
            model.collect()
        elif kind == "pop":
            popped = runner.run(transcripts.pop(tenant, **place))
            assert (popped and popped.id) == model.head
            if model.head is not None:
                model.head = model.parents[model.head]
                model.collect()
        made = runner.run(transcripts.get(tenant, **place))
        assert (made.length if made else 0) == len(model.line(model.head))
        assert runner.run(_ids(tenant, **place)) == model.line(model.head)
        limit = data.draw(st.integers(0, 5))
        assert runner.run(_ids(tenant, limit=limit, **place)) == model.line(model.head)[::-1][:limit][::-1]
    for entry_id in model.parents:
        assert runner.run(_ids(tenant, head_id=entry_id, namespace=place["namespace"])) == model.line(entry_id)
    stored = runner.run(
        tenant.fetch(
            str,
            """
            SELECT e.id FROM memdb.transcript_entries AS e JOIN memdb.transcripts AS t ON t.org_id = e.org_id AND t.id = e.transcript_id
            WHERE e.org_id = :org_id::memdb.tenant AND t.namespace = :namespace::text
            """,
            namespace=place["namespace"],
        )
    )
    assert set(stored) == set(model.parents)


async def test_transcripts_are_listed_the_last_updated_first(tenant: Tenant, rival: Home) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(6):
        scope = "odd" if number % 2 else None
        moment = start + timedelta(microseconds=number // 2)
        await transcripts.write(tenant, id=str(number), expected_revision=ABSENT, after_id=None, scope=scope, updated_at=moment)
        await transcripts.append(rival.tenant, id=str(number), items=[1])
    await transcripts.append(tenant, id="0", namespace="other", items=[1])
    for scope, expected in ((None, "543210"), ("odd", "531"), ("even", "")):
        found = ""
        before: Cursor | None = None
        while page := await transcripts.page(tenant, scope=scope, before=before, limit=2):
            found += "".join(each.id for each in page)
            before = Cursor.of(page[-1])
        assert found == expected
    assert [each.updated_at for each in await transcripts.page(tenant, limit=1)] == [start + timedelta(microseconds=2)]
    # An entry makes it the first again.
    await transcripts.append(tenant, id="0", items=[1])
    (first,) = await transcripts.page(tenant, limit=1)
    assert first.id == "0"
    assert [each.id for each in await transcripts.page(tenant, limit=1, before=first)] == ["5"]


async def test_tenants_and_namespaces_do_not_meet(tenant: Tenant, rival: Home) -> None:
    places: list[tuple[Tenant, str]] = [(tenant, ""), (tenant, "n"), (rival.tenant, "")]
    for number, (on, namespace) in enumerate(places):
        await transcripts.append(on, id="t", namespace=namespace, items=[NewEntry(number, "e")])
    for number, (on, namespace) in enumerate(places):
        for place in ({"id": "t"}, {"head_id": "e"}):
            assert [each.value for each in await transcripts.history(on, namespace=namespace, **place)] == [number]  # type: ignore[arg-type]
    assert await transcripts.delete(tenant, id="t", namespace="n")
    assert await transcripts.pop(tenant, id="t", namespace="n") is None
    assert (await _values(tenant), await _values(rival.tenant)) == ([0], [2])


async def test_what_is_held_stays_in_the_table(tenant: Tenant, agent: Agent, db: Database, dsn: str) -> None:
    ada = await users.create(tenant, email="ada@example.com")
    for owner in ({"user_id": ada.id}, {"agent_id": agent.id}, {}):
        admin = db.admin(tenant.org_id)
        await retention.hold(admin, name="case", **owner)  # type: ignore[arg-type]
        await _wrote(tenant, None, "abcd", **owner)
        with pytest.raises(UnderLegalHold, match="case"):
            await transcripts.delete(tenant, id="t")
        popped = await transcripts.pop(tenant, id="t")
        assert popped is not None
        assert popped.id == "d"
        await _wrote(tenant, "b", "e")
        assert await _ids(tenant, id="t") == "abe"
        assert fetch(dsn, "SELECT string_agg(id, '' ORDER BY position) FROM memdb.transcript_entries") == [("abcde",)]
        await retention.release_hold(admin, name="case")
        await _wrote(tenant, "a")
        assert await _ids(tenant, id="t") == "a"
        assert fetch(dsn, "SELECT string_agg(id, '' ORDER BY position) FROM memdb.transcript_entries") == [("a",)]
        assert await transcripts.delete(tenant, id="t")


async def test_an_erased_user_s_transcripts_go(tenant: Tenant, db: Database, dsn: str) -> None:
    ada, bob = [await users.create(tenant, email=f"{name}@example.com") for name in ("ada", "bob")]
    await transcripts.append(tenant, id="ada", items=_entries("ab"), user_id=ada.id)
    await _wrote(tenant, "a", "c", id="bob", user_id=bob.id)
    await retention.erase_user(db.admin(tenant.org_id), user_id=ada.id)
    assert await transcripts.get(tenant, id="ada") is None
    assert await _ids(tenant, id="bob") == "ac"
    assert fetch(dsn, "SELECT count(*) FROM memdb.transcript_entries") == [(2,)]


async def test_whose_a_transcript_is_must_be_there_and_take_writes(tenant: Tenant, agent: Agent, rival: Home) -> None:
    for owner in ({"agent_id": rival.agent.id}, {"user_id": uuid.uuid4()}):
        with pytest.raises(NotFound):
            await transcripts.append(tenant, id="t", items=[1], **owner)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            await _wrote(tenant, None, "a", **owner)
    await agents.update(tenant, id=agent.id, status="suspended")
    with pytest.raises(WritesRefused):
        await transcripts.append(tenant, id="t", items=[1], agent_id=agent.id)
    with pytest.raises(WritesRefused):
        await _wrote(tenant, None, "a", agent_id=agent.id)
    assert await transcripts.get(tenant, id="t") is None
