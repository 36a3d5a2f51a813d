"""An MCP server over memdb, with the protocol's own Python SDK, as run by `memdb mcp`.

    async with memdb.connect(dsn) as db:
        server = memory_server(TokenAccess(Holders(db), os.environ["MEMDB_TOKEN"]))
        await server.run_stdio_async()

Its tools are `remember`, `recall` and `forget` over `memdb.memories`, and the nine of the reference memory server, whose graph is stored in
`memdb.items`. Over HTTP, each request is served for the holder of its own token: `http_app` is an ASGI application.
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.mcp.access import Access, Caller, FixedAccess, Holders, TokenAccess
    from memdb.adapters.mcp.http import LOCAL_HOSTS, RequestAccess, http_app
    from memdb.adapters.mcp.server import Embedder, memory_server
except ImportError as error:
    raise ExtraMissing("the MCP server", "mcp") from error

__all__ = [
    "LOCAL_HOSTS",
    "Access",
    "Caller",
    "Embedder",
    "FixedAccess",
    "Holders",
    "RequestAccess",
    "TokenAccess",
    "http_app",
    "memory_server",
]
