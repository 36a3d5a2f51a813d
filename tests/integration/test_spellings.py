"""The same words however they are written: accents, hyphens, signs, characters that are not to be seen; and phrases of stop words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import pytest

import memdb
from memdb import (
    agents,
    entities,
    events,
    facts,
    indexes,
    insights,
    intentions,
    memories,
    messages,
    observations,
    organizations,
    sessions,
    triples,
    users,
)
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.memories import NewMemory
from tests.conftest import Home
from tests.server import Databases, down_to, execute, fetch, up_to

Way = Literal["exact", "indexed"]


class Written(NamedTuple):
    """What is stored, what finds it, and what does not: as words, in a phrase, and as what an exclusion leaves out."""

    content: str
    finds: tuple[str, ...]
    misses: tuple[str, ...] = ()


ENGLISH = (
    Written("a café of the old kind", ("cafe", "café", "CAFÉ", "cafe\u0301", "cafés", "cafes"), ("cave",)),
    Written("a plain cafe", ("cafe", "café", "Cafés")),
    Written("her résumé", ("resume", "résumé", "resumes")),
    Written("Łódź and Tromsø", ("lodz", "Łódź", "tromso", "Tromsø")),
    Written("ęŋ naïve Ærø", ("naive", "aero", "Ærø")),
    Written("die Straße", ("strasse", "STRASSE", "Straße", "straße")),
    Written("eine Strasse", ("Straße", "strasse")),
    Written("covid-19 came", ("covid19", "COVID-19", "covid 19", "covid\u201119"), ("covid20", "19covid")),
    Written("covid19 went", ("covid19", "COVID-19", "covid\u201119", "covid\u00ad19"), ("covid-20", "covid-1")),
    Written("a 3-D print", ("3D", "3-D"), ("4d",)),
    Written("a 3D film", ("3D", "3-D"), ("D3",)),
    Written("it was -5 outside", ("5", "-5", "+5", "\u22125"), ("-55",)),
    Written("it was 7 inside", ("7", "-7"), ("-77",)),
    Written("call +49", ("49", "+49")),
    Written(
        "zero\u200bwidth so\u00adft\u00ad \ufeffmarked na\u200dme_of",
        ("zerowidth", "zero\u200dwidth", "soft", "marked", "name_of"),
        ("zero",),
    ),
    Written("un\u200bbroken getUser\u200bName", ("unbroken", "unbro\u00adken", "user")),
)
GERMAN = (
    Written("viele Häuser am Fluß", ("Haus", "hauser", "HÄUSERN", "fluss", "Fluß")),
    Written("die Straßen sind leer", ("strasse", "Straße", "strassen")),
    Written("ein Café in Köln", ("cafe", "Café", "koln", "Cafés")),
    Written("Bücher von Böll", ("bucher", "Buch", "boll", "Böll")),
    Written("der Covid-19-Test und Covid19", ("covid19", "covid-19")),
)
FRENCH = (
    Written("les élèves ont mangé", ("eleve", "élève", "mangées", "mange")),
    Written("les eleves du college", ("élève", "collège")),
)
PHRASES = {
    # What is there as it is, in quotes; what is not.
    "english": (
        Written(
            "We saw The Who live in Leeds",
            ('"The Who"', '"the who"', '"the who live"', '"saw the who"', "The Who", '"The Who" opera'),
            ('"a who"', '"who the"', '"the bands live"', "who", "the"),
        ),
        Written("those who know the song", ('"those who"', "who know"), ('"the who"', "The Who")),
        Written("AT&T raised its prices", ("AT&T", '"AT&T"', "at&t", '"AT & T"'), ("A&T", '"T&T"')),
        Written("we met at the gate", (), ("AT&T", '"AT&T"', "AT")),
        Written("she works in IT now", ("IT", '"IT"', '"it"', '"works in it"'), ("it",)),
        Written("because it rains", ('"it"', '"it rains"'), ("IT", '"IT"', "it")),
        Written("To be or not to be", ('"to be or not to be"', "to be or not to be"), ('"be to or"', "to be and not to be")),
    ),
    "german": (
        Written("Sie liest DIE ZEIT", ('"Die Zeit"', "DIE", '"DIE"', '"sie liest"'), ("die", '"Das Zeit"')),
        Written("das ist für uns", ('"für uns"', '"fur uns"', '"das ist"', "das ist"), ('"uns für"', "für")),
        Written("die Zeit der Ernte", ('"die Zeit"', '"Zeit der"'), ("DIE", '"DIE"', '"Das Zeit"')),
    ),
}


@pytest.fixture(scope="module")
def spelled_dsn(databases: Databases) -> Iterator[str]:
    with databases.migrated() as made:
        yield made


async def _settle(db: Database, language: organizations.Language) -> Home:
    organization = await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="x", language=language)
    tenant = db.tenant(organization.id)
    return Home(tenant, await agents.create(tenant, slug="helper", name="Helper"))


async def _wrong(home: Home, written: tuple[Written, ...], way: Way) -> list[tuple[str, str]]:
    """What is found that should not be, and the other way round, by (content, question)."""
    wrong = []

    async def found(text: str) -> set[str]:
        hits = await memories.search(home.tenant, agent_id=home.agent.id, text=text, limit=100, strategy=way)
        return {hit.memory.content for hit in hits}

    for content, finds, misses in written:
        wrong += [(content, text) for text in finds if content not in await found(text)]
        wrong += [(content, text) for text in misses if content in await found(text)]
    return wrong


def _as_phrases(written: tuple[Written, ...]) -> tuple[Written, ...]:
    """The same words as required phrases, and excluded: a minus leaves out exactly what the word finds."""
    return tuple(
        Written(
            f"oak {content}",
            tuple(f'"{text}"' for text in finds) + tuple(f'oak -"{text}"' for text in misses),
            tuple(f'"{text}"' for text in misses)
            + tuple(f'oak -"{text}"' for text in finds)
            + tuple(f"oak -{text}" for text in finds if not text[0].isdigit() and " " not in text and text[0].isalpha()),
        )
        for content, finds, misses in written
    )


@pytest.mark.parametrize("way", ["exact", "indexed"])
async def test_words_phrases_and_exclusions_however_they_are_written(spelled_dsn: str, way: Way) -> None:
    observed = datetime(1987, 11, 30, tzinfo=UTC)  # Also found by its numbers, none of which is in the texts.
    async with memdb.connect(spelled_dsn, admin_role=None, timeout=60.0) as owning:
        await indexes.build(owning.admin())
    async with memdb.connect(spelled_dsn, timeout=20.0) as db:
        for language, written in (("english", ENGLISH), ("german", GERMAN), ("french", FRENCH)):
            home = await _settle(db, language)
            phrases = _as_phrases(written)
            both = (*written, *phrases, *PHRASES.get(language, ()))
            items = [NewMemory(content=each.content, observed_at=observed) for each in both]
            await memories.add_many(home.tenant, agent_id=home.agent.id, items=items)
            assert await _wrong(home, both, way) == [], language


SIBLINGS = [
    ("The café of old", "cafe", '"the cafe"', "tea"),
    ("A cafe of today", "Café", '"cafe of today"', '"the cafe of today"'),
    ("covid19 came", "covid-19", '"covid-19 came"', "covid-20"),
    ("covid-19 went", "covid19", '"covid19 went"', "covid190"),
    ("Straße nach -5", "strasse", '"5"', "-55"),
    ("We saw The Who", "The Who", '"the who"', '"who the"'),
    ("So\u00adft\u200bware of IT", "software", '"IT"', '"IT of"'),
]


@pytest.mark.parametrize("area", ["messages", "observations", "events", "entities", "facts", "insights", "intentions", "triples"])
async def test_every_area_reads_words_alike(tenant: Tenant, agent: Agent, area: str) -> None:
    session = (await sessions.start(tenant, agent_id=agent.id)).session.id
    about = (await entities.see(tenant, agent_id=agent.id, type="thing", name="Thing")).id
    user = (await users.create(tenant, email="ada@example.org", name="Ada")).id
    of_agent = {"agent_id": agent.id}

    async def say(text: str) -> None:
        match area:
            case "messages":
                await messages.append(tenant, session_id=session, role="user", content=text)
            case "observations":
                await observations.add(tenant, content=text, **of_agent)
            case "events":
                await events.add(tenant, content=text, **of_agent)
            case "entities":
                await entities.see(tenant, type="thing", name=text, **of_agent)
            case "facts":
                await facts.assert_(tenant, entity_id=about, content=text, **of_agent)
            case "insights":
                await insights.add(tenant, title="x", content=text, **of_agent)
            case "intentions":
                await intentions.add(tenant, trigger="event", action="x", condition=text, **of_agent)
            case _:
                await triples.assert_(tenant, user_id=user, subject="x", predicate="y", object=text)

    async def found(text: str) -> set[str | None]:
        match area:
            case "messages":
                return {hit.message.text for hit in await messages.search(tenant, text=text) if hit.text}
            case "observations":
                return {hit.observation.content for hit in await observations.search(tenant, text=text, **of_agent)}
            case "events":
                return {hit.event.content for hit in await events.search(tenant, text=text, **of_agent)}
            case "entities":
                return {hit.entity.name for hit in await entities.search(tenant, text=text, **of_agent)}
            case "facts":
                return {hit.fact.content for hit in await facts.retrieve(tenant, text=text, names=False, **of_agent)}
            case "insights":
                return {hit.insight.content for hit in await insights.search(tenant, text=text, **of_agent)}
            case "intentions":
                return {hit.intention.condition for hit in await intentions.matching(tenant, text=text, **of_agent)}
            case _:
                return {hit.triple.object for hit in await triples.search(tenant, user_id=user, text=text)}

    for content, *_ in SIBLINGS:
        await say(content)
    wrong = []
    for content, word, phrase, miss in SIBLINGS:
        wrong += [(content, text) for text in (word, phrase) if content not in await found(text)]
        wrong += [(content, text) for text in (miss, f"{word} -{phrase}") if content in await found(text)]
    assert wrong == []


async def test_a_question_with_accents_prefers_texts_with_them(tenant: Tenant, agent: Agent) -> None:
    for content in ("a résumé", "to resume"):
        await memories.add(tenant, agent_id=agent.id, content=content)

    async def scores(text: str) -> dict[str, float]:
        return {hit.memory.content: hit.score for hit in await memories.search(tenant, agent_id=agent.id, text=text)}

    with_accents, without = await scores("résumé"), await scores("resume")
    assert with_accents["a résumé"] > with_accents["to resume"] > 0
    assert without.keys() == with_accents.keys()


async def test_months_are_found_without_their_accents(db: Database) -> None:
    home = await _settle(db, "french")
    await memories.add(home.tenant, agent_id=home.agent.id, content="neige", observed_at=datetime(2024, 2, 3, tzinfo=UTC))
    for text in ("fevrier", "Février", "FÉVRIER 2023"):
        assert len(await memories.search(home.tenant, agent_id=home.agent.id, text=text)) == 1, text


def test_what_is_stored_before_is_read_anew_and_back(empty_dsn: str) -> None:
    up_to(empty_dsn, "0031")
    organization, agent = uuid.uuid4(), uuid.uuid4()
    execute(
        empty_dsn,
        f"INSERT INTO memdb.organizations (id, slug, name) VALUES ('{organization}', 'acme', 'x')",
        f"INSERT INTO memdb.agents (org_id, id, slug, name) VALUES ('{organization}', '{agent}', 'helper', 'x')",
        f"INSERT INTO memdb.memories (org_id, agent_id, content) VALUES ('{organization}', '{agent}', 'The Who in a café at -5')",
    )
    question = "SELECT array_agg(m.search @@ q.required ORDER BY asked) FROM memdb.memories AS m, unnest($${cafe,5}$$::text[]) AS asked"
    question += """, memdb.question('english', '"' || asked || '"') AS q"""
    stored = "SELECT search::text, version, updated_at FROM memdb.memories"
    before = fetch(empty_dsn, stored)
    assert fetch(empty_dsn, question) == [([False, False],)]
    up_to(empty_dsn, "0032")
    assert fetch(empty_dsn, question) == [([True, True],)]
    assert [row[1:] for row in fetch(empty_dsn, stored)] == [row[1:] for row in before]
    assert fetch(
        empty_dsn, "SELECT count(*) FROM pg_class WHERE relnamespace = 'memdb'::regnamespace AND relrowsecurity <> relforcerowsecurity"
    ) == [(0,)]
    down_to(empty_dsn, "0031")
    assert fetch(empty_dsn, stored) == before


def test_words_do_not_depend_on_the_locale(databases: Databases, spelled_dsn: str) -> None:
    texts = [written.content for each in (ENGLISH, GERMAN, FRENCH) for written in each]
    read = " UNION ALL ".join(f"SELECT memdb.words('german', '{text}')::text" for text in texts)
    with databases.migrated(of_ascii=True) as dsn:
        assert fetch(dsn, read) == fetch(spelled_dsn, read)
