"""What a text is found by: inflections, scripts without spaces, identifiers, phrases and exclusions, days, languages."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from memdb import agents, archives, memories, messages, observations, organizations, sessions
from memdb.agents import Agent
from memdb.engine.database import Database, Tenant
from memdb.memories import NewMemory
from memdb.messages import NewMessage
from memdb.observations import NewObservation
from tests.conftest import Home, vector
from tests.server import Databases, fetch

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture(scope="module")
def words_dsn(databases: Databases) -> Iterator[str]:
    """A database that nothing is written to."""
    with databases.migrated() as made:
        yield made


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _answers(dsn: str, pairs: Sequence[tuple[str, str]], language: str = "english") -> list[bool]:
    """Of (content, question): whether the content has a word of the question, and what the question requires."""
    values = ", ".join(f"({n}, {_quoted(content)}, {_quoted(question)})" for n, (content, question) in enumerate(pairs))
    rows = fetch(
        dsn,
        f"""
        SELECT
            coalesce(w.words @@ (SELECT string_agg(each::text, '|')::tsquery FROM unnest(q.words) AS each), false)
            AND coalesce(w.words @@ q.required, true)
        FROM (VALUES {values}) AS pair (n, content, question),
            memdb.words('{language}', pair.content) AS w (words),
            memdb.question('{language}', pair.question) AS q
        ORDER BY pair.n
        """,
    )
    return [bool(row[0]) for row in rows]


def _wrong(dsn: str, cases: Iterable[tuple[str, str, bool]], language: str = "english") -> list[tuple[str, str, bool]]:
    """Those of (content, question, expected) that come out otherwise."""
    cases = list(cases)
    found = _answers(dsn, [case[:2] for case in cases], language)
    return [case for case, answer in zip(cases, found, strict=True) if answer is not case[2]]


async def _found(tenant: Tenant, agent: Agent, text: str) -> set[str]:
    return {hit.memory.content for hit in await memories.search(tenant, agent_id=agent.id, text=text, limit=1000, strategy="exact")}


# A memory is also found by the numbers of its date. None of these is in the texts.
OBSERVED = datetime(1987, 11, 30, tzinfo=UTC)

# What is stored, the questions that find it, and those that do not.
TABLE: list[tuple[str, list[str], list[str]]] = [
    ("She likes running in the mountains", ["runs", "RUN", "mountain", "liked", "Who ran or likes it?"], ["ran", "the", "ski"]),
    ("我喜欢喝绿茶", ["绿茶", "茶", "绿", "喝", "是绿茶吗", "喜欢"], ["红", "茶叶", "咖啡", "欢我"]),
    ("東京へ行きたいです。来年、京都も。", ["東京", "京都", "京", "行きたい", "来年", "東京はどこ"], ["大阪", "都京", "都東"]),
    ("ฉันชอบชาเขียว", ["ชาเขียว", "ชอบ", "ชา"], ["กาแฟ"]),
    ("그는 서울에서 커피를 마신다", ["커피", "서울", "커피를", "마신다"], ["부산", "녹차"]),
    (
        "fix snake_case_name in the parser",
        ["snake_case_name", "SNAKE_CASE_NAME", "snake", "case", "names", "parsers"],
        ["snak", "nam", "casename"],
    ),
    ("getUserName calls HTTPServer", ["getUserName", "getusername", "user", "users", "server", "http"], ["username", "http2", "getuser"]),
    ("see src/core/a.py and docs\\b.md", ["src/core/a.py", "a.py", "core", "docs\\b.md", "b.md"], ["a.txt", "rc/cor", "apy"]),
    ("released v1.2.3 yesterday", ["v1.2.3", "V1.2.3", "v1"], ["v1x", "3.1"]),
    ("write to Ada.L+x@Example.org now", ["example.org", "x@example.org", "example", "ada.l"], ["ample.com", "adal"]),
    ("prefers C++ to Rust", ["C++", "c++", "rust"], ["python"]),
    ("http://example.net/a/b?c=d#e is down", ["http://example.net/a/b?c=d#e", "example.net", "example"], ["netexample", "z"]),
    ("host 192.168.10.20:8080 died on 2023-05-12", ["192.168.10.20", "8080", "2023-05-12", "2023"], ["10.21", "80"]),
    ("Ｆｕｌｌ ｗｉｄｔｈ ﬁne ÉTÉ", ["full", "width", "fine", "été", "e\u0301te\u0301", "ÉTÉ"], ["ful", "fin_"]),
    ("rain🎉snow … “quoted” — dash", ["rain", "snow", "quoted", "dash"], ["rainsnow", "🎉"]),
    ("well-known e-mail", ["well-known", "known", "e-mail", "mail"], ["knownwell"]),
    ("pi is 3.14, not 22/7 or 1,000", ["3.14", "22/7", "22", "1,000"], ["3", "14"]),
]


async def test_what_is_stored_is_found_by_its_words_and_no_others(tenant: Tenant, agent: Agent, rival: Home) -> None:
    items = [NewMemory(content=content, observed_at=OBSERVED) for content, _, _ in TABLE]
    await memories.add_many(tenant, agent_id=agent.id, items=items)
    await memories.add_many(rival.tenant, agent_id=rival.agent.id, items=items)
    wrong = []
    for content, finds, misses in TABLE:
        wrong += [(content, text) for text in finds if content not in await _found(tenant, agent, text)]
        wrong += [(content, text) for text in misses if content in await _found(tenant, agent, text)]
        assert content in await _found(tenant, agent, content)
    assert wrong == []


async def test_camel_case_behind_a_letter_that_is_not_ascii(tenant: Tenant, agent: Agent) -> None:
    texts = {"我用iPhone": "iphone", "naïveTest": "naïveTest", "Übergang12AB": "übergang12ab", "é7X": "é7x", "東京1Z": "東京"}
    for content, text in texts.items():
        await memories.add(tenant, agent_id=agent.id, content=content, observed_at=OBSERVED)
        assert await _found(tenant, agent, text) == await _found(tenant, agent, content) == {content}


def test_parts_of_camel_case_are_found_behind_any_letter(words_dsn: str) -> None:
    assert _wrong(words_dsn, [("我用iPhone", "phone", True), ("我用iPhone and getUser", "phone", True), ("naïveTest", "test", True)]) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a List<String> of names", "string"),
        ("if x<y and z>w then", "y"),
        ("#include <stdio.h>", "stdio"),
        ("<b>bold</b> <a href='target'>", "target"),
        ("2 < three, four > 1", "three"),
        ("Ada <ada@example.org>", "ada@example.org"),
    ],
)
def test_angle_brackets_hide_nothing(words_dsn: str, content: str, text: str) -> None:
    assert _wrong(words_dsn, [(content, text, True), (content, content, True)]) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("error E-117", "117"),
        ("error E-117", '"E 117"'),
        ("COVID-19", "covid 19"),
        ("COVID-19", '"covid 19"'),
        ("in /usr/local/lib", "usr"),
    ],
)
def test_signs_and_leading_slashes_hide_nothing(words_dsn: str, content: str, text: str) -> None:
    assert _wrong(words_dsn, [(content, text, True)]) == []


# A run of a script without spaces, and what stands between runs.
spaceless = st.text(alphabet="茶葉東京がーァ한국ไทย々", min_size=1, max_size=5)
between = st.sampled_from([" ", "\n", "、", "。", "…", " x ", "1", "z", "🎉", "/", "-", "é", "「", " я "])


@given(parts=st.lists(st.tuples(spaceless, between), min_size=1, max_size=3))
@quick
def test_every_part_of_a_run_finds_it(words_dsn: str, parts: list[tuple[str, str]]) -> None:
    content = "".join(run + gap for run, gap in parts)
    pieces = {run[start:end] for run, _ in parts for start in range(len(run)) for end in range(start + 1, len(run) + 1)}
    assert _wrong(words_dsn, [(content, piece, True) for piece in sorted(pieces)]) == []


@given(content=st.text(alphabet="茶葉東 、", min_size=1, max_size=8), phrase=st.text(alphabet="茶葉東", min_size=2, max_size=4))
@example(content="私は日本へ", phrase="日本語")
@example(content="茶葉 葉東", phrase="茶葉東")
@quick
def test_a_phrase_of_a_run_is_there_as_it_is(words_dsn: str, content: str, phrase: str) -> None:
    there = phrase in content
    cases = [
        (content, f'"{phrase}"', there),
        (content + " oak", f"oak -{phrase}", not there),
        (content + " oak", f'oak -"{phrase}"', not there),
    ]
    assert _wrong(words_dsn, cases) == []


def test_a_phrase_of_one_character(words_dsn: str) -> None:
    cases = [(content, '"茶"', True) for content in ("茶", "绿茶", "茶叶很好", "喝茶吧")]
    cases += [(content + " oak", "oak -茶", False) for content in ("茶", "绿茶", "茶叶很好", "喝茶吧")]
    assert _wrong(words_dsn, cases) == []


def test_the_last_of_a_run_is_found_before_any_letter(words_dsn: str) -> None:
    assert _wrong(words_dsn, [("北京Москва", "京", True), ("茶éé", "茶", True), ("绿茶éé", "茶", True), ("绿茶 чай", "茶", True)]) == []


class Part(NamedTuple):
    """One part of a question: words, in quotes or not, to be there or not."""

    words: tuple[str, ...]
    is_quoted: bool
    is_excluded: bool

    def __str__(self) -> str:
        text = f'"{" ".join(self.words)}"' if self.is_quoted else self.words[0]
        return f"-{text}" if self.is_excluded else text

    def holds(self, content: Sequence[str]) -> bool:
        words = self.words if self.is_quoted else self.words[:1]
        there = any(tuple(content[n : n + len(words)]) == words for n in range(len(content)))
        return there is not self.is_excluded


vocabulary = st.sampled_from(["red", "oak", "tea", "run"])
questions = st.lists(
    st.builds(Part, st.lists(vocabulary, min_size=1, max_size=3).map(tuple), st.booleans(), st.booleans()), min_size=1, max_size=4
)


@given(contents=st.lists(st.lists(vocabulary, min_size=1, max_size=6), min_size=1, max_size=6), question=questions)
@quick
def test_phrases_and_exclusions_hold(words_dsn: str, contents: list[list[str]], question: list[Part]) -> None:
    """By a model: one word is there, every phrase is, and nothing that is excluded."""
    asked = {word for part in question if not part.is_excluded for word in (part.words if part.is_quoted else part.words[:1])}
    required = [part for part in question if part.is_quoted or part.is_excluded]
    cases = [
        (" ".join(content), " ".join(map(str, question)), bool(asked & {*content}) and all(part.holds(content) for part in required))
        for content in contents
    ]
    assert _wrong(words_dsn, cases) == []


def test_phrases_of_inflected_words_and_identifiers(words_dsn: str) -> None:
    cases = [
        ("two green teas", '"green tea"', True),
        ("green and tea", '"green tea"', False),
        ("green and tea", '"green and tea"', True),
        ("see src/a.py", '"src/a.py"', True),
        ("snake_case", '"snake_case"', True),
        ("case snake", '"snake_case"', False),
        ("v1.2.3 out", '"v1.2.3"', True),
        ("v1.2.4 out", '"v1.2.3"', False),
        ("a@b.org", '"a@b.org"', True),
        ("a@c.org", '"a@b.org"', False),
        ("getUserName", '"getUserName"', True),
        ("oak parse_json", "oak -parse_json", False),
        ("oak json parse", "oak -parse_json", True),
        ("oak well-known", "oak -well-known", False),
        ("oak well", "oak -well-known", True),
        ("tea", 'tea -"the of"', True),
        ("tea", 'tea ""', True),
        ("tea", 'tea -""', True),
        ("tea", "tea -the", True),
        ("tea at -5 degrees", "tea -5", True),
        ("tea", "tea - coffee", True),
        ("tea coffee", "tea-coffee", True),
        ("foo bar", 'foo "bar', True),
        ("foo", 'foo "bar', True),
        ("bar", '"bar', True),
        ("foo bar", 'foo" bar"', True),
        ("foo", 'foo" bar"', False),
        ("foo bar", '"foo" "bar"', True),
        ("foo", '"foo" "bar"', False),
        ("tea", "-coffee", False),
    ]
    assert _wrong(words_dsn, cases) == []


def test_phrases_and_exclusions_of_identifiers_are_the_identifiers(words_dsn: str) -> None:
    cases = [
        ("C is old", '"C++"', False),
        ("C++ is old", '"C++"', True),
        ("oak in C", "oak -C++", True),
        ("oak in C++", "oak -C++", False),
        ("see src/b.py", '"src/c.py"', False),
        ("oak b", "oak -c.b", True),
        ("oak c.b", "oak -c.b", False),
    ]
    assert _wrong(words_dsn, cases) == []


# Texts that mean something to one parser or another.
ODD = [
    "100% sure", "under_score", "it's O'Brien", r"C:\temp\n", "a1 & !b1 | (c1)", "x1 <-> y1", "word:* here", "$$ dollar $$",
    "$1 and $tag$",
    "back\\slash", "'; DROP TABLE x; --", "tab\there", "new\nline", "%s {0}", ":org_id and :text", "\u0001control\u001f", "semi;col",
    "[brackets] {braces}", "~tilde^caret`tick", "\u202ertl\u202c", "zero\u200bwidth", "question? yes!", "a,b,,c", "#tag @name", "\\'esc\\'",
]  # fmt: skip


async def test_odd_texts_are_stored_and_found_as_texts(tenant: Tenant, agent: Agent) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=text, observed_at=OBSERVED) for text in ODD])
    assert [text for text in ODD if text not in await _found(tenant, agent, text)] == []
    assert await _found(tenant, agent, "sure & !under_score") == {"100% sure", "under_score"}
    assert await _found(tenant, agent, "wor:*") == await _found(tenant, agent, "dollar2 | !x1x") == set()


NOTHING = [
    "",
    " \n\t",
    "the of and",
    "?!…",
    "%",
    "_",
    "'",
    "\\",
    '"',
    '""',
    "-",
    '-"',
    '-"" ""',
    "--",
    "<->",
    "&|!()",
    ":*",
    "$$",
    "🎉",
    "\u0301",
    "。、",
]


async def test_a_text_without_words_finds_nothing(tenant: Tenant, agent: Agent) -> None:
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content="tea", embedding=vector(1)), NewMemory(content="oak")])
    for text in NOTHING:
        assert await memories.search(tenant, agent_id=agent.id, text=text) == []
        (hit,) = await memories.search(tenant, agent_id=agent.id, text=text, embedding=vector(1))
        assert (hit.memory.content, hit.text_score) == ("tea", None)
        if text.strip():
            assert (await memories.add(tenant, agent_id=agent.id, content=text)).content == text


LONG = [
    "tea " + "x" * 99_996,
    "tea " * 25_000,
    "tea " + " ".join(f"w{n}" for n in range(16_000))[:99_996],
    "tea a.b " + "x" * 99_992,
    "tea " + "a." * 49_998,
    "tea " + "aA" * 49_998,
    "tea " + "茶葉" * 49_998,
    "tea " + "é " * 49_998,
    "tea " + "1-" * 49_998,
    "tea " + "\\" * 99_996,
    "tea " + '"' * 99_996,
]


async def test_the_longest_texts(db: Database, tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="tea")
    hurried = db.tenant(tenant.org_id, timeout=5)
    for text in LONG:
        assert 99_000 < len(text) <= 100_000
        memory = await memories.add(tenant, agent_id=agent.id, content=text[:8192])
        began = time.monotonic()
        found = await _found(hurried, agent, text)
        assert time.monotonic() - began < 2, text[:16]
        assert {"tea", text[:8192]} <= found, text[:16]
        await memories.delete(tenant, id=memory.id)


async def test_the_longest_texts_of_phrases(db: Database, tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="tea")
    hurried = db.tenant(tenant.org_id, timeout=5)
    for text, expected in ((" ".join(f'"a{n}"' for n in range(11_000)), set()), ('-"a b" ' * 14_000, {"tea"}), ("-a1 " * 24_000, {"tea"})):
        began = time.monotonic()
        assert await _found(hurried, agent, "tea " + text) == expected
        assert time.monotonic() - began < 2


async def test_only_the_first_words_of_a_question_count(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="needle")
    others = [f"w{n}" for n in range(64)]
    assert await _found(tenant, agent, " ".join([*others[:63], "needle"])) == {"needle"}
    assert await _found(tenant, agent, " ".join(["of the", *others[:63] * 3, "needle"])) == {"needle"}
    assert await _found(tenant, agent, " ".join([*others, "needle"])) == set()


async def test_days_are_found_by_their_words(tenant: Tenant, agent: Agent) -> None:
    days = {
        "lunch": datetime(2023, 5, 12, tzinfo=UTC),
        "dinner": datetime(2023, 6, 30, tzinfo=UTC),
        "supper": datetime(2021, 5, 31, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
        "snack": datetime(1, 1, 1, tzinfo=UTC),
    }
    items = [NewMemory(content=content, observed_at=day) for content, day in days.items()]
    await memories.add_many(tenant, agent_id=agent.id, items=items)

    async def first(text: str) -> str:
        return (await memories.search(tenant, agent_id=agent.id, text=text))[0].memory.content

    assert await first("What did we eat in May 2023?") == "lunch"
    assert await first("on 30 June") == "dinner"
    # In UTC it was June already.
    assert await first("June 2021") == "supper"
    assert await _found(tenant, agent, "may") == {"lunch"}
    assert await _found(tenant, agent, "2023") == {"lunch", "dinner"}
    assert await _found(tenant, agent, "August 1999") == set()


async def test_phrases_and_exclusions_are_about_the_content(tenant: Tenant, agent: Agent) -> None:
    await memories.add(tenant, agent_id=agent.id, content="green tea", observed_at=datetime(2023, 5, 12, tzinfo=UTC))
    assert await _found(tenant, agent, '"green tea"') == {"green tea"}
    assert await _found(tenant, agent, '"tea 12"') == set()
    assert await _found(tenant, agent, "tea -may") == {"green tea"}


async def _settle(db: Database, language: organizations.Language) -> Home:
    organization = await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="x", language=language)
    assert organization.language == language
    tenant = db.tenant(organization.id)
    return Home(tenant, await agents.create(tenant, slug="helper", name="Helper"))


async def test_an_organization_of_another_language(db: Database) -> None:
    german = await _settle(db, "german")
    simple = await _settle(db, "simple")
    observed = datetime(2022, 3, 4, tzinfo=UTC)
    for tenant, agent in (german, simple):
        for content in ("Häuser am Fluss", "er mag die Katzen", "绿茶 and snake_case"):
            await memories.add(tenant, agent_id=agent.id, content=content, observed_at=observed)
    assert await _found(*german, "Haus") == await _found(*german, "HÄUSERN") == {"Häuser am Fluss"}
    assert await _found(*german, "katze") == {"er mag die Katzen"}
    assert await _found(*german, "die am er") == set()
    assert len(await _found(*german, "im März 2022")) == 3
    assert await _found(*simple, "Haus katze") == set()
    assert await _found(*simple, "die and") == {"er mag die Katzen", "绿茶 and snake_case"}
    assert await _found(*german, "茶 snake_case") == await _found(*simple, "茶 snake_case") == {"绿茶 and snake_case"}
    # Whoever writes it: every way of writing reads the words in the tenant's language.
    merged = await memories.add(german.tenant, agent_id=german.agent.id, content="viele Bücher", on_duplicate="merge")
    assert await _found(*german, "Buch") == {"viele Bücher"}
    changed = await memories.update(german.tenant, id=merged.id, content="alte Bäume")
    assert (await _found(*german, "Buch"), await _found(*german, "Baum")) == (set(), {"alte Bäume"})
    await memories.revert(german.tenant, id=merged.id, version=1, expected_version=changed.version)
    assert (await _found(*german, "Buch"), await _found(*german, "Baum")) == ({"viele Bücher"}, set())


async def test_a_change_of_language_is_reread_in_batches(db: Database, tenant: Tenant, agent: Agent, rival: Home, dsn: str) -> None:
    contents = [f"Häuser {n}" for n in range(7)]
    await memories.add_many(tenant, agent_id=agent.id, items=[NewMemory(content=content) for content in contents])
    await memories.add(rival.tenant, agent_id=rival.agent.id, content="Häuser")
    assert await _found(tenant, agent, "Haus") == set()
    before = fetch(dsn, "SELECT id, version, updated_at FROM memdb.memories ORDER BY id")
    admin = db.admin(tenant.org_id)
    await organizations.update(admin, language="german")
    await memories.add(tenant, agent_id=agent.id, content="Häuser neu")
    assert await _found(tenant, agent, "Haus") == {"Häuser neu"}
    after, steps = await memories.reread(admin, limit=3), 1
    assert len(await _found(tenant, agent, "Haus")) == 4
    while after is not None:
        after, steps = await memories.reread(admin, after=after, limit=3), steps + 1
    assert steps <= 4
    assert await _found(tenant, agent, "Haus") == {*contents, "Häuser neu"}
    assert await _found(rival.tenant, rival.agent, "Haus") == set()
    assert fetch(dsn, "SELECT id, version, updated_at FROM memdb.memories WHERE content <> 'Häuser neu' ORDER BY id") == before


async def test_a_change_of_language_is_that_of_all_that_has_words(db: Database, tenant: Tenant, agent: Agent, dsn: str) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    ids = [(await sessions.start(tenant, agent_id=agent.id, started_at=long_ago)).session.id for _ in range(2)]
    same = uuid.uuid4()
    for id in ids:
        items = [NewMessage(role="user", content=f"Häuser {n}", sent_at=long_ago) for n in range(4)]
        await messages.append_many(tenant, session_id=id, items=items)
    await messages.append(tenant, session_id=ids[0], role="user", content="Häuser neu", id=same)
    noted = [NewObservation(content=f"Häuser {n}", id=same if n == 0 else None) for n in range(3)]
    await observations.add_many(tenant, agent_id=agent.id, items=noted)
    await memories.add(tenant, agent_id=agent.id, content="Häuser", id=same)
    admin = db.admin(tenant.org_id)
    await archives.archive(admin, idle_since=long_ago + timedelta(days=1))
    before = fetch(dsn, "SELECT id, version, updated_at FROM memdb.messages ORDER BY id")
    assert await messages.search(tenant, text="Haus") == []

    await organizations.update(admin, language="german")
    after, steps = await memories.reread(admin, limit=1), 1
    while after is not None:
        after, steps = await memories.reread(admin, after=after, limit=1), steps + 1
    assert steps == 5 + 2 + 1, "one id is that of three things, and four messages are in the archive"
    assert len(await messages.search(tenant, text="Haus")) == 5
    assert len(await observations.search(tenant, agent_id=agent.id, text="Haus")) == 3
    assert await _found(tenant, agent, "Haus") == {"Häuser"}
    assert fetch(dsn, "SELECT id, version, updated_at FROM memdb.messages ORDER BY id") == before
    await archives.restore(admin, id=ids[1])
    assert len(await messages.search(tenant, text="Haus")) == 9


# Letters of many scripts, and what surrounds them; a minus means something, and has its own tests.
letters = "aZq09éßяΩאعहท茶かー한İǅ"
surroundings = " \n\t._/\\:@=?#+~%'\"()[]{}|!*^$`,<>🎉\u200b\u0301…。"
mixed = st.text(alphabet=letters + surroundings, min_size=1, max_size=14)


@given(contents=st.lists(mixed, min_size=1, max_size=4))
@example(contents=["我用iPhone"])
@quick
async def test_any_text_is_found_by_itself(db: Database, contents: list[str]) -> None:
    """In a language without stop words, so that a single letter is enough."""
    tenant, agent = await _simple(db)
    session = uuid.uuid4()
    for content in contents:
        if not content.strip():
            continue
        added = await memories.add(tenant, agent_id=agent.id, content=content, user_id=None, session_id=session)
        hits = await memories.search(tenant, agent_id=agent.id, text=content, session_id=added.session_id, limit=1000)
        if any(letter in letters for letter in content):
            assert added.id in {hit.memory.id for hit in hits}, content


async def _simple(db: Database) -> Home:
    organization = await organizations.get_by_slug(db.admin(), slug="simple")
    if organization is None:
        organization = await organizations.create(db.admin(), slug="simple", name="x", language="simple")
    tenant = db.tenant(organization.id)
    found = await agents.get_by_slug(tenant, slug="helper")
    return Home(tenant, found or await agents.create(tenant, slug="helper", name="Helper"))


storable = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)


@given(
    content=storable, question=storable, language=st.sampled_from(["simple", "english", "german", "turkish", "greek", "arabic", "hindi"])
)
@settings(parent=quick, max_examples=150)
def test_no_text_is_too_odd_for_any_language(words_dsn: str, content: str, question: str, language: str) -> None:
    (row,) = fetch(
        words_dsn,
        f"""
        SELECT memdb.words('{language}', {_quoted(content)}) IS NOT NULL, cardinality(q.words) <= 64
        FROM memdb.question('{language}', {_quoted(question)}) AS q
        """,
    )
    assert row == (True, True)
