"""mem0 over memdb: a vector store by the name "memdb".

import memdb.adapters.mem0
memory = Memory.from_config({"vector_store": {"provider": "memdb", "config": {"connection_string": dsn}}, ...})
"""

from memdb.errors import ExtraMissing

try:
    from memdb.adapters.mem0.configuration import MemdbConfig, register
    from memdb.adapters.mem0.store import MemdbVectorStore
except ImportError as error:
    raise ExtraMissing("mem0's vector store", "mem0") from error

__all__ = ["MemdbConfig", "MemdbVectorStore", "register"]

register()
