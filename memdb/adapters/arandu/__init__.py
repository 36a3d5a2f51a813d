"""arandu over memdb: a memory that is written to by messages and queried by questions.

from memdb.adapters.arandu import MemoryClient

memory = MemoryClient("postgresql+psycopg://user:pass@localhost/mydb", llm=provider, embeddings=provider)
await memory.initialize()
await memory.write("my_agent", "I live in Oslo", speaker_name="Ada")
print((await memory.retrieve("my_agent", "Where does Ada live?")).context)
"""

from memdb.adapters.arandu.client import MemoryClient
from memdb.adapters.arandu.config import MemoryConfig
from memdb.adapters.arandu.db import create_engine, create_session_factory, init_db
from memdb.adapters.arandu.errors import ExtractionError, MemoryError, ReconciliationError, ResolutionError, RetrievalError, UpsertError
from memdb.adapters.arandu.extraction import LLMExtractor
from memdb.adapters.arandu.protocols import (
    EmbeddingProvider,
    ExtractedEntity,
    ExtractedFact,
    ExtractedRelation,
    Extraction,
    Extractor,
    LLMProvider,
    LLMResult,
    TokenUsage,
)
from memdb.adapters.arandu.results import (
    EntityDetail,
    FactDetail,
    PipelineStep,
    PipelineTrace,
    RetrieveResult,
    ScoredFact,
    WriteResult,
)

__all__ = [
    "EmbeddingProvider",
    "EntityDetail",
    "ExtractedEntity",
    "ExtractedFact",
    "ExtractedRelation",
    "Extraction",
    "ExtractionError",
    "Extractor",
    "FactDetail",
    "LLMExtractor",
    "LLMProvider",
    "LLMResult",
    "MemoryClient",
    "MemoryConfig",
    "MemoryError",
    "PipelineStep",
    "PipelineTrace",
    "ReconciliationError",
    "ResolutionError",
    "RetrievalError",
    "RetrieveResult",
    "ScoredFact",
    "TokenUsage",
    "UpsertError",
    "WriteResult",
    "create_engine",
    "create_session_factory",
    "init_db",
]
