"""Triples: each is one row however often it is stated, found by page and by search, taken out to files and in again."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import memdb
from memdb import organizations, retention, spaces, triples, users
from memdb.engine.database import Database, Tenant
from memdb.errors import InvalidInput, NotFound, VersionConflict, WritesRefused
from memdb.triples import BadLine, NewTriple, Triple
from tests.conftest import Home, vector
from tests.server import execute, fetch


@pytest.fixture
async def ada(tenant: Tenant) -> uuid.UUID:
    return (await users.create(tenant, email="ada@example.com")).id


async def _say(on: Tenant, said: str, user_id: uuid.UUID | None = None, **given: Any) -> Triple:
    """State "subject/predicate/object"."""
    subject, predicate, object = said.split("/")
    return await triples.assert_(on, subject=subject, predicate=predicate, object=object, user_id=user_id, **given)


def _said(found: list[Triple]) -> list[str]:
    return [f"{each.subject}/{each.predicate}/{each.object}" for each in found]


async def test_what_is_stated_is_what_is_read(tenant: Tenant, ada: uuid.UUID) -> None:
    made = await _say(tenant, "Ada/works_at/the Ä mill", ada, confidence=0.7, source="chat", metadata={"ä": [1]}, embedding=vector(1))
    assert (made.user_id, made.subject, made.predicate, made.object) == (ada, "Ada", "works_at", "the Ä mill")
    assert (made.confidence, made.source, made.metadata, made.embedded, made.version) == (0.7, "chat", {"ä": [1]}, True, 1)
    assert made.text == "Ada works_at the Ä mill"
    assert await triples.get(tenant, id=made.id) == made
    bare = await _say(tenant, "Oslo/is in/Norway")
    assert (bare.user_id, bare.confidence, bare.source, bare.metadata, bare.embedded) == (None, None, None, {}, False)


async def test_stating_again(tenant: Tenant, ada: uuid.UUID, dsn: str) -> None:
    made = await _say(tenant, "Ada/likes/green tea", ada, confidence=0.5, metadata={"a": 1})
    same = await _say(tenant, " ADA /Likes/Green \t\n tea", ada)
    assert (same.id, same.object, same.confidence, same.metadata, same.version) == (made.id, "green tea", 0.5, {"a": 1}, 1)
    assert same.updated_at > made.updated_at
    surer = await _say(tenant, "ada/likes/green tea", ada, confidence=0.9, source="chat", metadata={"b": 2}, embedding=vector(1))
    assert (surer.confidence, surer.source, surer.metadata, surer.embedded, surer.version) == (0.9, "chat", {"a": 1, "b": 2}, True, 2)
    again = await _say(tenant, "ada/likes/green tea", ada, confidence=0.9, source="chat", metadata={"b": 2}, embedding=vector(2))
    assert (again.version, again.embedded) == (2, True)
    assert (await triples.search(tenant, user_id=ada, embedding=vector(2)))[0].similarity == pytest.approx(1, abs=1e-3)
    assert await triples.delete(tenant, id=made.id) == 3
    back = await _say(tenant, "Ada/likes/GREEN TEA", ada)
    assert (back.id, back.version, back.confidence, back.embedded) == (made.id, 4, 0.9, True)
    # Another owner's is another triple, and so is another object.
    bob = (await users.create(tenant, email="bob@example.com")).id
    others = [await _say(tenant, "Ada/likes/green tea", owner) for owner in (None, bob)]
    others += [await _say(tenant, said, ada) for said in ("Ada/likes/greentea", "Ada likes/green/tea", "Ada/like/green tea")]
    assert len({each.id for each in others}) == 5
    assert fetch(dsn, "SELECT count(*) FROM memdb.triples") == [(6,)]


async def test_spellings_are_one_beyond_ascii(tenant: Tenant) -> None:
    made = await _say(tenant, "Zoë Ångström/ist/MÜDE")
    for said in ("zoë ångström/IST/müde", "ZOË\u00a0ÅNGSTRÖM/ist/müde", "Zoe\u0308 A\u030angstro\u0308m/ist/ＭÜＤＥ"):
        assert (await _say(tenant, said)).id == made.id
    assert (await _say(tenant, "Zoe Angstrom/ist/mude")).id != made.id


async def test_one_triple_stated_by_many_at_once_is_one_row(tenant: Tenant, ada: uuid.UUID, dsn: str) -> None:
    for owner in (ada, None):
        made = await asyncio.gather(*[_say(tenant, "Ada/likes/tea", owner, metadata={f"k{n}": n}, embedding=vector(n)) for n in range(32)])
        assert len({each.id for each in made}) == 1
        assert sorted(each.version for each in made) == list(range(1, 33))
        (found,) = await triples.page(tenant, user_id=owner)
        assert found.metadata == {f"k{n}": n for n in range(32)}
    assert fetch(dsn, "SELECT count(*) FROM memdb.triples") == fetch(dsn, "SELECT count(*) FROM memdb.triple_embeddings") == [(2,)]


async def test_many_are_stated_in_their_order_and_all_or_none(tenant: Tenant, ada: uuid.UUID, dsn: str) -> None:
    assert await triples.assert_many(tenant, items=[]) == []
    items = [
        NewTriple(
            subject=f"s{n % 7}",
            predicate=f"p{n % 3}",
            object=f"o{n}",
            confidence=n / 1000 if n % 5 else None,
            source="batch" if n % 2 else None,
            metadata={"n": n} if n % 4 else None,
            embedding=vector(n % 50) if n % 3 == 0 else None,
        )
        for n in range(1000)
    ]
    made = await triples.assert_many(tenant, items=items, user_id=ada)
    for item, each in zip(items, made, strict=True):
        assert (each.subject, each.predicate, each.object) == (item.subject, item.predicate, item.object)
        assert (each.confidence, each.source, each.metadata) == (item.confidence, item.source, item.metadata or {})
        assert each.embedded == (item.embedding is not None)
    assert fetch(dsn, "SELECT count(*) FROM memdb.triple_embeddings WHERE embedding IS NOT NULL") == [(334,)]
    for at in (0, 300, 999):
        hits = await triples.search(tenant, user_id=ada, embedding=vector(at % 50), limit=20)
        assert made[at].id in [hit.triple.id for hit in hits if (hit.similarity or 0) > 0.99]
    shuffled = random.Random(1).sample(range(1000), 1000)
    again = await triples.assert_many(tenant, items=[items[n] for n in shuffled], user_id=ada)
    assert [(each.id, each.version) for each in again] == [(made[n].id, 1) for n in shuffled]
    # Of those that are the same the last counts.
    twice = [
        NewTriple(subject="x", predicate="y", object="z", confidence=0.1, embedding=vector(1)),
        NewTriple(subject="a", predicate="b", object="c", embedding=vector(3)),
        NewTriple(subject=" X", predicate="Y", object="Z", confidence=0.2, embedding=vector(2)),
    ]
    first, other, last = await triples.assert_many(tenant, items=twice)
    assert (first, first.confidence, first.version) == (last, 0.2, 1)
    assert first.id != other.id
    nearest = [(await triples.search(tenant, embedding=vector(n)))[0].triple.id for n in (2, 3)]
    assert nearest == [first.id, other.id]
    with pytest.raises(InvalidInput, match="subject must have 1 to 512 characters and not be only white space"):
        await triples.assert_many(
            tenant,
            items=[NewTriple(subject="new", predicate="p", object="o"), NewTriple(subject=" ", predicate="p", object="o")],
        )
    with pytest.raises(InvalidInput, match="items must be at most 1000 at a time"):
        await triples.assert_many(tenant, items=itertools.repeat(items[0]))
    nonsense: Any
    for nonsense in (["x"], 7, "x"):
        with pytest.raises(InvalidInput, match="items must be NewTriple objects"):
            await triples.assert_many(tenant, items=nonsense)
    assert fetch(dsn, "SELECT count(*) FROM memdb.triples") == [(1002,)]


async def test_batches_with_triples_in_common_do_not_deadlock(tenant: Tenant, dsn: str) -> None:
    items = [NewTriple(subject=f"s{n}", predicate="p", object="o", metadata={"n": n}) for n in range(60)]
    batches = [random.Random(seed).sample(items, 60) for seed in range(8)]
    made = await asyncio.gather(*[triples.assert_many(tenant, items=batch) for batch in batches])
    for batch, each in zip(batches, made, strict=True):
        assert [one.subject for one in each] == [item.subject for item in batch]
    assert fetch(dsn, "SELECT count(*), max(version) FROM memdb.triples") == [(60, 1)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"subject": ""}, "subject must have 1 to 512 characters"),
        ({"subject": "x" * 513}, "subject must have 1 to 512"),
        ({"subject": " \t"}, "subject must have 1 to 512 characters and not be only white space"),
        ({"subject": None}, "subject must be a str"),
        ({"predicate": "x" * 257}, "predicate must have 1 to 256"),
        ({"predicate": " "}, "predicate must have 1 to 256 characters and not be only white space"),
        ({"object": "x" * 8193}, "object must have 1 to 8192"),
        ({"object": "\n"}, "object must have 1 to 8192 characters and not be only white space"),
        ({"object": "a\0"}, "object must not contain NUL"),
        ({"object": 7}, "object must be a str"),
        ({"confidence": 1.01}, "confidence must be between 0 and 1"),
        ({"confidence": float("nan")}, "confidence must be between 0 and 1"),
        ({"source": ""}, "source must have 1 to 512"),
        ({"source": "x" * 513}, "source must have 1 to 512"),
        ({"metadata": []}, "metadata must be a JSON object"),
        ({"metadata": {"k": "x" * 9000}}, "metadata must be a JSON object of at most 8192 bytes"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
        ({"user_id": "x"}, "user_id must be a uuid.UUID"),
    ],
    ids=[f"wrong{n}" for n in range(18)],
)
async def test_wrong_input(fields: dict[str, Any], message: str, tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match=message):
        await triples.assert_(tenant, **{"subject": "s", "predicate": "p", "object": "o", **fields})
    assert await triples.page(tenant) == []


async def test_metadata_has_its_limit_together_with_what_is_there(tenant: Tenant) -> None:
    made = await _say(tenant, "s/p/o", metadata={"a": "x" * 5000})
    with pytest.raises(InvalidInput, match="metadata must be a JSON object of at most 8192 bytes"):
        await _say(tenant, "s/p/o", metadata={"b": "x" * 5000})
    assert await triples.get(tenant, id=made.id) == made


async def test_unknown_keys_and_other_tenants(db: Database, tenant: Tenant, ada: uuid.UUID, rival: Home, dsn: str) -> None:
    made = await _say(tenant, "Ada/likes/tea", ada, embedding=vector(1))
    own = await _say(tenant, "Oslo/is in/Norway", embedding=vector(1))
    on = rival.tenant
    for user_id in (ada, uuid.uuid4()):
        with pytest.raises(NotFound, match="no such user"):
            await _say(on, "s/p/o", user_id)
    with pytest.raises(NotFound, match="no such organization"):
        await _say(db.tenant(uuid.uuid4()), "s/p/o")
    strange = uuid.UUID(int=5)
    execute(dsn, f"INSERT INTO memdb.organizations (id, slug, name) VALUES ('{strange}', 'strange', 'x')")
    await users.create(db.tenant(strange), email="x@example.com", id=strange)
    with pytest.raises(InvalidInput, match="user_id must not be the organization's id"):
        await _say(db.tenant(strange), "s/p/o", strange)
    for owner in (ada, None):
        assert await triples.page(on, user_id=owner) == await triples.page(on, user_id=owner, subject="Ada") == []
        assert await triples.search(on, user_id=owner, text="tea", embedding=vector(1), with_tenant=True) == []
        assert await triples.clear(on, user_id=owner, everything=True) == 0
        assert [line async for line in triples.export_jsonl(on, user_id=owner)] == []
    assert await triples.unembedded(on) == []
    for each in (made, own):
        assert await triples.get(on, id=each.id) is None
        assert await triples.embed(on, id=each.id, version=1, embedding=vector(2)) is False
        for call in (triples.delete(on, id=each.id), triples.restore(on, id=each.id)):
            with pytest.raises(NotFound):
                await call
        assert await triples.get(tenant, id=each.id) == each
    assert (await _say(on, "Oslo/is in/Norway")).id != own.id


async def test_pages(tenant: Tenant, ada: uuid.UUID) -> None:
    made = [await _say(tenant, f"s{n % 2}/p{n % 3}/o{n % 4}", ada, metadata={"n": n}) for n in range(12)]
    shared = await _say(tenant, "s0/p0/o0")
    await triples.delete(tenant, id=made[8].id)
    left = [each for each in made if each != made[8]]

    async def numbers(**filters: Any) -> list[int]:
        return [each.metadata["n"] for each in await triples.page(tenant, user_id=ada, **filters)]

    def expected(**parts: str) -> list[int]:
        matching = [each for each in left if all(getattr(each, part) == value for part, value in parts.items())]
        return [each.metadata["n"] for each in reversed(matching)]

    every: list[dict[str, str]] = [
        {part: value for part, value in zip(("subject", "predicate", "object"), chosen, strict=True) if value}
        for chosen in itertools.product((None, "s0", "s1"), (None, "p0", "p2"), (None, "o1", "o3"))  # type: ignore[misc]
    ]
    for parts in every:
        assert await numbers(**parts) == expected(**parts)
        assert await numbers(**{part: f" {value.upper()}" for part, value in parts.items()}) == expected(**parts)
        walked: list[int] = []
        before = None
        while page := await triples.page(tenant, user_id=ada, before=before, limit=2, **parts):  # type: ignore[arg-type]
            walked += [each.metadata["n"] for each in page]
            before = page[-1].id
        assert walked == expected(**parts)
    assert await numbers(subject="nobody") == await numbers(object="s0") == []
    assert await triples.page(tenant) == await triples.page(tenant, predicate="p0") == [shared]
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"limit": 0}, "limit must be between 1 and 1000"),
        ({"subject": 7}, "subject must be a str"),
        ({"predicate": ""}, "predicate must have 1 to 256"),
        ({"before": "x"}, "before must be a uuid.UUID"),
    ]
    for filters, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await triples.page(tenant, **filters)


async def test_deleting(tenant: Tenant, ada: uuid.UUID) -> None:
    made = await _say(tenant, "Ada/likes/tea", ada)
    with pytest.raises(VersionConflict):
        await triples.delete(tenant, id=made.id, expected_version=2)
    assert await triples.delete(tenant, id=made.id, expected_version=1) == 2
    assert await triples.get(tenant, id=made.id) is None
    assert await triples.page(tenant, user_id=ada) == []
    with pytest.raises(NotFound, match=f"no such triple: {made.id}"):
        await triples.delete(tenant, id=made.id)
    with pytest.raises(VersionConflict):
        await triples.restore(tenant, id=made.id, expected_version=1)
    assert (await triples.restore(tenant, id=made.id, expected_version=2)).version == 3
    with pytest.raises(NotFound, match="deleted triple"):
        await triples.restore(tenant, id=made.id)
    for said in ("Ada/likes/rum", "Ada/hates/tea", "Bob/likes/tea"):
        await _say(tenant, said, ada)
    shared = await _say(tenant, "Ada/likes/tea")
    with pytest.raises(InvalidInput, match="subject or predicate, or object, must be given, or everything=True"):
        await triples.clear(tenant, user_id=ada)
    assert await triples.clear(tenant, user_id=ada, subject=" ADA", predicate="likes") == 2
    assert _said(await triples.page(tenant, user_id=ada)) == ["Bob/likes/tea", "Ada/hates/tea"]
    assert await triples.clear(tenant, user_id=ada, object="tea", predicate="loves") == 0
    assert await triples.clear(tenant, user_id=ada, object="tea", predicate="hates") == 1
    assert await triples.clear(tenant, user_id=ada, everything=True) == 1
    assert await triples.page(tenant, user_id=ada) == []
    assert await triples.page(tenant) == [shared]


async def test_background_embedding(tenant: Tenant, ada: uuid.UUID) -> None:
    made = [
        await _say(tenant, f"s/p/{n}", ada if n % 2 else None, embedding=vector(n) if n == 2 else None, metadata={"n": n}) for n in range(5)
    ]
    await triples.delete(tenant, id=made[4].id)
    waiting = [made[0], made[1], made[3]]
    assert await triples.unembedded(tenant) == waiting
    assert await triples.unembedded(tenant, after=made[0].id, limit=1) == [made[1]]
    changed = await _say(tenant, "s/p/0", confidence=0.5)
    assert await triples.embed(tenant, id=made[0].id, version=1, embedding=vector(9)) is False
    assert await triples.embed(tenant, id=made[4].id, version=2, embedding=vector(9)) is False
    batch = [{"id": each.id, "version": each.version, "embedding": vector(9)} for each in (changed, made[1], made[3])]
    assert await triples.embed.many(tenant, batch) == [True, True, True]
    assert await triples.unembedded(tenant) == []
    embedded = await triples.get(tenant, id=changed.id)
    assert embedded is not None
    assert (embedded.embedded, embedded.version) == (True, 2)


async def test_embeddings_of_a_second_space(db: Database, tenant: Tenant, dsn: str) -> None:
    made = await _say(tenant, "s/p/o", embedding=vector(1))
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.create(owner.admin(), dimension=384, model="new")
    async with memdb.connect(dsn, embedding_model="new") as new:
        assert await triples.search(new.tenant(tenant.org_id), embedding=vector(1)) == []
        assert await triples.embed(new.tenant(tenant.org_id), id=made.id, version=1, embedding=vector(2))
        assert (await triples.search(new.tenant(tenant.org_id), embedding=vector(2)))[0].similarity == pytest.approx(1, abs=1e-3)
    assert (await triples.search(tenant, embedding=vector(1)))[0].similarity == pytest.approx(1, abs=1e-3)
    async with memdb.connect(dsn, admin_role=None) as owner:
        await spaces.drop(owner.admin(), number=2)
    assert fetch(dsn, "SELECT space FROM memdb.triple_embeddings") == [(1,)]


async def test_searching_by_both(tenant: Tenant, ada: uuid.UUID) -> None:
    near = (vector(1) + 0.1 * vector(2)).astype(np.float32)
    tea = await _say(tenant, "Ada/drinks/green tea", ada, embedding=vector(1))
    coffee = await _say(tenant, "Bob/roasts/coffee", ada, embedding=near)
    plain = await _say(tenant, "Nobody/wants/teas", ada)
    far = await _say(tenant, "weather/is/fine", ada, embedding=-vector(1))
    job = await _say(tenant, "Eve/worksAt/snake_case.org", ada)
    shared = await _say(tenant, "tea/comes from/China", embedding=vector(1))
    gone = await _say(tenant, "Ada/spilt/tea", ada, embedding=vector(1))
    await triples.delete(tenant, id=gone.id)

    async def found(**asked: Any) -> list[uuid.UUID]:
        return [hit.triple.id for hit in await triples.search(tenant, **({"user_id": ada} | asked))]

    assert await found(embedding=vector(1)) == [tea.id, coffee.id, far.id]
    assert await found(text="  ", embedding=vector(1)) == [tea.id, coffee.id, far.id]
    assert await found(text="teas") == [plain.id, tea.id]
    assert await found(text="ADA") == [tea.id]
    assert await found(text="snake_case.org") == await found(text="works") == [job.id]
    assert await found(text="tea", user_id=None) == [shared.id]
    assert set(await found(text="tea", with_tenant=True)) == {tea.id, plain.id, shared.id}
    assert await found(text="tea", user_id=None, with_tenant=True) == [shared.id]
    hits = await triples.search(tenant, user_id=ada, text="tea", embedding=vector(1))
    assert {hit.triple.id for hit in hits} == {tea.id, coffee.id, plain.id, far.id}
    assert hits[0].triple == tea
    by_id = {hit.triple.id: hit for hit in hits}
    similarities = [hit.similarity for hit in hits if hit.similarity is not None]
    most = max(hit.text_score or 0 for hit in hits)
    for hit in hits:
        vector_part = 0.0 if hit.similarity is None else (hit.similarity - min(similarities)) / (max(similarities) - min(similarities))
        assert hit.score == pytest.approx(vector_part + (hit.text_score or 0) / most)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert by_id[plain.id].similarity is by_id[coffee.id].text_score is None
    assert [len(await found(text="tea", embedding=vector(1), limit=limit)) for limit in (1, 3, 4, 9)] == [1, 3, 4, 4]
    assert await found(text='"green tea"') == [tea.id]
    assert await found(text="tea -green") == [plain.id]
    assert await found(text="zebra") == await found(text="the") == await found(text="tea", user_id=uuid.uuid4()) == []


async def test_a_blank_question_brings_the_first_ones(tenant: Tenant, ada: uuid.UUID) -> None:
    made = [await _say(tenant, f"s/p/{n}", ada if n % 2 == 0 else None) for n in range(8)]
    await triples.delete(tenant, id=made[2].id)
    theirs = [made[0], made[4], made[6]]
    for text in ("", " \n"):
        hits = await triples.search(tenant, user_id=ada, text=text)
        assert [hit.triple for hit in hits] == theirs
        assert {(hit.score, hit.similarity, hit.text_score) for hit in hits} == {(0.0, None, None)}
        assert [hit.triple for hit in await triples.search(tenant, user_id=ada, text=text, limit=2)] == theirs[:2]
        both = await triples.search(tenant, user_id=ada, text=text, with_tenant=True, limit=4)
        assert [hit.triple for hit in both] == [made[0], made[1], made[3], made[4]]
        own = await triples.search(tenant, text=text, with_tenant=True)
        assert [hit.triple for hit in own] == [made[1], made[3], made[5], made[7]]


async def test_equals_in_a_search_are_in_a_stable_order(tenant: Tenant) -> None:
    items = [NewTriple(subject="the same", predicate="words", object=f"o{n}", embedding=vector(1)) for n in range(30)]
    made = await triples.assert_many(tenant, items=items)
    newest_first = sorted([each.id for each in made], reverse=True)
    for asked in ({"text": "words"}, {"embedding": vector(2)}, {"text": "words", "embedding": vector(2)}):
        for limit in (1, 7, 30, 100):
            hits = await triples.search(tenant, limit=limit, **asked)  # type: ignore[arg-type]
            assert [hit.triple.id for hit in hits] == newest_first[:limit]


async def test_wrong_searches(tenant: Tenant) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "text or embedding must be given"),
        ({"embedding": np.zeros(384)}, "embedding must not be the zero vector"),
        ({"embedding": [1.0]}, "embedding must have 384 dimensions"),
        ({"text": 7}, "text must be a str"),
        ({"text": "x", "limit": 0}, "limit must be between 1 and 1000"),
        ({"text": "", "limit": 0}, "limit must be between 1 and 1000"),
        ({"text": "x", "user_id": "y"}, "user_id must be a uuid.UUID"),
        ({"text": "x", "with_tenant": 1}, "with_tenant must be a bool"),
    ]
    for asked, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            await triples.search(tenant, **asked)


async def _lines(tenant: Tenant, user_id: uuid.UUID | None = None) -> list[str]:
    return [line async for line in triples.export_jsonl(tenant, user_id=user_id)]


async def test_there_and_back(tenant: Tenant, ada: uuid.UUID, rival: Home) -> None:
    await _say(tenant, "Ada/likes/green tea", ada)
    await _say(tenant, 'A "quoted"/说\n/ünï', ada, confidence=0.5, source="chat", metadata={"k": [1, None]}, embedding=vector(1))
    await triples.delete(tenant, id=(await _say(tenant, "gone/is/gone", ada)).id)
    await _say(tenant, "shared/is/shared")
    lines = await _lines(tenant, ada)
    assert [json.loads(line) for line in lines] == [
        {"subject": "Ada", "predicate": "likes", "object": "green tea"},
        {
            "subject": 'A "quoted"',
            "predicate": "说\n",
            "object": "ünï",
            "confidence": 0.5,
            "source": "chat",
            "metadata": {"k": [1, None]},
        },
    ]
    assert not any("\n" in line for line in lines)
    assert await triples.import_jsonl(rival.tenant, lines=lines) == 2
    assert await _lines(rival.tenant) == lines
    # Again, from bytes with line breaks and blank lines; and one by one, as they come.
    assert await triples.import_jsonl(rival.tenant, lines=[b"\n", *[line.encode() + b"\r\n" for line in lines], b"  \n"]) == 2

    async def coming() -> AsyncIterator[str]:
        for line in lines:
            yield line

    assert await triples.import_jsonl(rival.tenant, lines=coming()) == 2
    assert await triples.import_json(rival.tenant, text=await triples.export_json(tenant, user_id=ada)) == 2
    assert await _lines(rival.tenant) == lines
    assert {each.version for each in await triples.page(rival.tenant)} == {1}
    assert json.loads(await triples.export_json(rival.tenant, user_id=None)) == [json.loads(line) for line in lines]
    assert json.loads(await triples.export_json(tenant, user_id=uuid.uuid4())) == []
    # What another system wrote.
    assert await triples.import_jsonl(tenant, lines=['{"subject": "x", "predicate": "y", "object": "z", "confidence": 1}']) == 1
    assert (await triples.page(tenant, subject="x"))[0].confidence == 1.0


async def test_many_lines_go_in_batches(tenant: Tenant, dsn: str) -> None:
    lines = [json.dumps({"subject": f"s{n}", "predicate": "p", "object": "o"}) for n in range(2300)]

    def breaking_off() -> Any:
        yield from lines[:1700]
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError):
        await triples.import_jsonl(tenant, lines=breaking_off())
    assert fetch(dsn, "SELECT count(*) FROM memdb.triples") == [(1500,)]
    assert await triples.import_jsonl(tenant, lines=lines) == 2300
    assert fetch(dsn, "SELECT count(*), max(version) FROM memdb.triples") == [(2300, 1)]
    assert [json.loads(line) for line in await _lines(tenant)] == [json.loads(line) for line in lines]


def _subjects(dsn: str) -> list[str]:
    return [str(row[0]) for row in fetch(dsn, "SELECT subject FROM memdb.triples ORDER BY id")]


_GOOD = '{"subject": "s%d", "predicate": "p", "object": "o"}'
_BAD = [
    ("{", "truncated"),
    ("[]", "Expected `object`, got `array`"),
    (b"\xff", "utf-8|malformed"),
    ('{"subject": "s", "predicate": "p"}', "missing required field `object`"),
    ('{"subject": "s", "predicate": "p", "object": 7}', r"Expected `str`, got `int` - at `\$.object`"),
    ('{"subject": "s", "predicate": "p", "object": "o", "when": 1}', "unknown field `when`"),
    ('{"subject": "", "predicate": "p", "object": "o"}', "subject must have 1 to 512"),
    ('{"subject": "s", "predicate": " ", "object": "o"}', "predicate must have 1 to 256 characters and not be only white space"),
    ('{"subject": "s", "predicate": "p", "object": "\\u0000"}', "object must not contain NUL"),
    ('{"subject": "s", "predicate": "p", "object": "o", "confidence": 2}', "confidence must be between 0 and 1"),
    ('{"subject": "s", "predicate": "p", "object": "o", "metadata": {"k": "%s"}}' % ("x" * 9000), "metadata must be a JSON object of at"),
]


async def test_bad_lines_are_told_by_number(tenant: Tenant, dsn: str) -> None:
    for bad, reason in _BAD:
        execute(dsn, "TRUNCATE memdb.triples, memdb.triple_embeddings")
        lines = [_GOOD % 1, "", _GOOD % 2, bad, _GOOD % 3]
        with pytest.raises(InvalidInput, match=f"line 4 is refused: .*({reason})") as raised:
            await triples.import_jsonl(tenant, lines=lines)
        assert raised.value.field == "line 4"
        assert _subjects(dsn) == ["s1", "s2"]
    refused: list[BadLine] = []
    lines = list(itertools.chain.from_iterable((_GOOD % n, bad) for n, (bad, _) in enumerate(_BAD)))
    assert await triples.import_jsonl(tenant, lines=lines, on_bad=refused.append) == len(_BAD)
    assert sorted(each.number for each in refused) == list(range(2, 2 * len(_BAD) + 1, 2))
    assert len(await triples.page(tenant)) == len(_BAD)


async def test_a_bad_line_leaves_a_transaction_usable(tenant: Tenant) -> None:
    bad = _BAD[7][0]
    async with tenant.transaction() as tx:
        with pytest.raises(InvalidInput, match="line 2"):
            await triples.import_jsonl(tx, lines=[_GOOD % 1, bad])
        assert await triples.import_jsonl(tx, lines=[_GOOD % 1, bad, _GOOD % 2], on_bad=lambda line: None) == 2
    assert len(await triples.page(tenant)) == 2


async def test_what_is_no_file_of_triples(tenant: Tenant, ada: uuid.UUID) -> None:
    nonsense: Any
    for nonsense in ("{}", b"{}", 7, None):
        with pytest.raises(InvalidInput, match="lines must be an iterable of lines"):
            await triples.import_jsonl(tenant, lines=nonsense)
    for nonsense in ("", "{}", "7", b"\xff"):
        with pytest.raises(InvalidInput, match="text must be a JSON array"):
            await triples.import_json(tenant, text=nonsense)
    with pytest.raises(InvalidInput, match="item 2 is refused"):
        await triples.import_json(tenant, text=f"[{_GOOD % 1}, {{}}]")
    with pytest.raises(InvalidInput, match=r"user_id must be a uuid\.UUID"):
        nonsense = "x"
        await triples.import_jsonl(tenant, lines=[_GOOD % 1], user_id=nonsense)
    with pytest.raises(NotFound, match="no such user"):
        await triples.import_jsonl(tenant, lines=[_GOOD % 1], user_id=uuid.uuid4())


async def test_a_suspended_tenant_takes_no_triples(db: Database, tenant: Tenant) -> None:
    made, gone = [await _say(tenant, f"s/p/{n}") for n in range(2)]
    await triples.delete(tenant, id=gone.id)
    await organizations.update(db.admin(tenant.org_id), status="suspended")
    calls: list[Any] = [
        _say(tenant, "s/p/0"),
        _say(tenant, "s/p/new"),
        triples.delete(tenant, id=made.id),
        triples.restore(tenant, id=gone.id),
        triples.clear(tenant, everything=True),
        triples.embed(tenant, id=made.id, version=1, embedding=vector(1)),
        triples.import_jsonl(tenant, lines=[_GOOD % 1]),
    ]
    for call in calls:
        with pytest.raises(WritesRefused, match="the organization is suspended"):
            await call
    assert await triples.page(tenant) == [made]


async def test_the_service_can_change_only_what_changes(tenant: Tenant) -> None:
    await _say(tenant, "s/p/o", embedding=vector(1))
    connection = await tenant._pool.acquire(5)
    for statement in (
        "UPDATE memdb.triples SET subject = 'x'",
        "UPDATE memdb.triples SET user_id = NULL",
        "UPDATE memdb.triple_embeddings SET triple_id = triple_id",
        "UPDATE memdb.triple_embeddings_1 SET embedding = NULL",
        "DELETE FROM memdb.triples",
        "DELETE FROM memdb.triple_embeddings",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await connection.execute(statement)
    tenant._pool.give(connection)


async def test_triples_go_with_their_user_and_when_they_are_purged(db: Database, tenant: Tenant, ada: uuid.UUID, dsn: str) -> None:
    admin = db.admin(tenant.org_id)
    eve = (await users.create(tenant, email="eve@example.com")).id
    items = [NewTriple(subject="s", predicate="p", object=f"o{n}", embedding=vector(1)) for n in range(1000)]
    await triples.assert_many(tenant, items=items, user_id=ada)
    await triples.assert_many(tenant, items=[NewTriple(subject="t", predicate="p", object=f"o{n}") for n in range(200)], user_id=ada)
    await triples.clear(tenant, user_id=ada, object="o1")
    shared, theirs = await _say(tenant, "s/p/o"), await _say(tenant, "s/p/o", eve)
    counted = await retention.erase_user(admin, user_id=ada, dry_run=True)
    assert (counted["triples"], counted["triple_embeddings"]) == (1200, 1000)
    steps: list[int] = []
    assert await retention.erase_user(admin, user_id=ada, progress=steps.append) == counted
    assert len(steps) == 2
    assert [await triples.get(tenant, id=each.id) for each in (shared, theirs)] == [shared, theirs]

    for each in (shared, theirs):
        await triples.delete(tenant, id=each.id)
    live = await _say(tenant, "live/is/live", eve)
    execute(dsn, "UPDATE memdb.triples SET deleted_at = now() - interval '1 year' WHERE deleted_at IS NOT NULL")
    await retention.hold(admin, name="case", user_id=eve)
    purged = await retention.purge(admin, deleted_before=datetime.now(UTC) - timedelta(days=30))
    assert (purged.rows, purged.holds) == ({"triples": 1}, ["case"])
    await retention.release_hold(admin, name="case")
    assert (await retention.purge(admin, deleted_before=datetime.now(UTC) - timedelta(days=30))).rows == {"triples": 1}
    assert fetch(dsn, "SELECT id FROM memdb.triples") == [(live.id,)]
