"""ADK's session service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

from google.adk.errors._stale_session_error import StaleSessionError
from google.adk.errors.already_exists_error import AlreadyExistsError
from google.adk.errors.session_not_found_error import SessionNotFoundError
from google.adk.events import Event
from google.adk.platform import time as platform_time
from google.adk.platform import uuid as platform_uuid
from google.adk.sessions import BaseSessionService, Session
from google.adk.sessions.base_session_service import GetSessionConfig, ListSessionsResponse
from pydantic import PrivateAttr

from memdb import transcripts
from memdb.adapters.google_adk.places import Place, checked, place, session_id_of, states_of, transcripts_of
from memdb.adapters.google_adk.states import Delta, delta_of, merge, read_state, read_states, read_states_of_users, with_prefixes
from memdb.adapters.homes import Home, Housed, home_of
from memdb.adapters.paging import all_of
from memdb.adapters.tenants import owner_of
from memdb.adapters.together import together
from memdb.engine.executor import Executor
from memdb.errors import AlreadyExists
from memdb.transcripts import ABSENT, Entry, NewEntry, RevisionConflict, Transcript


class KeptSession(Session):
    """A session with its own state as stored in the database, to which the next event's changes are added."""

    _kept: dict[str, Any] = PrivateAttr(default_factory=dict)


class MemdbSessionService(Housed, BaseSessionService):
    """Keeps sessions in a tenant's transcripts, and the states of apps and users in its items.

    - `tenant`: `db.tenant(org_id)`, or a transaction on it. Create the service on the event loop of its database; while that loop runs, its
      methods may be awaited on any.
    - `agent_id`, `user_id`: the owners of new sessions and of users' states, for legal holds and erasures. The states of apps belong to the
      agent.

    The names of apps and users and the ids of sessions are any texts of up to 480 bytes. An event and what it changes of the three states
    are written together, or not at all, and a change that has begun is made, even if its caller is cancelled. Raises AlreadyExistsError,
    SessionNotFoundError and StaleSessionError as ADK's DatabaseSessionService does, and otherwise what `memdb.transcripts` and
    `memdb.items` do.
    """

    def __init__(self, tenant: Executor | Home, *, agent_id: UUID | None = None, user_id: UUID | None = None) -> None:
        self._home = home_of("MemdbSessionService", tenant)
        self._agent: dict[str, Any] = {"agent_id": agent_id}
        self._owner = owner_of(agent_id, user_id)
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def from_url(
        cls, url: str | None = None, *, org_id: UUID | None = None, agent_id: UUID | None = None, user_id: UUID | None = None
    ) -> MemdbSessionService:
        """A service with a database and an event loop of its own: for any thread, and for one `asyncio.run` after the other.

        It is connected at its first use, and closed by `await service.close()` or by leaving `async with`.

        - `url`: what `memdb.connect` takes, including `embedded:`, and with SQLAlchemy's schemes.
        - `org_id`: the tenant; None means the organization with the slug "default", which is created if necessary.
        """
        return cls(Home.from_url(url, org_id), agent_id=agent_id, user_id=user_id)

    async def close(self) -> None:
        """Close the database, if it is the service's own; after that, the service raises PoolClosed."""
        await asyncio.to_thread(self._home.close)

    async def create_session(
        self, *, app_name: str, user_id: str, state: dict[str, Any] | None = None, session_id: str | None = None
    ) -> Session:
        """Start a session, with a new id if none is given. Raises AlreadyExistsError."""
        there = place(app_name, user_id, platform_uuid.new_uuid() if session_id is None else session_id)
        revision = _revision(platform_time.get_time())
        return await self._home.change(lambda tenant: self._create(tenant, there, revision, delta_of(state)))

    async def _create(self, tenant: Executor, there: Place, revision: str, delta: Delta) -> Session:
        begin = partial(
            transcripts.write,
            **there.transcript,
            expected_revision=ABSENT,
            after_id=None,
            revision=revision,
            state=delta.session,
            scope=there.user_id,
            **self._owner,
        )
        try:
            made = await self._written(tenant, there, delta, begin)
        except RevisionConflict as error:
            raise AlreadyExistsError(f"Session with id {there.session_id} already exists.") from error
        return _session(there, made, *await read_states(tenant, there.app_name, there.user_id))

    async def get_session(self, *, app_name: str, user_id: str, session_id: str, config: GetSessionConfig | None = None) -> Session | None:
        there = place(app_name, user_id, session_id)
        return await self._home.call(lambda tenant: _read(tenant, there, config or GetSessionConfig()))

    async def list_sessions(self, *, app_name: str, user_id: str | None = None) -> ListSessionsResponse:
        """The app's sessions, or those of one user, without events, least recently updated first."""
        checked("app_name", app_name)
        if user_id is not None:
            checked("user_id", user_id)
        return await self._home.call(lambda tenant: _list(tenant, app_name, user_id))

    async def delete_session(self, *, app_name: str, user_id: str, session_id: str) -> None:
        """Delete a session with its events, if it exists. Raises UnderLegalHold if a hold forbids it."""
        there = place(app_name, user_id, session_id)
        await self._home.change(lambda tenant: transcripts.delete(tenant, **there.transcript))

    async def get_user_state(self, *, app_name: str, user_id: str) -> dict[str, Any]:
        checked("app_name", app_name)
        checked("user_id", user_id)
        _, state = await self._home.call(lambda tenant: read_states(tenant, app_name, user_id))
        return state

    async def append_event(self, session: Session, event: Event) -> Event:
        """Add an event and its changes to the session in the database and to this object. A partial event is not added.

        Raises StaleSessionError if the session was changed by others since it was read, SessionNotFoundError if it does not exist, and
        AlreadyExistsError if it has an event with this id.
        """
        if event.partial:
            return event
        self._apply_temp_state(session, event)
        event = self._trim_temp_delta_state(event)
        there = place(session.app_name, session.user_id, session.id)
        return await self._home.change(lambda tenant: self._append(tenant, there, session, event))

    async def _append(self, tenant: Executor, there: Place, session: Session, event: Event) -> Event:
        # Concurrent events of one session object wait for one another: each needs the revision made by the one before it.
        async with self._locks.setdefault(there, asyncio.Lock()):
            revision, kept = await _known(tenant, there, session)
            delta = delta_of(event.actions.state_delta)
            kept = kept | delta.session
            append = partial(
                transcripts.append,
                **there.transcript,
                items=[NewEntry(event.model_dump(mode="json", exclude_none=True), event.id)],
                expected_revision=revision,
                revision=_revision(event.timestamp),
                state=kept if delta.session else None,
            )
            try:
                made = await self._written(tenant, there, delta, append)
            except RevisionConflict as error:
                if await transcripts.get(tenant, **there.transcript) is None:
                    raise _not_found(there) from error
                raise _stale() from error
            except AlreadyExists as error:
                raise AlreadyExistsError(f"Event with id {event.id} already exists.") from error
            session.last_update_time = event.timestamp
            session._storage_update_marker = made.revision
            if isinstance(session, KeptSession):
                session._kept = kept
            return self._commit_event_to_session(session, event)

    async def _written(self, tenant: Executor, there: Place, delta: Delta, write: Callable[..., Awaitable[Transcript]]) -> Transcript:
        """What `write` returns, in one transaction with the changes to the states of the app and the user."""
        if not delta.app and not delta.user:
            return await write(tenant)
        async with tenant.transaction() as tx:
            await merge(tx, states_of(there.app_name), delta.app, **self._agent)
            await merge(tx, states_of(there.app_name, there.user_id), delta.user, **self._owner)
            return await write(tx)


async def _known(tenant: Executor, there: Place, session: Session) -> tuple[str, dict[str, Any]]:
    """The revision of a session object, and the session's own state at it."""
    marker = session._storage_update_marker
    if isinstance(session, KeptSession) and marker is not None:
        return marker, session._kept
    found = await transcripts.get(tenant, **there.transcript)
    if found is None:
        raise _not_found(there)
    if marker is None:
        # Created by hand, or by another service: it is stale unless it is as recent, or ends with the same event.
        behind = _updated(found) > session.last_update_time and found.head_id != (session.events[-1].id if session.events else None)
    else:
        behind = marker != found.revision
    if behind:
        raise _stale()
    return found.revision, found.state


async def _read(tenant: Executor, there: Place, config: GetSessionConfig) -> Session | None:
    count, since = config.num_recent_events, config.after_timestamp
    while True:
        found, entries, (app, user) = await together(
            tenant,
            transcripts.get(tenant, **there.transcript),
            transcripts.history(tenant, **there.transcript, limit=count if since is None else None),
            read_states(tenant, there.app_name, there.user_id),
        )
        if found is None:
            return None
        # Otherwise an event was added between the two.
        if count == 0 or found.head_id == (entries[-1].id if entries else None):
            return _session(there, found, app, user, _events(entries, count, since))


def _events(entries: list[Entry], count: int | None, since: float | None) -> list[Event]:
    events = [Event.model_validate(each.value) for each in entries]
    if since is not None:
        events = [each for each in events if each.timestamp >= since]
    return events if count is None else events[len(events) - min(count, len(events)) :]


async def _list(tenant: Executor, app_name: str, user_id: str | None) -> ListSessionsResponse:
    found, app, states = await together(
        tenant,
        all_of(partial(transcripts.page, tenant, namespace=transcripts_of(app_name), scope=user_id)),
        read_state(tenant, app_name),
        read_states_of_users(tenant, app_name, user_id),
    )
    sessions = []
    for each in found:
        user = each.scope or ""
        there = Place(app_name, user, session_id_of(each.id, user))
        sessions.append(_session(there, each, app, states.get(user, {})))
    return ListSessionsResponse(sessions=sorted(sessions, key=lambda each: (each.last_update_time, each.user_id, each.id)))


def _session(there: Place, found: Transcript, app: Mapping[str, Any], user: Mapping[str, Any], events: Sequence[Event] = ()) -> Session:
    session = KeptSession(
        app_name=there.app_name,
        user_id=there.user_id,
        id=there.session_id,
        state=found.state | with_prefixes(app, user),
        events=list(events),
        last_update_time=_updated(found),
    )
    session._kept = found.state
    session._storage_update_marker = found.revision
    return session


def _revision(timestamp: float) -> str:
    """A new revision, which includes the time: transcripts' `updated_at` is not exact after `append`, and is not by the event's clock."""
    return f"{timestamp!r} {uuid4().hex}"


def _updated(found: Transcript) -> float:
    return float(found.revision.partition(" ")[0])


def _not_found(there: Place) -> SessionNotFoundError:
    return SessionNotFoundError(f"Session {there.session_id} not found.")


def _stale() -> StaleSessionError:
    return StaleSessionError("The session has been modified in storage since it was read. Get it again before appending events to it.")
