"""Microsoft's Agent Framework over memdb: a history provider, and a session store.

    async with memdb.connect(dsn) as db:
        agent = Agent(client, context_providers=[MemdbHistoryProvider(db.tenant(org_id))])

or from a connection string:

    provider = MemdbHistoryProvider.from_url(dsn)
"""

from typing import TYPE_CHECKING, Any

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.agent_framework.history import MemdbHistoryProvider
except ImportError as error:
    raise ExtraMissing("the Agent Framework's history and sessions", "agent-framework") from error

if TYPE_CHECKING:
    from memdb.adapters.agent_framework.sessions import MemdbSessionStore

__all__ = ["MemdbHistoryProvider", "MemdbSessionStore"]


def __getattr__(name: str) -> Any:
    if name != "MemdbSessionStore":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Imported on demand only: the framework warns that its base class is experimental.
    from memdb.adapters.agent_framework.sessions import MemdbSessionStore

    return MemdbSessionStore
