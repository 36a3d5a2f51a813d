"""A pytest plugin for the tests that come with openai-agents: their SQLiteSession and SQLAlchemySession become memdb's.

The sessions of a test are of a tenant of its own. What looks at the insides of theirs, or is about SQLite or SQLAlchemy, is left out.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import pytest

import memdb
from memdb import organizations
from memdb.adapters.openai_agents import MemdbSession

_DSN: Final = os.environ["MEMDB_SUITE_DSN"]
_OF_ITEMS: Final = (
    "get_items_uses_session_settings_limit",
    "get_items_explicit_limit_overrides_session_settings",
    "session_settings_default",
    "session_settings_resolve",
    "runner_with_session_settings_override",
)
# By module: the tests that use nothing but what a session is asked for.
_PUBLIC: Final = {
    "test_sqlalchemy_session": {
        *_OF_ITEMS,
        "sqlalchemy_session_direct_ops",
        "runner_integration",
        "session_isolation",
        "get_items_with_limit",
        "pop_from_empty_session",
        "get_items_limit_returns_fewer_when_history_exhausted",
        "add_empty_items_list",
        "session_settings_from_url",
    },
    "test_session": {
        *_OF_ITEMS,
        "session_memory_basic_functionality_parametrized",
        "session_memory_with_explicit_instance_parametrized",
        "session_memory_disabled_parametrized",
        "session_memory_different_sessions_parametrized",
        "sqlite_session_memory_direct",
        "sqlite_session_memory_pop_item",
        "session_memory_pop_different_sessions",
        "sqlite_session_get_items_with_limit",
        "session_memory_appends_list_input_by_default",
        "session_callback_prepared_input",
        "session_callback_repeating_history_does_not_grow_session",
        "sqlite_session_unicode_content",
        "sqlite_session_special_characters_and_sql_injection",
        "sqlite_session_concurrent_access",
        "session_add_items_exception_propagates_in_streamed",
        "session_settings_constructor",
        "session_settings_constructor_normalizes_dictionary",
        "session_settings_rejects_unknown_dictionary_fields",
    },
}


async def _organization() -> UUID:
    async with memdb.connect(_DSN, timeout=30.0) as db:
        return (await organizations.create(db.admin(), slug=uuid.uuid4().hex, name="Suite")).id


class _Sessions:
    """Stands for their classes: makes sessions of a tenant, which are closed after the test."""

    def __init__(self) -> None:
        self._org_id = asyncio.run(_organization())
        self._made: list[MemdbSession] = []

    def __call__(self, session_id: str, place: Any = None, *, session_settings: Any = None) -> MemdbSession:
        return self.from_url(session_id, session_settings=session_settings)

    def from_url(self, session_id: str, *, url: str = "", **named: Any) -> MemdbSession:
        self._made.append(MemdbSession.from_url(session_id, url=_DSN, org_id=self._org_id, **named))
        return self._made[-1]

    def close(self) -> None:
        for each in self._made:
            each.close()


@pytest.fixture(autouse=True)
def _sessions(request: pytest.FixtureRequest) -> Iterator[None]:
    made = _Sessions()
    request.module.SQLAlchemySession = request.module.SQLiteSession = made
    yield
    made.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = []
    for item in items:
        module: Any = item.module  # type: ignore[attr-defined]
        function = item.originalname.removeprefix("test_")  # type: ignore[attr-defined]
        if function not in _PUBLIC[module.__name__.rpartition(".")[2]]:
            left_out.append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
