"""The places in a tenant where the data of an app, a user or a session is stored."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from memdb.engine.json_values import storable
from memdb.errors import InvalidInput

_LONGEST: Final = 480
_ROOT: Final = "google-adk"


class Place(NamedTuple):
    """A session's place. No two pairs of a user's id and a session's id give the same transcript id."""

    app_name: str
    user_id: str
    session_id: str

    @property
    def transcript(self) -> dict[str, Any]:
        return {"namespace": transcripts_of(self.app_name), "id": _before_id(self.user_id) + self.session_id}


def place(app_name: str, user_id: str, session_id: str) -> Place:
    """A session's place. Raises InvalidInput, which names the text that cannot be part of one."""
    return Place(checked("app_name", app_name), checked("user_id", user_id), checked("session_id", session_id))


def transcripts_of(app_name: str) -> str:
    return f"{_ROOT}/{app_name}"


def session_id_of(transcript_id: str, user_id: str) -> str:
    return transcript_id.removeprefix(_before_id(user_id))


def states_of(app_name: str, user_id: str | None = None) -> tuple[str, ...]:
    """The namespace of the items with an app's state, or that of one of its users."""
    return (_ROOT, app_name, "app") if user_id is None else (*users_of(app_name), user_id)


def users_of(app_name: str) -> tuple[str, ...]:
    """The namespace of an app's users."""
    return (_ROOT, app_name, "user")


def memories_of(app_name: str, user_id: str, *, deleted: bool = False) -> tuple[str, ...]:
    """The namespace of the items with a user's memories, or of the marks of deleted ones."""
    return (_ROOT, checked("app_name", app_name), "deleted" if deleted else "memory", checked("user_id", user_id))


def checked(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidInput(field, f"must be a str, not {type(value).__name__}")
    storable(field, value)
    if len(value.encode()) > _LONGEST:
        raise InvalidInput(field, f"must be at most {_LONGEST} bytes long")
    return value


def _before_id(user_id: str) -> str:
    return f"{len(user_id)}:{user_id}:"
