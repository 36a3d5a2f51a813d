"""AA Kit's memory over memdb: its backends, with the interface that its agents call and the one in its documentation.

    memory = create_memory("postgres", connection_string=dsn)
    await memory.save("session-1", [Message(role="user", content="Hello.")])
    await memory.load("session-1", limit=50)

or under an agent of AA Kit's:

    register()
    agent = Agent(name="assistant", instruction="...", model="gpt-4", memory="postgresql://...")
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.aakit.backend import MemoryBackend
    from memdb.adapters.aakit.config import MemoryConfig
    from memdb.adapters.aakit.factory import MemoryFactory, create_in_memory, create_memory, create_redis, create_sqlite, register
    from memdb.adapters.aakit.in_memory import InMemoryBackend
    from memdb.adapters.aakit.kinds import ConfigurationError, MemoryConnectionError, MemoryError, MemoryRecord
    from memdb.adapters.aakit.messages import Message, MigrationResult, SessionInfo
    from memdb.adapters.aakit.migration import migrate_memory
    from memdb.adapters.aakit.on_redis import RedisBackend
    from memdb.adapters.aakit.on_sqlite import SQLiteBackend
    from memdb.adapters.aakit.postgresql import PostgreSQLBackend
except ImportError as error:
    raise ExtraMissing("AA Kit's memory", "aa-kit") from error

__all__ = [
    "ConfigurationError",
    "InMemoryBackend",
    "MemoryBackend",
    "MemoryConfig",
    "MemoryConnectionError",
    "MemoryError",
    "MemoryFactory",
    "MemoryRecord",
    "Message",
    "MigrationResult",
    "PostgreSQLBackend",
    "RedisBackend",
    "SQLiteBackend",
    "SessionInfo",
    "create_in_memory",
    "create_memory",
    "create_redis",
    "create_sqlite",
    "migrate_memory",
    "register",
]
