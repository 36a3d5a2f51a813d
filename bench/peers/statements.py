"""Other clients with memdb's own SQL: bare asyncpg without row-level security (the floor), psycopg 3, and aiosql over asyncpg.

What each operation sends is recorded from memdb itself, once for a holder, and sent with other values.
"""

from __future__ import annotations

import re
import uuid
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final, NamedTuple

import aiosql
import asyncpg
import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg import register_vector_async
from psycopg.rows import args_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from memdb.engine import codecs
from memdb.engine.executor import Executor
from memdb.engine.own import QUERIES
from memdb.engine.query import Query
from peers.ours import Memdb
from peers.world import OPERATIONS, Holder, Item, Peer, World

SETTINGS: Final = {"jit": "off"}


class Sent(NamedTuple):
    """A statement of memdb's, and what it was sent with."""

    query: Query[..., Any]
    arguments: list[Any]

    def changed(self, **values: Any) -> list[Any]:
        """The arguments, in the order of the statement's parameters, with some others."""
        return [values.get(name, was) for name, was in zip(self.query.parameters, self.arguments, strict=True)]

    def of_many(self, items: Sequence[Item]) -> list[Any]:
        """The arguments of a statement that was sent with one item in its lists, with these instead."""
        given = {"content": [item.content for item in items], "embedding": [HalfVector(item.embedding) for item in items]}
        return self.changed(
            **{
                name: given.get(name, was * len(items))
                for name, was in zip(self.query.parameters, self.arguments, strict=True)
                if isinstance(was, list)
            }
        )


class Recorder(Executor):
    """A tenant that keeps what was sent."""

    def __init__(self, tenant: Any) -> None:
        super().__init__(tenant.org_id, tenant.actor, tenant.context, tenant.timeout)
        self.tenant = tenant
        self.sent: Sent

    def keep(self, statement: str, arguments: Sequence[Any]) -> None:
        name = statement.split()[2]
        self.sent = Sent(QUERIES[name], list(arguments))

    async def _fetch(self, statement: str, arguments: Sequence[Any]) -> list[asyncpg.Record]:
        self.keep(statement, arguments)
        return await self.tenant._fetch(statement, arguments)  # type: ignore[no-any-return]

    async def _fetch_many(
        self, statement: str, rows: Iterable[Sequence[Any]], accept: Callable[[list[asyncpg.Record]], None]
    ) -> list[asyncpg.Record]:
        raise NotImplementedError

    def _stream(self, statement: str, arguments: Sequence[Any], *, prefetch: int) -> Any:
        raise NotImplementedError

    transaction = _stream  # type: ignore[assignment]


class Recording(Memdb):
    """memdb, on recorders."""

    def on(self, holder: Holder) -> Recorder:
        self.recorder = Recorder(super().on(holder))
        return self.recorder


async def recorded(dsn: str, world: World) -> dict[tuple[int, str], Sent]:
    """What each operation sends, by the holder's size and the operation."""
    found = {}
    memdb = Recording(world, 1)
    async with memdb.connected(dsn):
        for holder in world.holders:
            for operation in OPERATIONS:
                if operation == "retrieve" and holder is not world.knowing:
                    continue
                given = world.given(operation, holder) if operation != "delete" else (await memdb.stock(holder, 1))[0]
                if operation == "add_many":
                    given = given[:1]
                await getattr(memdb, operation)(holder, 0, given)
                found[holder.size, operation] = memdb.recorder.sent
    return found


class SameStatements(Peer):
    """A client of the same statements; what they are is shared with the others of its kind."""

    def __init__(self, world: World, clients: int, statements: dict[tuple[int, str], Sent]) -> None:
        super().__init__(world, clients)
        self.statements = statements

    async def fill(self, owner: asyncpg.Connection) -> None:
        """Their data is memdb's."""

    @abstractmethod
    async def send(self, client: int, sent: Sent, arguments: list[Any]) -> Any: ...

    async def run(self, operation: str, holder: Holder, client: int, **values: Any) -> Any:
        sent = self.statements[holder.size, operation]
        return await self.send(client, sent, sent.changed(**values))

    async def get(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await self.run("get", holder, client, id=id)

    async def page(self, holder: Holder, client: int, given: None) -> Any:
        return await self.run("page", holder, client)

    async def add(self, holder: Holder, client: int, item: Item) -> Any:
        return await self.run("add", holder, client, content=item.content, embedding=item.embedding)

    async def add_many(self, holder: Holder, client: int, items: list[Item]) -> Any:
        sent = self.statements[holder.size, "add_many"]
        return await self.send(client, sent, sent.of_many(items))

    async def update(self, holder: Holder, client: int, item: Item) -> Any:
        return await self.run("update", holder, client, id=item.id, content=item.content, embedding=item.embedding)

    async def stock(self, holder: Holder, count: int) -> list[Any]:
        items = list(self.world.items(count))
        sent = self.statements[holder.size, "add_many"]
        return [row[0] for row in await self.send(0, sent, sent.of_many(items))]

    async def delete(self, holder: Holder, client: int, id: uuid.UUID) -> Any:
        return await self.run("delete", holder, client, id=id)

    async def append(self, holder: Holder, client: int, content: str) -> Any:
        return await self.run("append", holder, client, session_id=holder.written_ids[client], content=content)

    async def last_messages(self, holder: Holder, client: int, given: None) -> Any:
        return await self.run("last_messages", holder, client)

    async def vector_search(self, holder: Holder, client: int, asked: Item) -> Any:
        return await self.run("vector_search", holder, client, embedding=asked.embedding)

    async def hybrid_search(self, holder: Holder, client: int, asked: Item) -> Any:
        return await self.run("hybrid_search", holder, client, text=asked.content, embedding=asked.embedding)

    async def window(self, holder: Holder, client: int, given: None) -> Any:
        return await self.run("window", holder, client)

    async def retrieve(self, holder: Holder, client: int, asked: Item) -> Any:
        return await self.run("retrieve", holder, client, text=asked.content, embedding=asked.embedding)

    def ids(self, found: Any) -> list[uuid.UUID]:
        return [row[0] for row in found]


async def _taught(connection: asyncpg.Connection) -> None:
    for name, schema, encoder, decoder in (
        ("jsonb", "pg_catalog", codecs.encode_jsonb, codecs.decode_jsonb),
        ("halfvec", "public", codecs.encode_halfvec, codecs.decode_halfvec),
    ):
        await connection.set_type_codec(name, schema=schema, encoder=encoder, decoder=decoder, format="binary")
    await connection.set_builtin_type_codec("tenant", schema="memdb", codec_name="uuid", format="binary")


class Bare(SameStatements):
    """One connection for each client, as a superuser, whom no policy binds: no pool, no checks, no deadline, records as they come."""

    name = "bare asyncpg"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        self.connections = [await asyncpg.connect(dsn, server_settings=SETTINGS, statement_cache_size=1000) for _ in range(self.clients)]
        for connection in self.connections:
            await _taught(connection)
        yield
        for connection in self.connections:
            await connection.close()

    async def send(self, client: int, sent: Sent, arguments: list[Any]) -> Any:
        return await self.connections[client].fetch(sent.query.statement, *arguments)


class BarePool(SameStatements):
    """asyncpg's own pool, in the service's role: no checks, no deadline, records as they come."""

    name = "asyncpg's pool"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        settings = {**SETTINGS, "role": "memdb_app"}
        options: dict[str, Any] = {"min_size": self.clients, "max_size": self.clients, "init": _taught, "server_settings": settings}
        async with asyncpg.create_pool(dsn, statement_cache_size=1000, **options) as self.pool:
            yield

    async def send(self, client: int, sent: Sent, arguments: list[Any]) -> Any:
        return await self.pool.fetch(sent.query.statement, *arguments)


class Aiosql(SameStatements):
    """aiosql reads the SQL files; the connections are of asyncpg's own pool, in the service's role."""

    name = "aiosql"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        queries = {sent.query for sent in self.statements.values()}
        text = "\n".join(f"-- name: {_named(query)}\n{query.source}\n;" for query in queries)
        self.queries = aiosql.from_str(text, "asyncpg", mandatory_parameters=False)
        settings = {**SETTINGS, "role": "memdb_app"}
        options: dict[str, Any] = {"min_size": self.clients, "max_size": self.clients, "init": _taught, "server_settings": settings}
        async with asyncpg.create_pool(dsn, statement_cache_size=1000, **options) as self.pool:
            yield

    async def send(self, client: int, sent: Sent, arguments: list[Any]) -> Any:
        call = getattr(self.queries, _named(sent.query))
        async with self.pool.acquire() as connection:
            return [row async for row in call(connection, **dict(zip(sent.query.parameters, arguments, strict=True)))]


def _named(query: Query[..., Any]) -> str:
    return query.name.replace(".", "_")


class Psycopg(SameStatements):
    """psycopg 3 with a row factory, its pool, and the tenant set in each transaction, as is usual; prepared from the first run on.

    Its parameters have the types of the Python values, so that the tenant's domain is checked when the statement runs, and not before.
    """

    name = "psycopg 3"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        async def ready(connection: psycopg.AsyncConnection[Any]) -> None:
            await register_vector_async(connection)
            await connection.execute("SET ROLE memdb_app")
            await connection.commit()
            connection.prepare_threshold = 0
            connection.prepared_max = 1000

        sizes = {"min_size": self.clients, "max_size": self.clients}
        async with AsyncConnectionPool(dsn, configure=ready, open=False, **sizes) as self.pool:  # type: ignore[arg-type]
            await self.pool.wait()
            yield

    @asynccontextmanager
    async def cursor(self, org_id: uuid.UUID) -> AsyncIterator[psycopg.AsyncRawCursor[Any]]:
        async with self.pool.connection() as connection, connection.transaction():
            cursor = psycopg.AsyncRawCursor(connection, row_factory=args_row(_row))
            await cursor.execute("SELECT set_config('memdb.org_id', $1, true)", [str(org_id)])
            yield cursor

    async def send(self, client: int, sent: Sent, arguments: list[Any]) -> Any:
        org_id = arguments[sent.query.parameters.index("org_id")]
        async with self.cursor(org_id) as cursor:
            await cursor.execute(sent.query.statement, _adapted(sent.query, arguments), binary=True)
            return await cursor.fetchall()


def _row(*values: Any) -> tuple[Any, ...]:
    # Some statements have several columns of one name, which a namedtuple cannot.
    return values


def _adapted(query: Query[..., Any], arguments: list[Any]) -> list[Any]:
    kinds = _json_parameters(query)
    return [_adapted_one(value, kinds.get(name)) for name, value in zip(query.parameters, arguments, strict=True)]


def _adapted_one(value: Any, json: str | None) -> Any:
    if isinstance(value, np.ndarray):
        return HalfVector(value)
    if json is None or value is None:
        return value
    return Jsonb(value) if json == "jsonb" else [each if each is None else Jsonb(each) for each in value]


@cache
def _json_parameters(query: Query[..., Any]) -> dict[str, str]:
    return dict(re.findall(r":(\w+)::(jsonb(?:\[\])?)", query.source))


class Copy(Peer):
    """What the tables themselves allow: COPY of memories and embeddings by a superuser, without histories and the checks of memdb."""

    name = "COPY"

    @asynccontextmanager
    async def connected(self, dsn: str) -> AsyncIterator[None]:
        self.connection = await asyncpg.connect(dsn, server_settings=SETTINGS)
        await _taught(self.connection)
        yield
        await self.connection.close()

    async def fill(self, owner: asyncpg.Connection) -> None:
        """Its tables are memdb's."""

    async def add_many(self, holder: Holder, client: int, items: list[Item]) -> Any:
        columns = ["org_id", "agent_id", "id", "content", "embedded"]
        rows = [(holder.org_id, holder.writer_id, item.id, item.content, True) for item in items]
        of_embeddings = ["org_id", "agent_id", "memory_id", "space", "embedding"]
        embeddings = [(holder.org_id, holder.writer_id, item.id, 1, item.embedding) for item in items]
        async with self.connection.transaction():
            await self.connection.copy_records_to_table("memories", schema_name="memdb", columns=columns, records=rows)
            await self.connection.copy_records_to_table("memory_embeddings", schema_name="memdb", columns=of_embeddings, records=embeddings)
