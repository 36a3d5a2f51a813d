"""arandu's errors, by their names; they are memdb's errors, too.

A retrieval raises RetrievalError, and a custom extractor may raise ExtractionError. The others exist for programs that name them: a write
reports them in its result.
"""

from __future__ import annotations

from memdb.errors import MemdbError


class MemoryError(MemdbError):
    """The base of failures of a write or a retrieval for other reasons than the database."""

    def __init__(self, message: str, *, cause: BaseException | None = None) -> None:
        super().__init__(message)
        if cause is not None:
            self.__cause__ = cause


class ExtractionError(MemoryError):
    """A message's content could not be extracted."""


class ResolutionError(MemoryError):
    """A name from the extractor is not an entity."""


class ReconciliationError(MemoryError):
    """The extractor's statement about known facts does not match them."""


class RetrievalError(MemoryError):
    """The query could not be embedded."""


class UpsertError(MemoryError):
    """The extractor's findings could not be stored."""
