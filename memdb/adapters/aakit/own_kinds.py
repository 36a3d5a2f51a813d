"""AA Kit's record, backend base and errors, for use without AA Kit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any


class AAKitError(Exception):
    """The base of AA Kit's errors, with a `message`, an `error_code` and `details`."""

    def __init__(self, message: str, error_code: str | None = None, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = error_code
        self.details = details or {}

    def to_dict(self) -> dict[str, Any]:
        return {"error_type": type(self).__name__, "message": self.message, "error_code": self.error_code, "details": self.details}


class MemoryError(AAKitError):
    """A `backend` refused an operation or failed."""

    def __init__(
        self, message: str, backend: str | None = None, error_code: str | None = None, details: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message, error_code, details)
        self.backend = backend


class MemoryConnectionError(MemoryError):
    """A backend could not be reached."""

    def __init__(self, backend: str, connection_string: str, original_error: Exception | None = None) -> None:
        cause = f" - {original_error}" if original_error else ""
        super().__init__(
            f"Failed to connect to memory backend '{backend}': {connection_string}{cause}", backend, "MEMORY_CONNECTION_FAILED"
        )
        self.connection_string = connection_string
        self.original_error = original_error


class ConfigurationError(AAKitError):
    """A backend cannot be created as requested."""

    def __init__(self, message: str, config_key: str | None = None, valid_values: list[Any] | None = None) -> None:
        if config_key and valid_values:
            message += f". Valid values for '{config_key}': {', '.join(map(str, valid_values))}"
        super().__init__(message, "INVALID_CONFIGURATION")
        self.config_key = config_key
        self.valid_values = valid_values or []


@dataclass
class MemoryRecord:
    """A message of a session, as `retrieve` returns it. `timestamp` is in seconds since 1970."""

    session_id: str
    timestamp: float
    role: str
    content: str
    metadata: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MemoryRecord:
        return cls(**data)


class ShippedBackend(ABC):
    """The interface that AA Kit's agents require of a backend."""

    @abstractmethod
    async def store(self, session_id: str, role: str, content: str, metadata: dict[str, Any] | None = None) -> None: ...

    @abstractmethod
    async def retrieve(self, session_id: str, limit: int | None = None, offset: int = 0) -> list[MemoryRecord]: ...

    @abstractmethod
    async def clear(self, session_id: str) -> None: ...

    @abstractmethod
    async def get_sessions(self) -> list[str]: ...

    @abstractmethod
    async def close(self) -> None: ...
