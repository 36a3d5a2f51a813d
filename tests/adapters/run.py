"""The suites that come with the frameworks, on memdb's adapters.

    make test-adapters
    make test-adapters ARGS="--copy orbiter-ai=/src/orbiter-ai --copy Memory-Base=memory-base.tar.gz"

Those in source distributions are downloaded from the package index, or from GitHub, at the version named here, unpacked into .memdb/suites
and run there, each with a plugin from this folder that puts memdb in the place of what it is about. Others are packages of the extra
`suites`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from langgraph.checkpoint.conformance import validate
from langgraph.checkpoint.conformance.capabilities import ALL_CAPABILITIES
from langgraph.checkpoint.conformance.initializer import checkpointer_test

import memdb
from memdb import organizations
from memdb.adapters.langgraph import MemdbSaver
from tests.adapters.sources import Suite, unpacked
from tests.server import Databases, running

_HERE: Final = Path(__file__).parent
_ROOT: Final = _HERE.parents[1]

SUITES: Final = (
    Suite(
        "langgraph-checkpoint-postgres",
        "3.2.0",
        "langgraph_savers",
        (
            "tests/test_async.py",
            "tests/test_sync.py",
            "tests/test_prune.py",
            "tests/test_delta_pagination.py",
            "tests/test_delta_plain_value_seed.py",
            "tests/test_conformance_delta.py",
        ),
    ),
    Suite(
        "openai-agents",
        "0.24.0",
        "openai_sessions",
        ("tests/extensions/memory/test_sqlalchemy_session.py", "tests/memory/test_session.py"),
    ),
    Suite("langgraph-checkpoint-postgres", "3.2.0", "langgraph_stores", ("tests/test_async_store.py", "tests/test_store.py")),
    Suite(
        "Memory-Base",
        "0448f533036b7e673ce05c86226ebcddedae95b5",
        "memory_base_storage",
        ("tests/test_semantics.py", "tests/test_long_term_storage.py", "tests/test_db.py", "tests/test_models.py"),
        "https://github.com/AuraSwarm/Memory-Base/archive/{version}.tar.gz",
    ),
)


ORBITER: Final = Suite(
    "orbiter-ai",
    "a9e0ff11b59bf3ac1bb637bdd073b5a4d3b7d200",
    "orbiter_stores",
    ("tests/test_sqlite.py", "tests/test_postgres.py", "tests/test_vector.py"),
    "https://github.com/Midsphere-AI/orbiter-ai/archive/{version}.tar.gz",
)
ARANDU: Final = Suite("arandu", "0.14.3", "documents", ())


def passes(name: str, databases: Databases, folder: Path, *arguments: str, paths: Sequence[str] = (), **variables: str) -> bool:
    """Whether the tests pass that pytest, with these arguments, finds in a folder; `paths` are searched for modules."""
    print(name, flush=True)
    with databases.migrated() as dsn, databases.empty() as empty_dsn:
        path = os.pathsep.join([str(_HERE), str(_ROOT), *paths])
        environment = {**os.environ, **variables, "MEMDB_SUITE_DSN": dsn, "MEMDB_SUITE_EMPTY_DSN": empty_dsn, "PYTHONPATH": path}
        options = ("-o", "addopts=", "-o", "asyncio_default_fixture_loop_scope=function", "-q", "-rs")
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode == 0


def orbiter_passes(databases: Databases, copies: Mapping[str, Path]) -> bool:
    """Whether the tests of orbiter-memory's stores pass on memdb's."""
    packages = unpacked(ORBITER, copies) / "packages"
    paths = [str(packages / name / "src") for name in ("orbiter-memory", "orbiter-core", "orbiter-observability")]
    passed = []
    for store, files in {"postgres": ORBITER.files, "sqlite": ORBITER.files[:1]}.items():
        name = f"{ORBITER.package} {ORBITER.version}, {store}"
        arguments = ("-p", ORBITER.plugin, "-o", "asyncio_mode=auto", *files)
        passed.append(passes(name, databases, packages / "orbiter-memory", *arguments, paths=paths, MEMDB_SUITE_ORBITER_STORE=store))
    passed.append(passes("adopting orbiter-ai", databases, _ROOT, str(_HERE / "orbiter_adopting.py"), paths=paths))
    return all(passed)


def documents_pass(databases: Databases, copies: Mapping[str, Path]) -> bool:
    """Whether the examples in the documents of arandu, Memory-Base and orbiter-memory run."""
    (memory_base,) = [each for each in SUITES if each.package == "Memory-Base"]
    suites = {"ARANDU": ARANDU, "MEMORY_BASE": memory_base, "ORBITER": ORBITER}
    folders = {f"MEMDB_SUITE_{name}": str(unpacked(suite, copies)) for name, suite in suites.items()}
    return passes("documents", databases, _ROOT, str(_HERE / "documents.py"), **folders)


async def conforms(dsn: str) -> bool:
    """Whether the saver has all capabilities that langgraph-checkpoint-conformance knows, and passes all its tests."""
    async with memdb.connect(dsn, timeout=30.0) as db:

        @checkpointer_test(name="MemdbSaver")
        async def saver() -> AsyncIterator[MemdbSaver]:
            made = await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Suite")
            yield MemdbSaver(db.tenant(made.id))

        report = await validate(saver)
    results = report.results.values()
    for result in results:
        print("\n".join(result.failures or []), end="")
    detected = sum(result.detected for result in results)
    print(f"langgraph-checkpoint-conformance: {detected} of {len(ALL_CAPABILITIES)} capabilities, ", end="")
    print(f"{sum(result.tests_passed for result in results)} passed, {sum(result.tests_failed for result in results)} failed")
    return report.passed_all() and detected == len(ALL_CAPABILITIES)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    packages = sorted({each.package for each in (*SUITES, ORBITER, ARANDU)})
    what = f"where nothing can be downloaded: the sources of a PACKAGE, a folder, an archive or a Git repository. {', '.join(packages)}"
    parser.add_argument("--copy", action="append", default=[], metavar="PACKAGE=PATH", help=what)
    options = parser.parse_args()
    options.copies = {}
    for copy in options.copy:
        package, _, path = copy.partition("=")
        if package not in packages:
            parser.error(f"--copy {copy}: PACKAGE is one of {', '.join(packages)}")
        if not path or not Path(path).exists():
            parser.error(f"--copy {copy}: PATH is a folder, an archive or a Git repository that is there")
        options.copies[package] = Path(path).resolve()
    return options


def main(copies: Mapping[str, Path]) -> int:
    with running() as dsn:
        databases = Databases(dsn)
        passed = [
            passes(f"{suite.package} {suite.version}", databases, unpacked(suite, copies), "-p", suite.plugin, *suite.files)
            for suite in SUITES
        ]
        passed.append(orbiter_passes(databases, copies))
        passed.append(documents_pass(databases, copies))
        memory_base = [str(unpacked(each, copies)) for each in SUITES if each.package == "Memory-Base"]
        passed.append(passes("adopting Memory-Base", databases, _ROOT, str(_HERE / "memory_base_adopting.py"), paths=memory_base))
        passed.append(passes(f"an agent of aa-kit {version('aa-kit')}", databases, _ROOT, str(_HERE / "aakit_agent.py")))
        passed.append(passes(f"langchain-tests {version('langchain-tests')}", databases, _ROOT, str(_HERE / "langchain_vectors.py")))
        passed.append(passes("adopting", databases, _ROOT, str(_HERE / "adopting.py")))
        with databases.migrated() as made:
            passed.append(asyncio.run(conforms(made)))
        databases.drop_templates()
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(arguments().copies))
