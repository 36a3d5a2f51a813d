"""arandu's errors, by their names, which are memdb's too.

A retrieval raises RetrievalError, an extractor of yours may raise ExtractionError. The others are for programs that name them: a write
tells of them in its result.
"""

from __future__ import annotations

from memdb.errors import MemdbError


class MemoryError(MemdbError):
    """The base of what goes wrong in a write or a retrieval for another reason than the database."""

    def __init__(self, message: str, *, cause: BaseException | None = None) -> None:
        super().__init__(message)
        if cause is not None:
            self.__cause__ = cause


class ExtractionError(MemoryError):
    """What a message says could not be found out."""


class ResolutionError(MemoryError):
    """What the extractor names is no entity."""


class ReconciliationError(MemoryError):
    """What the extractor says of known facts does not fit them."""


class RetrievalError(MemoryError):
    """The query could not be embedded."""


class UpsertError(MemoryError):
    """What the extractor found could not be stored."""
