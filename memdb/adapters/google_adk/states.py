"""The state of a session: its own, its user's and its app's, in one map with prefixes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from google.adk.sessions import State
from pydantic_core import to_jsonable_python

from memdb import items
from memdb.adapters.google_adk.places import states_of, users_of
from memdb.adapters.paging import all_of
from memdb.engine.executor import Executor
from memdb.items import Item, NewItem


class Delta(NamedTuple):
    """The changes of each of the three states, as JSON."""

    app: dict[str, Any]
    user: dict[str, Any]
    session: dict[str, Any]


def delta_of(changes: Mapping[str, Any] | None) -> Delta:
    """The changes to store, without temporary ones. A value that is not JSON becomes what pydantic makes of it, or its `repr`."""
    delta = Delta({}, {}, {})
    for key, value in to_jsonable_python(changes or {}, serialize_unknown=True).items():
        if key.startswith(State.APP_PREFIX):
            delta.app[key.removeprefix(State.APP_PREFIX)] = value
        elif key.startswith(State.USER_PREFIX):
            delta.user[key.removeprefix(State.USER_PREFIX)] = value
        elif not key.startswith(State.TEMP_PREFIX):
            delta.session[key] = value
    return delta


def with_prefixes(app: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a session's state that comes from its app and its user."""
    return {State.APP_PREFIX + key: value for key, value in app.items()} | {State.USER_PREFIX + key: value for key, value in user.items()}


async def read_states(on: Executor, app_name: str, user_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An app's state, and the state of one of its users."""
    app, user = states_of(app_name), states_of(app_name, user_id)
    states: dict[tuple[str, ...], dict[str, Any]] = {app: {}, user: {}}

    async def page(before: Item | None, limit: int) -> list[Item]:
        return await items.scan(on, namespaces=states, after=before, limit=limit)

    for each in await all_of(page):
        states[tuple(each.namespace)][each.key] = each.value
    return states[app], states[user]


async def read_state(on: Executor, app_name: str) -> dict[str, Any]:
    """An app's state."""
    return {each.key: each.value for each in await _items(on, states_of(app_name))}


async def read_states_of_users(on: Executor, app_name: str, user_id: str | None) -> dict[str, dict[str, Any]]:
    """The state of each of an app's users that has one, or of one of them."""
    states: dict[str, dict[str, Any]] = {}
    for each in await _items(on, users_of(app_name) if user_id is None else states_of(app_name, user_id)):
        states.setdefault(each.namespace[-1], {})[each.key] = each.value
    return states


async def merge(on: Executor, namespace: tuple[str, ...], changes: Mapping[str, Any], **owner: Any) -> None:
    """Store the changes to the state of an app or a user, one item per key, so that writers of different keys do not conflict."""
    if changes:
        new = [NewItem(namespace=namespace, key=key, value=value, to_the_letter=True) for key, value in changes.items()]
        await items.put_many(on, items=new, **owner)


async def _items(on: Executor, prefix: tuple[str, ...]) -> list[Item]:
    return await all_of(partial(items.page, on, prefix=prefix))
