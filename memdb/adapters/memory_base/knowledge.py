"""Profiles and knowledge of Memory-Base's users, adopted as profiles and triples of users that are found, or made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import msgspec

from memdb import profiles, triples, users
from memdb.adapters.fields import as_fields
from memdb.engine.executor import Executor, Transaction
from memdb.engine.inputs import JsonObject
from memdb.errors import InvalidInput, VersionConflict
from memdb.operations.adopting.declared import Owner, text
from memdb.operations.adopting.rows import Row
from memdb.triples import NewTriple

_SYSTEM: Final = "memory-base"
_USERS: Final = text("into/users/found.sql")
_PROFILES: Final = text("into/profiles/found.sql")
_TRIPLES: Final = text("into/triples/found.sql")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_DELETED: Final = "deleted"


class _User(msgspec.Struct, frozen=True):
    number: int
    id: UUID


class _Profile(msgspec.Struct, frozen=True):
    number: int
    document: JsonObject
    is_deleted: bool


class _Triple(msgspec.Struct, frozen=True):
    number: int
    is_deleted: bool


class _OfUsers:
    """What says whose it is by Memory-Base's user_id, any text."""

    async def owner(self, on: Executor, given: Owner) -> Owner:
        if given.agent_id is not None or given.user_id is not None:
            raise InvalidInput("agent and user", "must not be given for profiles and knowledge: each is of the user that its key names")
        return given

    async def _users(self, tx: Transaction, names: Sequence[str]) -> dict[str, UUID]:
        """The users there are, by Memory-Base's user_id."""
        different = sorted(set(names))
        with as_fields({"names": "user_id"}):
            found = await tx.fetch(_User, _USERS, names=different, ids=[_id_of(each) for each in different], system=_SYSTEM)
        return {different[each.number - 1]: each.id for each in found}

    async def _made(self, tx: Transaction, names: Sequence[str]) -> dict[str, UUID]:
        """`_users`, with those that were not there."""
        known = await self._users(tx, names)
        for name in sorted(set(names) - known.keys()):
            with as_fields({"sso_subject": "user_id", "email": "user_id"}):
                made = await users.create(tx, email=_address(name), name=name, sso_provider=_SYSTEM, sso_subject=name, id=_id_of(name))
            known[name] = made.id
        return known


class _Profiles(_OfUsers):
    def said(self, row: Row) -> str:
        try:
            return _said(_document(row))
        except InvalidInput:
            return str(row["document"])

    def name(self, row: Row) -> str:
        return str(row["user"])

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        known = await self._users(tx, [row["user"] for row in rows])
        there = [number for number, row in enumerate(rows) if row["user"] in known]
        found: list[str | None] = [None] * len(rows)
        for each in await tx.fetch(_Profile, _PROFILES, user_ids=[known[rows[number]["user"]] for number in there]):
            found[there[each.number - 1]] = _DELETED if each.is_deleted else _said(each.document)
        return found

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        documents = [_document(row) for row in rows]
        known = await self._made(tx, [row["user"] for row in rows])
        put = []
        for row, document in zip(rows, documents, strict=True):
            try:
                put.append(await profiles.put(tx, user_id=known[row["user"]], document=document, expected_version=0))
            except VersionConflict as error:
                raise InvalidInput("profile", f"must be that of a user without one: {known[row['user']]} has another by now") from error
        return [_said(each.document) for each in put]


class _Triples(_OfUsers):
    """Triples of one spelling are the same as those of another, as memdb compares them: the first is stored."""

    def said(self, row: Row) -> str:
        return json.dumps([row["user"], row["line"], row["parts"]])

    def name(self, row: Row) -> str:
        return f"{row['user']} / line {row['line']}"

    async def found(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str | None]:
        known = await self._users(tx, [row["user"] for row in rows])
        there = [number for number, row in enumerate(rows) if row["user"] in known and row["parts"] is not None]
        found: list[str | None] = [None] * len(rows)
        given = {
            "user_ids": [known[rows[number]["user"]] for number in there],
            **{
                name: [rows[number]["parts"][place] for number in there] for place, name in enumerate(("subjects", "predicates", "objects"))
            },
        }
        with as_fields({"subjects": "subject", "predicates": "predicate", "objects": "object"}):
            for each in await tx.fetch(_Triple, _TRIPLES, **given):
                number = there[each.number - 1]
                found[number] = _DELETED if each.is_deleted else self.said(rows[number])
        return found

    async def put(self, tx: Transaction, rows: Sequence[Row], owner: Owner) -> list[str]:
        if any(row["parts"] is None for row in rows):
            raise InvalidInput("line", "must be JSON")
        known = await self._made(tx, [row["user"] for row in rows])
        for user, some in groupby(rows, key=lambda row: str(row["user"])):
            # Of those that memdb has for one it keeps the last.
            first: dict[tuple[str, ...], NewTriple] = {}
            for s, p, o in (row["parts"] for row in some):
                first.setdefault(_folded(s, p, o), NewTriple(subject=s, predicate=p, object=o))
            await triples.assert_many(tx, items=list(first.values()), user_id=known[user])
        return [each or "" for each in await self.found(tx, rows, owner)]


def _document(row: Row) -> dict[str, Any]:
    """Raises InvalidInput where it is no JSON object."""
    try:
        found = json.loads(row["document"])
    except ValueError as error:
        raise InvalidInput("profile", f"must be JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput("profile", "must be a JSON object")
    return found


def _said(document: Any) -> str:
    return json.dumps(document, sort_keys=True)


def _folded(*parts: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()).casefold() for part in parts)


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _address(name: str) -> str:
    """A user's address: a domain of its own for what is none."""
    if _ADDRESS.fullmatch(name):
        return name
    return f"{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}@{_SYSTEM}.invalid"


PROFILES: Final = _Profiles()
TRIPLES: Final = _Triples()
