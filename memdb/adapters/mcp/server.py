"""The server and its tools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import numpy as np
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field

import memdb
from memdb import memories
from memdb.adapters.mcp import shapes
from memdb.adapters.mcp.access import Access
from memdb.adapters.mcp.graph import Graph
from memdb.errors import MemdbError, NotFound
from memdb.memories import Category

Vector: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]

_INSTRUCTIONS: Final = """\
Long-term memory. `remember` what will matter in later conversations, one statement at a time; `recall` before you answer from memory;
`forget` what is wrong or unwanted. The other tools keep a knowledge graph: entities with observations, and relations between them, in
active voice."""
_READS: Final = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_ADDS: Final = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_DELETES: Final = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


class Embedder(NamedTuple):
    """A function that embeds texts, and the name of its model. It returns one embedding per text, of the database's dimension."""

    embed: Callable[[list[str]], Vector]
    model: str

    async def vector(self, text: str) -> Vector | None:
        """The embedding of one text, or None if the text means nothing to the model."""
        (vector,) = await asyncio.to_thread(self.embed, [text])
        return vector if np.any(vector) else None


def memory_server(access: Access, *, embedder: Embedder | None = None) -> MCPServer[Any]:
    """A server whose tools work for the caller that `access` finds for each request.

    With an `embedder` memories are found by what they mean, too; without, by words. Run it by `run_stdio_async`, or by `http_app`.
    """
    server = _Server("memdb", title="memdb", version=memdb.__version__, instructions=_INSTRUCTIONS, log_level="WARNING")
    _add_memory_tools(server, access, embedder)
    _add_graph_tools(server, access)
    return server


class _Server(MCPServer[Any]):
    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        await self._check_names(name, arguments)
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            if not isinstance(error.__cause__, MemdbError):
                raise
            raise ToolError(f"{error}: {error.__cause__}") from error.__cause__

    async def _check_names(self, name: str, arguments: dict[str, Any]) -> None:
        """Refuse arguments that a tool does not have: the SDK ignores them, including misspelt ones."""
        for tool in await self.list_tools():
            known = tool.input_schema.get("properties", {})
            if tool.name == name and (unknown := sorted(arguments.keys() - known.keys())):
                raise ToolError(f"{unknown[0]} is no argument of {name}: it has {', '.join(known) or 'none'}")


def _add_memory_tools(server: MCPServer[Any], access: Access, embedder: Embedder | None) -> None:
    @server.tool(title="Remember", annotations=_ADDS)
    async def remember(
        context: Context[Any, Any],
        content: Annotated[str, Field(min_length=1, max_length=8192, description="One statement, in full"), shapes.STORABLE],
        category: Annotated[Category, Field(description="What kind of memory it is")] = "factual",
        tags: Annotated[list[shapes.Text], Field(max_length=20, description="Words to find it by, up to 64 characters each")] = [],  # noqa: B006
        metadata: Annotated[dict[str, Any], Field(description="Anything else, at most 8,192 bytes")] = {},  # noqa: B006
    ) -> shapes.Remembered:
        """Remember a statement for later conversations. What is known already is not stored twice: the memory of it is returned."""
        caller = await access.caller(context)
        vector = await embedder.vector(content) if embedder else None
        memory = await memories.add(
            caller.tenant,
            agent_id=caller.agent_id,
            user_id=caller.user_id,
            content=content,
            category=category,
            tags=tags,
            metadata=metadata,
            embedding=vector,
            embedding_model=embedder.model if embedder and vector is not None else None,
        )
        return shapes.remembered(memory)

    @server.tool(title="Recall", annotations=_READS)
    async def recall(
        context: Context[Any, Any],
        text: Annotated[str, Field(min_length=1, max_length=100_000, description="A question or words"), shapes.STORABLE],
        tags: Annotated[list[shapes.Text], Field(max_length=20, description="Only memories with all of these")] = [],  # noqa: B006
        limit: Annotated[int, Field(ge=1, le=100, description="How many at most")] = 10,
    ) -> shapes.Found:
        """Find the memories that answer best to a text."""
        caller = await access.caller(context)
        hits = await memories.search(
            caller.tenant,
            agent_id=caller.agent_id,
            user_id=caller.user_id,
            text=text,
            embedding=await embedder.vector(text) if embedder else None,
            tags=tags,
            limit=limit,
        )
        return {"memories": [{**shapes.remembered(hit.memory), "score": hit.score, "similarity": hit.similarity} for hit in hits]}

    @server.tool(title="Forget", annotations=_DELETES)
    async def forget(
        context: Context[Any, Any],
        id: Annotated[UUID, Field(description="As `remember` and `recall` return it")],
        reason: Annotated[str, Field(max_length=2000, description="Why, for the memory's history"), shapes.STORABLE] = "",
    ) -> shapes.Forgotten:
        """Forget a memory: it is not recalled any more."""
        caller = await access.caller(context)
        memory = await memories.get(caller.tenant, id=id)
        if memory is None or memory.agent_id != caller.agent_id or (caller.user_id and memory.user_id != caller.user_id):
            raise NotFound("memory", id)
        return {"id": str(id), "version": await memories.delete(caller.tenant, id=id, reason=reason or None)}


def _add_graph_tools(server: MCPServer[Any], access: Access) -> None:
    async def graph(context: Context[Any, Any]) -> Graph:
        return Graph(await access.caller(context))

    @server.tool(title="Create Entities", annotations=_ADDS)
    async def create_entities(context: Context[Any, Any], entities: shapes.Entities) -> shapes.NewEntities:
        """Create entities in the knowledge graph. Those whose names are there are left as they are; the others are returned."""
        return {"entities": await (await graph(context)).create_entities(entities)}

    @server.tool(title="Create Relations", annotations=_ADDS)
    async def create_relations(context: Context[Any, Any], relations: shapes.Relations) -> shapes.NewRelations:
        """Create relations between entities that are in the knowledge graph, in active voice. Those that are new are returned."""
        return {"relations": await (await graph(context)).create_relations(relations)}

    @server.tool(title="Add Observations", annotations=_ADDS)
    async def add_observations(
        context: Context[Any, Any], observations: Annotated[list[shapes.NewObservations], Field(max_length=1000)]
    ) -> shapes.Additions:
        """Add observations to entities that are in the knowledge graph. Those that are new are returned."""
        return {"results": await (await graph(context)).add_observations(observations)}

    @server.tool(title="Delete Entities", annotations=_DELETES)
    async def delete_entities(context: Context[Any, Any], entityNames: shapes.Names) -> shapes.Done:  # noqa: N803
        """Delete entities from the knowledge graph, with their relations."""
        await (await graph(context)).delete_entities(entityNames)
        return {"success": True, "message": "Entities deleted successfully"}

    @server.tool(title="Delete Observations", annotations=_DELETES)
    async def delete_observations(
        context: Context[Any, Any], deletions: Annotated[list[shapes.OldObservations], Field(max_length=1000)]
    ) -> shapes.Done:
        """Delete observations of entities from the knowledge graph."""
        await (await graph(context)).delete_observations(deletions)
        return {"success": True, "message": "Observations deleted successfully"}

    @server.tool(title="Delete Relations", annotations=_DELETES)
    async def delete_relations(context: Context[Any, Any], relations: shapes.Relations) -> shapes.Done:
        """Delete relations from the knowledge graph."""
        await (await graph(context)).delete_relations(relations)
        return {"success": True, "message": "Relations deleted successfully"}

    @server.tool(title="Read Graph", annotations=_READS)
    async def read_graph(context: Context[Any, Any]) -> shapes.KnowledgeGraph:
        """Read the whole knowledge graph."""
        return await (await graph(context)).read()

    @server.tool(title="Search Nodes", annotations=_READS)
    async def search_nodes(
        context: Context[Any, Any], query: Annotated[str, Field(description="A part of a name, a type or an observation, in any case")]
    ) -> shapes.KnowledgeGraph:
        """Find entities of the knowledge graph by a part of what they say, with their relations."""
        return await (await graph(context)).search(query)

    @server.tool(title="Open Nodes", annotations=_READS)
    async def open_nodes(context: Context[Any, Any], names: shapes.Names) -> shapes.KnowledgeGraph:
        """Read entities of the knowledge graph by their names, with their relations."""
        return await (await graph(context)).open(names)
