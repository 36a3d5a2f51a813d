"""The configuration of a backend, apart from its location."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from memdb.adapters.aakit.kinds import ConfigurationError
from memdb.adapters.aakit.messages import Message

Summarizer: TypeAlias = Callable[[list[Message]], str | Awaitable[str]]
"""Returns a summary of messages, or an awaitable of one."""


@dataclass(frozen=True)
class MemoryConfig:
    """The seven settings of AA Kit's documentation, with what two of them need.

    - `backend`: memory, redis, sqlite or postgres, for `create_memory`.
    - `ttl`: how many seconds after its last message a session ends; None means never.
    - `max_messages`: how many messages of a session are kept, the newest; None means all.
    - `compression`: store contents and metadata compressed by Zstandard.
    - `encryption`: store them encrypted by AES-GCM with `encryption_key`, of 16, 24 or 32 bytes. Roles and times are not encrypted.
    - `auto_summarize`: when a session has more than `summarize_threshold` messages, the older half of them is replaced by what `summarizer`
      returns for them, as a system message with the metadata {"summary": True, "messages": how many}.

    Raises ConfigurationError.
    """

    backend: str = "memory"
    ttl: float | None = None
    max_messages: int | None = None
    compression: bool = False
    encryption: bool = False
    auto_summarize: bool = False
    summarize_threshold: int = 50
    encryption_key: bytes | None = field(default=None, repr=False, kw_only=True)
    summarizer: Summarizer | None = field(default=None, repr=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.ttl is not None and not (_is_number(self.ttl) and self.ttl > 0):
            raise ConfigurationError(f"ttl must be a number of seconds above 0, not {self.ttl!r:.40}", "ttl")
        for name, least in (("max_messages", 1), ("summarize_threshold", 2)):
            value = getattr(self, name)
            if value is not None and (type(value) is not int or value < least):
                raise ConfigurationError(f"{name} must be an int of {least} or more, not {value!r:.40}", name)
        for name in ("compression", "encryption", "auto_summarize"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigurationError(f"{name} must be True or False, not {getattr(self, name)!r:.40}", name)
        if self.encryption and not (isinstance(self.encryption_key, bytes) and len(self.encryption_key) in (16, 24, 32)):
            raise ConfigurationError("encryption_key must be 16, 24 or 32 bytes where encryption is on", "encryption_key")
        if self.auto_summarize and not callable(self.summarizer):
            raise ConfigurationError("summarizer must be a function of a list of messages where auto_summarize is on", "summarizer")
        if self.auto_summarize and self.max_messages is not None and self.max_messages <= self.summarize_threshold:
            raise ConfigurationError(
                f"max_messages must be above summarize_threshold, {self.summarize_threshold}, where auto_summarize is on: else messages go "
                "before they are summarised",
                "max_messages",
            )


def configured(config: MemoryConfig | Mapping[str, Any] | None, **given: Any) -> MemoryConfig:
    """The configuration, with the given settings replacing its own; None and False do not count as given. Raises ConfigurationError."""
    if config is None:
        known: dict[str, Any] = {}
    elif isinstance(config, MemoryConfig):
        known = {each.name: getattr(config, each.name) for each in fields(config)}
    elif isinstance(config, Mapping):
        known = dict(config)
    else:
        raise ConfigurationError(f"config must be a MemoryConfig or a dict, not {type(config).__name__}", "config")
    known |= {name: value for name, value in given.items() if value is not None and value is not False}
    names = {each.name for each in fields(MemoryConfig)}
    if unknown := sorted(set(known) - names):
        raise ConfigurationError(f"config has no field {unknown[0]!r}", "config", sorted(names))
    return MemoryConfig(**known)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
