"""Where a page of a list ended: one type for every list, and the parts of it that a statement takes.

A parameter `before` or `after` of a query function is annotated with the Struct of the list's rows and Cursor, and, if the list is sorted
by one field, also with that field's type:

    before: Memory | Cursor | UUID | None = None    # :before in the file
    before: Session | Cursor | None = None          # :before_active_at and :before_id

The Struct's `cursor_fields` are the fields by which its lists are sorted; the default is `id`. If there are several, the file takes those
by which it sorts. A value given alone stands for the first field that the file takes; the others are then NULL.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Self, TypeAlias, TypeVar, get_args, get_origin

import msgspec

from memdb.engine import hints
from memdb.engine.rows import without_none
from memdb.errors import InvalidInput, QueryDefinitionError

Place: TypeAlias = tuple[str | int | float, ...]

_TOKEN: Final = "must be the text of a memdb.Cursor, as str() gives it"
_ALTERED: Final = "must be a cursor as memdb made it"

S = TypeVar("S", bound=msgspec.Struct)


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a page ended. `before` and `after` take it to continue from there, as they take the last row itself.

        page = await sessions.page(tenant, limit=20)
        token = str(Cursor.of(page[-1]))                       # for a URL: letters, digits, - and _
        ...
        page = await sessions.page(tenant, limit=20, before=Cursor.parse(token))

    Lists that are sorted newest first continue with `before`, those sorted by a key or a number with `after`; None is the first page. All
    other arguments stay the same. If a list is sorted by one field, that field's value can be given instead (`before=memory_id`). A page
    with fewer rows than `limit` is the last one. So is an empty page, which has no row to continue from.

    A cursor reveals only the values by which rows are sorted, and belongs to no tenant. `rows` is the class of its rows.
    """

    rows: str
    place: Place

    @classmethod
    def of(cls, row: msgspec.Struct) -> Self:
        """The cursor of a row: of a page's last row, for the next page. Raises InvalidInput for an object that is no list's row."""
        if not isinstance(row, msgspec.Struct) or isinstance(row, Cursor):
            raise InvalidInput("row", f"must be a row of a page, not {type(row).__name__}")
        kind = type(row)
        return cls(_name(kind), tuple(_written(field, getattr(row, field)) for field in fields_of(kind)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor whose `str` is `text`. Raises InvalidInput."""
        if not isinstance(text, str):
            raise InvalidInput("cursor", f"{_TOKEN}, not {type(text).__name__}")
        try:
            return msgspec.json.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True), type=cls)
        except (ValueError, msgspec.DecodeError):
            raise InvalidInput("cursor", f"{_TOKEN}, not {text!r:.80}") from None

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode()


class Walk:
    """A parameter that says where a page begins: what it accepts, and which placeholders of the statement are its parts.

    `types` are the types of those placeholders.
    """

    def __init__(self, field: str, annotation: Any, placeholders: Collection[str]) -> None:
        members = [member for member in get_args(annotation) if member not in (type(None), Cursor)]
        rows = [member for member in members if isinstance(member, type) and issubclass(member, msgspec.Struct)]
        if len(rows) != 1 or len(members) > 2:
            raise QueryDefinitionError(
                f"parameter {field}: must be annotated with the rows' Struct | Cursor, and at most the type of one field"
            )
        self.field: Final = field
        self._row: type[msgspec.Struct] = rows[0]
        self._fields = fields_of(self._row)
        self._is_optional = type(None) in get_args(annotation)
        names = [field] if len(self._fields) == 1 else [f"{field}_{name}" for name in self._fields]
        self._parts = {name: part for name, part in zip(names, self._fields, strict=True) if name in placeholders}
        of_fields = hints.of_class(self._row)
        types = {name: of_fields[part] for name, part in self._parts.items()}
        for part in self._parts.values():
            # What is compared with NULL is on no page.
            if without_none(of_fields[part])[1]:
                told = f"{self._row.__name__}.{part} may be None, so rows after such a one have no page"
                raise QueryDefinitionError(f"parameter {field}: {told}")
        # A value given alone is that of the first field that the statement takes.
        self._alone = next(iter(types), None) if len(members) == 2 else None
        if self._alone is not None:
            types[self._alone] = next(member for member in members if member is not self._row)
        self.types: Final[Mapping[str, Any]] = types

    def picked(self, placeholder: str, check: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
        """The check of the parameter's argument, which returns the part for one placeholder."""
        part = self._parts[placeholder]
        at, read = self._fields.index(part), _plain(self.types[placeholder])

        def pick(value: Any, dimension: int) -> Any:
            if value is None and self._is_optional:
                return None
            if isinstance(value, self._row):
                return check(getattr(value, part), dimension)
            if isinstance(value, Cursor):
                return check(_converted(self.field, _place(self.field, value, self._row)[at], read), dimension)
            if self._alone is None or value is None or isinstance(value, msgspec.Struct):
                raise InvalidInput(self.field, f"must be {self._wanted()}, not {type(value).__name__}")
            return check(value, dimension) if placeholder == self._alone else None

        return pick

    def _wanted(self) -> str:
        field = f", its {self._parts[self._alone]}" if self._alone else ""
        return f"the last {self._row.__name__} of the page before{field} or its memdb.Cursor"


def walks(annotations: Mapping[str, Any], placeholders: Collection[str]) -> dict[str, Walk]:
    """A function's parameters that take cursors, by each placeholder that is a part of one."""
    found = [Walk(name, annotation, placeholders) for name, annotation in annotations.items() if Cursor in get_args(annotation)]
    return {name: walk for walk in found for name in walk.types}


def place_of(field: str, given: object, row: type[S]) -> S:
    """All parts of a cursor of `row`. Raises InvalidInput, which names the field."""
    if not isinstance(given, Cursor):
        raise InvalidInput(field, f"must be a memdb.Cursor, not {type(given).__name__}")
    place: S = _converted(field, dict(zip(fields_of(row), _place(field, given, row), strict=True)), row)
    return place


@cache
def fields_of(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields by which lists of such rows are sorted. Raises InvalidInput if there are none."""
    fields: tuple[str, ...] = getattr(row, "cursor_fields", ("id",))
    if not set(fields) <= set(row.__struct_fields__):
        raise InvalidInput("row", f"must be a row of a list that has pages, not {row.__name__}")
    return fields


def _name(row: type[msgspec.Struct]) -> str:
    return f"{row.__module__.partition('.')[0]}.{row.__name__}"


def _place(field: str, cursor: Cursor, row: type[msgspec.Struct]) -> Place:
    if cursor.rows != _name(row):
        raise InvalidInput(field, f"must be a cursor of {_name(row)}, not of {cursor.rows:.80}")
    if len(cursor.place) != len(fields_of(row)):
        raise InvalidInput(field, _ALTERED)
    return cursor.place


def _converted(field: str, value: Any, to: Any) -> Any:
    try:
        return msgspec.convert(value, to)
    except ValueError:
        raise InvalidInput(field, _ALTERED) from None


def _written(field: str, value: Any) -> str | int | float:
    # A date, a Decimal or a timedelta is a text, too.
    written = value.isoformat() if isinstance(value, datetime) else msgspec.to_builtins(value, enc_hook=str)
    if not isinstance(written, str | int | float):
        raise InvalidInput("row", f"must have a value to be in order by as its {field}, not {type(value).__name__}")
    return written


def _plain(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
