"""Datetimes as they are sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from memdb.errors import InvalidInput


def moment(field: str, value: Any) -> datetime:
    """An aware datetime of any class as a plain one in UTC. Raises InvalidInput if it is not one, or is out of range in UTC."""
    if not isinstance(value, datetime):
        raise InvalidInput(field, f"must be a datetime, not {type(value).__name__}")
    try:
        in_utc = None if value.utcoffset() is None else value.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(field, "must be between the years 1 and 9999 in UTC") from None
    except ValueError:
        # As pandas' NaT does.
        raise InvalidInput(field, f"must be a time, not {value!r:.40}") from None
    if in_utc is None:
        raise InvalidInput(field, "must have a time zone: use datetime.now(UTC), not datetime.now()")
    # Subclasses have their own arithmetic: in pendulum, a difference is not a plain timedelta.
    return in_utc if type(in_utc) is datetime else datetime.combine(in_utc.date(), in_utc.timetz())
