"""The two notations of a DSN, by libpq's grammar: a URI, and keyword=value pairs.

Errors never repeat a part of the DSN that might belong to its password: an "@", ":" or "/" that is not percent-encoded may put it anywhere.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn
from urllib.parse import unquote

from memdb.errors import InvalidInput

# SQLAlchemy's URLs name a driver.
_SCHEME: Final = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?://")
_PAIRS: Final = re.compile(r"\w+\s*=")
_PAIR: Final = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*|)(?=\s|$)", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_HOST: Final = re.compile(r"(?:\[([^\]]+)\]|([^:\[\]]*))(?::(.*))?", re.DOTALL)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_ENCODE: Final = "percent-encode what is special in the user, the password and the database"
_SSL_MODES: Final = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})


def is_dsn(text: str) -> bool:
    """Whether the text has the form of either notation."""
    return bool(_SCHEME.match(text) or _PAIRS.match(text))


def read(dsn: str) -> dict[str, str]:
    """The parameters in a DSN, as written; those without a value are left out."""
    scheme = _SCHEME.match(dsn)
    found = _of_uri(dsn[scheme.end() :]) if scheme else _of_pairs(dsn)
    if "\0" in "".join(found.values()):
        _refuse("holds a NUL character")
    return {name: value for name, value in found.items() if value}


def _of_uri(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    login = re.match(r"([^@/]*)@", text)
    if login:
        user, _, password = login[1].partition(":")
        found |= {"user": _decoded(user), "password": _decoded(password)}
        text = text[login.end() :]
    before, _, query = text.partition("?")
    places, _, database = before.partition("/")
    if "@" in before or "/" in database:
        _refuse(f'has an "@" or a "/" where none can be: {_ENCODE}')
    hosts, ports = _places(places)
    # Later values replace earlier ones, as in libpq.
    found |= {"host": hosts, "port": ports, "dbname": _decoded(database)}
    return found | _of_query(query)


def _places(text: str) -> tuple[str, str]:
    hosts, ports = [], []
    for place in text.split(","):
        parts = _HOST.fullmatch(place)
        if parts is None:
            _refuse(f"has a host that cannot be read: {_ENCODE}, and write an IPv6 address as [::1]")
        hosts.append(_decoded(parts[1] or parts[2]))
        ports.append(_decoded(parts[3] or ""))
    return ",".join(hosts).strip(","), ",".join(ports) if any(ports) else ""


def _of_query(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in text.split("&") if text else ():
        name, equals, value = pair.partition("=")
        # Otherwise it is the end of a password that contains a "/" and a "?", and the name is part of that.
        if not equals or not _NAME.fullmatch(name) or ("@" in value and name not in ("user", "password")):
            _refuse(f"has a query that is not name=value&...: {_ENCODE}")
        found |= _as_libpq(name, _decoded(value))
    return found


def _as_libpq(name: str, value: str) -> dict[str, str]:
    """JDBC's ssl=true, and SQLAlchemy's and asyncpg's ssl=MODE, as sslmode."""
    if name != "ssl":
        return {name: value}
    mode = {"true": "require", "false": "disable"}.get(value, value)
    if mode not in _SSL_MODES:
        _refuse("has a parameter ssl, which must be true or a mode of sslmode")
    return {"sslmode": mode}


def _of_pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        pair = _PAIR.match(text, at)
        if pair is None:
            _refuse("cannot be read: put a value with spaces in single quotes, and a backslash before a quote or a backslash in it")
        value = pair[2][1:-1] if pair[2].startswith("'") else pair[2]
        found[pair[1]] = _ESCAPED.sub(r"\1", value)
        at = pair.end()
    return found


def _decoded(text: str) -> str:
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        _refuse('has a "%" that is no percent-encoding: a percent sign itself is %25')
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        _refuse("has a percent-encoding that is not UTF-8")


def _refuse(rule: str) -> NoReturn:
    raise InvalidInput("dsn", rule) from None
