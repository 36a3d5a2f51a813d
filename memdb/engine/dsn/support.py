"""The parameters of libpq that memdb supports, and their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from memdb.engine.dsn.given import Given, refuse

_PLAIN: Final = frozenset(
    {
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
        "passfile",
        "options",
        "application_name",
        "fallback_application_name",
        "sslcert",
        "sslkey",
        "sslpassword",
        "sslrootcert",
        "sslcrl",
        "krbsrvname",
    }
)
_NUMBERS: Final = frozenset(
    {"connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"}
)
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "ssl_min_protocol_version": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "ssl_max_protocol_version": ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "channel_binding": ("disable", "prefer", "require"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "load_balance_hosts": ("disable", "random"),
    "gsslib": ("gssapi", "sspi"),
}
# asyncpg does not support what these request. Values that request nothing are accepted.
_UNSUPPORTED: Final[Mapping[str, frozenset[str]]] = {
    "client_encoding": frozenset({"auto", "utf8", "utf-8", "UTF8", "UTF-8", "unicode", "UNICODE"}),
    "gssencmode": frozenset({"disable", "prefer"}),
    "gssdelegation": frozenset({"0"}),
    "sslcertmode": frozenset({"allow"}),
    "sslcompression": frozenset({"0"}),
    "sslsni": frozenset({"1"}),
    "min_protocol_version": frozenset({"3.0"}),
    "max_protocol_version": frozenset({"3.0", "latest"}),
    "replication": frozenset({"false", "off", "no", "0"}),
    "require_auth": frozenset(),
    "requirepeer": frozenset(),
    "sslcrldir": frozenset(),
    "sslkeylogfile": frozenset(),
    "servicefile": frozenset(),
    "scram_client_key": frozenset(),
    "scram_server_key": frozenset(),
    "oauth_issuer": frozenset(),
    "oauth_client_id": frozenset(),
    "oauth_client_secret": frozenset(),
    "oauth_scope": frozenset(),
}
_HINTS: Final[Mapping[str, str]] = {
    "database": "libpq calls it dbname",
    "pgbouncer": "behind a pooler that keeps no prepared statements, connect with prepare=False (docs/pooling.md)",
    "schema": "memdb's schema is always memdb; a search path is options=-csearch_path%3D...",
    "servicefile": "the variable PGSERVICEFILE names the file",
}


def is_supported(name: str, given: Given) -> bool:
    """False if the parameter requests nothing. Raises InvalidInput if it requests what is not supported."""
    value = given.value
    if name in _UNSUPPORTED:
        if value not in _UNSUPPORTED[name]:
            refuse(name, given, f"memdb does not support: {_HINTS.get(name, 'leave it out')}")
        return False
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            refuse(name, given, f"must be one of {', '.join(_CHOICES[name])}")
    elif name in _NUMBERS:
        if not re.fullmatch(r"-?\d{1,9}", value):
            refuse(name, given, "must be a whole number")
    elif name not in _PLAIN:
        hint = _HINTS.get(name, f"a setting of the server's is options=-c{name}%3D...")
        refuse(name, given, f"is none of libpq's: {hint}")
    return True
