"""Which status each of memdb's errors has. This is the only place that knows."""

from __future__ import annotations

import logging
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from memdb.errors import (
    AlreadyExists,
    DeadlineExceeded,
    InvalidInput,
    InvalidTransition,
    MemdbError,
    NotFound,
    OutOfResources,
    PermissionDenied,
    QuotaExceeded,
    ReadOnly,
    SessionClosed,
    TokenRefused,
    TransactionConflict,
    Unavailable,
    UnderLegalHold,
    VersionConflict,
    WritesRefused,
)
from memory_service.answers import Json

STATUSES: Final[dict[type[MemdbError], int]] = {
    InvalidInput: 422,
    NotFound: 404,
    AlreadyExists: 409,
    InvalidTransition: 409,
    SessionClosed: 409,
    UnderLegalHold: 409,
    VersionConflict: 409,
    TokenRefused: 401,
    PermissionDenied: 403,
    WritesRefused: 403,
    QuotaExceeded: 429,
    DeadlineExceeded: 503,
    OutOfResources: 503,
    ReadOnly: 503,
    TransactionConflict: 503,
    Unavailable: 503,
    # All others are the service's own faults: its use of memdb, its database, its deployment.
    MemdbError: 500,
}

# What may go well a moment later. A quota has room again when something is forgotten, not after a while.
_HEADERS: Final[dict[int, dict[str, str]]] = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}
_log: Final = logging.getLogger(__name__)


def status_of(kind: type[MemdbError]) -> int:
    return next(STATUSES[each] for each in kind.__mro__ if each in STATUSES)


def install(app: FastAPI) -> None:
    app.add_exception_handler(MemdbError, _told)
    app.add_exception_handler(RequestValidationError, _misread)


async def _told(request: Request, error: Any) -> Response:
    status = status_of(type(error))
    if status >= 500:
        _log.error("%s %s", request.method, request.url.path, exc_info=error)
    if status == 500:
        return Json({"error": "InternalError", "detail": "the service failed"}, status)
    return _answer(status, type(error).__name__, str(error), getattr(error, "field", None))


async def _misread(request: Request, error: Any) -> Response:
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"][1:]))
    return _answer(422, "InvalidInput", f"{field}: {first['msg']}", field)


def _answer(status: int, error: str, detail: str, field: str | None) -> Response:
    told = {"error": error, "detail": detail} | ({"field": field} if field else {})
    return Json(told, status, headers=_HEADERS.get(status))
