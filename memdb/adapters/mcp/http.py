"""The server over streamable HTTP: each request is for its token's holder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, cast

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

from memdb import tokens
from memdb.adapters.mcp.access import Access, Caller, Holders
from memdb.errors import CallFailed, TokenRefused

LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
_HOLDER: Final = "memdb.holder"


class RequestAccess(Access):
    """The caller that a request's bearer token stands for, under `http_app`, which verifies it.

    `local`: the caller of requests without a token, for a server that others cannot reach; None refuses them.
    """

    def __init__(self, holders: Holders, *, local: Caller | None = None) -> None:
        self.holders = holders
        self.local = local

    async def caller(self, context: Context[Any, Any]) -> Caller:
        # From the request itself: context variables are those of whichever task the SDK serves it in.
        scope = getattr(context.request_context.request, "scope", {})
        if _HOLDER not in scope:
            raise TokenRefused("malformed")
        holder = scope[_HOLDER]
        return await self.holders.caller_of(holder) if holder is not None else cast(Caller, self.local)


def http_app(server: MCPServer[Any], access: RequestAccess, *, hosts: Sequence[str] | None = LOCAL_HOSTS) -> ASGIApp:
    """An ASGI application that serves `server`, created with this `access`, under /mcp.

    A request without a valid token is answered with 401. No sessions are needed: each request may reach another process. `hosts`: what its
    headers Host and Origin may contain, with any port or without one; None does not check them.
    """
    app = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=_security(hosts))
    return _Bearer(app, access)


class _Bearer:
    """Lets requests pass that have a valid token, with its holder in the scope, or that need none."""

    def __init__(self, app: ASGIApp, access: RequestAccess) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                scope[_HOLDER] = await self._holder(scope)
            except TokenRefused as error:
                await _answer(send, 401, {"error": "invalid_token", "error_description": str(error)})
                return
            except CallFailed as error:
                await _answer(send, 503, {"error": "temporarily_unavailable", "error_description": type(error).__name__})
                return
        await self._app(scope, receive, send)

    async def _holder(self, scope: Scope) -> tokens.TokenHolder | None:
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
        if not given and self._access.local is not None:
            return None
        kind, _, text = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        if kind.lower() != "bearer":
            raise TokenRefused("malformed")
        client = scope.get("client")
        return await tokens.verify(self._access.holders.db, text=text.strip(), ip=client[0] if client else None)


async def _answer(send: Send, status: int, error: dict[str, str]) -> None:
    body = json.dumps(error).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", ("Bearer " + ", ".join(f'{name}="{text}"' for name, text in error.items())).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _security(hosts: Sequence[str] | None) -> TransportSecuritySettings:
    if hosts is None:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = [name for host in hosts for name in (host, f"{host}:*")]
    return TransportSecuritySettings(
        allowed_hosts=names, allowed_origins=[f"{scheme}://{name}" for name in names for scheme in ("http", "https")]
    )
