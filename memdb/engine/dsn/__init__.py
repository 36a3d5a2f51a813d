"""Parsing of DSNs, in this place alone, for asyncpg and for libpq."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from memdb.engine.dsn import notation, surroundings
from memdb.engine.dsn.given import Given
from memdb.engine.dsn.parameters import ConnectionParameters
from memdb.errors import InvalidInput

__all__ = ["EMBEDDED", "ConnectionParameters", "connection_parameters", "resolve_dsn"]

EMBEDDED: Final = "embedded:"
_FORMS: Final = "postgresql://user@host/database, keyword=value pairs, or embedded:PATH"


def resolve_dsn(dsn: str | None) -> str:
    """`dsn`, or $MEMDB_DSN if it is None. Raises InvalidInput if it has none of a DSN's forms."""
    text = dsn if dsn is not None else os.environ.get("MEMDB_DSN", "")
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput("dsn", f"must be given, or set as MEMDB_DSN: {_FORMS}")
    text = text.strip()
    if text == EMBEDDED or not (text.startswith(EMBEDDED) or notation.is_dsn(text)):
        # The value is not repeated, because it may contain a password.
        raise InvalidInput("dsn", f"must be {_FORMS}")
    return text


def connection_parameters(dsn: str, environment: Mapping[str, str] = os.environ) -> ConnectionParameters:
    """The parameters in a server's DSN, completed as by libpq.

    Missing ones come from the service that it names, then from the environment (PGHOST, PGUSER, ...). Raises InvalidInput, which names the
    parameter or the variable and never its value.
    """
    if dsn.startswith(EMBEDDED):
        raise InvalidInput("dsn", f"must be that of a running server here, not {EMBEDDED}PATH")
    given = {name: Given(value, "dsn") for name, value in notation.read(dsn).items()}
    service = given.pop("service", None) or surroundings.variable("service", environment)
    if service is not None:
        given = surroundings.of_service(service.value, environment) | given
    return ConnectionParameters(surroundings.of_environment(environment) | given)
