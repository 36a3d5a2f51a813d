"""One notion of the same text, whatever its normal form, the database's locale and the server's version."""

from __future__ import annotations

import logging
import sys
import unicodedata
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import memdb
from memdb import attributes, entities, facts, memories, triples, upkeep, users
from memdb.errors import AlreadyExists
from memdb.operations.migrate import migrate
from tests.conftest import Home, settle
from tests.server import Databases, down_to, execute, fetch, up_to

# Pairs of spellings of one text.
SAME = {
    "normal form": ("Zürich", unicodedata.normalize("NFD", "Zürich")),
    "letter case": ("Die ÄPFEL", "die äpfel"),
    "Cyrillic": ("МОСКВА", "москва"),
    "Greek": ("ΑΘΉΝΑ", "αθήνα"),
    "Armenian and Georgian": ("ԵՐԵՎԱՆ ᲗᲑᲘᲚᲘᲡᲘ", "երևան თბილისი".replace("և", "եվ")),
    "no-break space": ("tea\u00a0time", "tea time"),
    "white space": (" tea \t\u2003\u2028time\u0085", "tea time"),
    "full width": ("ＡＢＣ １２３", "abc 123"),
    "soft hyphen": ("Donau\u00addampf", "Donaudampf"),
    "zero width": ("\ufeffzero\u200bwidth\u2060joined\u200d", "zerowidthjoined"),
    "capital with a mark that only the small letter has one for": ("J\u030cemima", "\u01f0emima"),
    "Kelvin": ("\u212aelvin", "kelvin"),
}


@pytest.fixture(params=["as the server has it", "C"])
def any_dsn(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A migrated database, and one whose locale knows no letters but those of ASCII."""
    with databases.migrated(of_ascii=request.param == "C") as dsn:
        yield dsn


@pytest.fixture
async def anywhere(any_dsn: str) -> AsyncIterator[Home]:
    async with memdb.connect(any_dsn, timeout=20.0) as db:
        yield await settle(db, "acme")


async def test_what_is_the_same_is_the_same_everywhere(anywhere: Home) -> None:
    tenant, agent = anywhere
    await attributes.register(tenant, key="thing", conflict_policy="supersede")
    for kind, (one, other) in SAME.items():
        first = await memories.add(tenant, agent_id=agent.id, content=one)
        assert (await memories.add(tenant, agent_id=agent.id, content=other)).id == first.id, kind
        many = await memories.add_many(tenant, agent_id=agent.id, items=[memories.NewMemory(content=each) for each in (other, one)])
        assert {each.id for each in many} == {first.id}, kind
        found = await memories.search(tenant, agent_id=agent.id, text=other)
        assert first.id in {each.memory.id for each in found}, kind

        named = [(await entities.see(tenant, agent_id=agent.id, type="thing", name=each)).id for each in (one, other)]
        assert named[0] == named[1], kind
        said = [
            await facts.assert_(tenant, agent_id=agent.id, entity_id=named[0], content="It is so.", attribute="thing", value=each)
            for each in (one, other)
        ]
        assert said[1].outcome == "confirmed", kind
        plain = [await facts.assert_(tenant, agent_id=agent.id, entity_id=named[0], content=each) for each in (one, other)]
        assert plain[1].outcome == "confirmed", kind
        about = await facts.retrieve(tenant, agent_id=agent.id, text=f"What of {other}?")
        assert any(each.hop is not None for each in about), kind
        linked = await facts.assert_(tenant, agent_id=agent.id, entity_id=named[0], content=f"x, {other}!", link_named=True)
        assert await facts.entities(tenant, id=linked.fact.id) == [named[0]], kind

        stated = [(await triples.assert_(tenant, subject=each, predicate=each, object=each)).id for each in (one, other)]
        assert stated[0] == stated[1], kind


async def test_addresses_are_the_same_everywhere(anywhere: Home) -> None:
    tenant = anywhere.tenant
    made = await users.create(tenant, email="Özil@Example.org")
    for same in ("özil@example.org", unicodedata.normalize("NFD", "ÖZIL@EXAMPLE.ORG")):
        with pytest.raises(AlreadyExists, match="email"):
            await users.create(tenant, email=same)
        found = await users.get_by_email(tenant, email=same)
        assert found is not None
        assert (found.id, found.email) == (made.id, "Özil@Example.org")


async def test_what_differs_differs_everywhere(anywhere: Home) -> None:
    tenant, agent = anywhere
    for one, other in (("Masse", "Maße"), ("resume", "résumé"), ("tea time", "teatime"), ("C", "C++"), ("5", "-5"), ("ı", "i")):
        first = await memories.add(tenant, agent_id=agent.id, content=one)
        assert (await memories.add(tenant, agent_id=agent.id, content=other)).id != first.id, (one, other)


def test_lower_case_is_that_of_unicode(any_dsn: str) -> None:
    """By Python's database: it knows fewer characters than the newest PostgreSQL, and what it knows is the same."""
    known = [chr(code) for code in range(1, sys.maxunicode + 1) if unicodedata.category(chr(code)) not in {"Cn", "Cs"} and chr(code) != "İ"]
    found: dict[Any, Any] = dict(
        fetch(any_dsn, "SELECT n, memdb.lowered(chr(n)) FROM generate_series(1, 1114111) AS n WHERE n NOT BETWEEN 55296 AND 57343")  # type: ignore[arg-type]
    )
    hidden = {each for each in known if found[ord(each)] == ""}
    assert {"\u00ad", "\u200b", "\u200d", "\ufe0f", "\ufeff"} < hidden
    assert all(unicodedata.category(each) in {"Cf", "Mn"} for each in hidden)

    def lowered(character: str) -> str:
        composed = unicodedata.normalize("NFKC", character)
        return unicodedata.normalize("NFKC", "".join(each if each == "Σ" else each.lower() for each in composed).replace("Σ", "σ"))

    assert {each: found[ord(each)] for each in known if each not in hidden and found[ord(each)] != lowered(each)} == {}
    assert fetch(any_dsn, "SELECT memdb.lowered('İ')") == [("i",)]


def _store_twice(dsn: str) -> dict[str, tuple[uuid.UUID, uuid.UUID]]:
    """Pairs of rows, the older first, that were told apart before all texts were folded alike."""
    org, agent = uuid.uuid4(), uuid.uuid4()
    pairs = {kind: (uuid.uuid4(), uuid.uuid4()) for kind in ("memory", "fact", "triple", "user", "entity")}
    home = uuid.uuid4()
    nfc, nfd = SAME["normal form"]
    execute(
        dsn,
        f"INSERT INTO memdb.organizations (id, slug, name) VALUES ('{org}', 'acme', 'Acme')",
        f"INSERT INTO memdb.agents (org_id, id, slug, name) VALUES ('{org}', '{agent}', 'helper', 'Helper')",
        f"""INSERT INTO memdb.entities (org_id, id, agent_id, type, key, name)
        VALUES ('{org}', '{home}', '{agent}', 'thing', 'thing:x', 'X')""",
    )
    for number, (text, word) in enumerate(((nfc, "ÄX"), (nfd, "äx"))):
        at = f"now() + interval '{number} s'"
        ids = {kind: pair[number] for kind, pair in pairs.items()}
        execute(
            dsn,
            f"""INSERT INTO memdb.memories (org_id, id, agent_id, content, created_at)
            VALUES ('{org}', '{ids["memory"]}', '{agent}', '{text}', {at})""",
            f"""INSERT INTO memdb.facts (org_id, id, agent_id, entity_id, content, ingested_at)
            VALUES ('{org}', '{ids["fact"]}', '{agent}', '{home}', '{text}', {at})""",
            f"""INSERT INTO memdb.triples (org_id, id, subject, predicate, object, created_at)
            VALUES ('{org}', '{ids["triple"]}', 'is', 'is', '{"so" if number else "s" + chr(0xAD) + "o"}', {at})""",
            f"""INSERT INTO memdb.users (org_id, id, email, created_at) VALUES ('{org}', '{ids["user"]}', '{text}@example.org', {at})""",
            f"""INSERT INTO memdb.entities (org_id, id, agent_id, type, key, name, created_at)
            VALUES ('{org}', '{ids["entity"]}', '{agent}', 'thing', 'thing:ze{chr(0xAD) * number}ro', '{word}', {at})""",
        )
    # Without another that is the same, a key is folded.
    execute(
        dsn,
        f"""INSERT INTO memdb.entities (org_id, agent_id, type, key, name)
        VALUES ('{org}', '{agent}', 'thing', 'thing:al{chr(0xAD)}one', 'Alone')""",
        f"""INSERT INTO memdb.entity_aliases (org_id, agent_id, entity_id, key, alias)
        SELECT org_id, agent_id, id, k.key, 'x' FROM memdb.entities, unnest('{{lo{chr(0xAD)}ne,thing:lo{chr(0xAD)}ne}}'::text[]) AS k (key)
        WHERE name = 'Alone'""",
    )
    return pairs


async def test_the_migration_merges_nothing_and_reports_what_has_become_equal(
    databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    with databases.of_ascii() as dsn:
        up_to(dsn, "0030")
        pairs = _store_twice(dsn)
        before = {
            table: fetch(dsn, f"SELECT count(*) FROM memdb.{table}") for table in ("memories", "facts", "triples", "users", "entities")
        }
        with caplog.at_level(logging.WARNING, logger="memdb.migrate"):
            migrate(dsn)
        told = [record.getMessage() for record in caplog.records]
        assert [message.partition("kind ")[2].partition(":")[0] for message in told] == ["entity", "fact", "memory", "triple", "user"]
        assert {table: fetch(dsn, f"SELECT count(*) FROM memdb.{table}") for table in before} == before
        assert fetch(dsn, "SELECT key FROM memdb.entities WHERE name = 'Alone'") == [("thing:alone",)]
        assert fetch(dsn, "SELECT key FROM memdb.entity_aliases ORDER BY 1") == [("lone",), ("thing:lone",)]

        async with memdb.connect(dsn, timeout=20.0) as db:
            org, agent = (fetch(dsn, f"SELECT id FROM memdb.{table}")[0][0] for table in ("organizations", "agents"))
            assert isinstance(org, uuid.UUID)
            assert isinstance(agent, uuid.UUID)
            tenant = db.tenant(org)
            kept = {each.kind: (each.equals, each.id) for each in await upkeep.kept_apart(tenant)}
            assert kept == pairs
            nfc, nfd = SAME["normal form"]
            # Whoever says it again means the older one.
            for text in (nfc, nfd):
                assert (await memories.add(tenant, agent_id=agent, content=text)).id == pairs["memory"][0]
                (many,) = await memories.add_many(tenant, agent_id=agent, items=[memories.NewMemory(content=text)])
                assert many.id == pairs["memory"][0]
                (fact,) = await facts.page(tenant, agent_id=agent, before=max(pairs["fact"]), limit=1)
                assert (await facts.assert_(tenant, agent_id=agent, entity_id=fact.entity_id, content=text)).outcome == "confirmed"
            # But each user is found by the address as it is written.
            for number, text in enumerate((nfc, nfd)):
                found = await users.get_by_email(tenant, email=f"{text}@example.org")
                assert found is not None
                assert found.id == pairs["user"][number]
            shouted = await users.get_by_email(tenant, email=f"{nfc.upper()}@example.org")
            assert shouted is not None
            assert shouted.id == pairs["user"][0]
            # What is written anew is a text like any other.
            with pytest.raises(AlreadyExists, match="content"):
                await memories.update(tenant, id=pairs["memory"][1], content=nfd)
            await memories.delete(tenant, id=pairs["memory"][0])
            await memories.update(tenant, id=pairs["memory"][1], content=nfd)
            assert (await memories.add(tenant, agent_id=agent, content=nfc)).id == pairs["memory"][1]
            await users.update(tenant, id=pairs["user"][1], email="other@example.org")
            assert {each.kind for each in await upkeep.kept_apart(tenant)} == {"entity", "fact", "triple"}
        down_to(dsn, "0030")
        assert fetch(dsn, "SELECT count(*) FROM memdb.facts") == before["facts"]
        migrate(dsn)


def test_what_is_worked_out_anew_is_what_is_stored(any_dsn: str) -> None:
    """`regenerate` knows each stored generated column."""
    execute(
        any_dsn,
        "INSERT INTO memdb.organizations (id, slug, name) VALUES ('00000000-0000-0000-0000-000000000001', 'acme', 'Acme')",
        """INSERT INTO memdb.users (org_id, email) VALUES ('00000000-0000-0000-0000-000000000001', 'ADA@example.org')""",
        "INSERT INTO memdb.triples (org_id, subject, predicate, object) VALUES ('00000000-0000-0000-0000-000000000001', 'A', 'B', 'C')",
        """CREATE OR REPLACE FUNCTION memdb.lowered(content text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
        RETURN 'x' || lower(content)""",
    )
    read = "SELECT subject_key, predicate_key, object_key FROM memdb.triples"
    before = fetch(any_dsn, read)
    execute(any_dsn, "CALL memdb.regenerate('memdb.users')", "CALL memdb.regenerate('memdb.triples')")
    assert fetch(any_dsn, "SELECT email_key FROM memdb.users") == [("xada@example.org",)]
    assert not {*before[0]} & {*fetch(any_dsn, read)[0]}
    assert fetch(any_dsn, "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'memdb.users'::regclass") == [(True,)]
