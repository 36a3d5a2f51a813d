"""The checked parameters of a connection, in the forms for asyncpg and libpq."""

from __future__ import annotations

import getpass
import math
import os
import random
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from memdb.engine.dsn import passfile
from memdb.engine.dsn.given import Given, refuse
from memdb.engine.dsn.hosts import Host, hosts
from memdb.engine.dsn.support import is_supported
from memdb.errors import InvalidInput

# asyncpg accepts these only in a DSN.
_TLS: Final[tuple[str, ...]] = (
    "sslmode",
    "sslnegotiation",
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslrootcert",
    "sslcrl",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
)
_FILES: Final = ("sslcert", "sslkey", "sslrootcert", "sslcrl")
_NAME: Final = "memdb"
_SYSTEM_ROOTS: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class ConnectionParameters:
    """All parameters of a connection, checked. Its repr shows none of them, because one is a password."""

    def __init__(self, given: Mapping[str, Given]) -> None:
        self._values = {name: each.value for name, each in given.items() if is_supported(name, each)}
        self._values.pop("hostaddr", None)
        self.hosts: Final = hosts(given)
        _judge_files(given)
        self._settle_tls(given)
        self._values.setdefault("user", _own_name())
        self._values.setdefault("dbname", self._values["user"])

    def __repr__(self) -> str:
        return "ConnectionParameters(...)"

    def get(self, name: str, default: str = "") -> str:
        """The value of one of libpq's parameters."""
        return self._values.get(name, default)

    @property
    def place(self) -> str:
        """The hosts and the database, for display."""
        hosts = ",".join(host.name if host.is_socket else f"{host.name}:{host.port}" for host in self.hosts)
        return f"{hosts}/{self._values['dbname']}"

    def seconds(self) -> float | None:
        """The seconds for which a host is tried: connect_timeout, or None for as long as the caller allows."""
        seconds = int(self.get("connect_timeout", "0"))
        return float(seconds) if seconds > 0 else None

    def hosts_in_turn(self) -> list[Host]:
        """The hosts in the order in which this attempt tries them."""
        return random.sample(self.hosts, len(self.hosts)) if self.get("load_balance_hosts") == "random" else list(self.hosts)

    def with_settings(self, settings: Mapping[str, object]) -> ConnectionParameters:
        """A copy with settings of the server's for the session, in `options`."""
        return self._with({"options": f"{self.get('options')} {_switches(settings)}".strip()})

    def with_defaults(self, settings: Mapping[str, object]) -> ConnectionParameters:
        """A copy with those settings that `options` does not set."""
        return self._with({"options": f"{_switches(settings)} {self.get('options')}".strip()})

    def within(self, seconds: float) -> ConnectionParameters:
        """A copy with connect_timeout, unless that is set."""
        return self if self.seconds() else self._with({"connect_timeout": str(max(1, math.ceil(seconds)))})

    def url_on(self, host: Host) -> str:
        """A URL for another host, in plain text, with those parameters that every driver accepts."""
        kept = {name: self._values[name] for name in ("user", "password", "application_name", "options") if self.get(name)}
        arguments = {"host": host.name, "port": host.port, **kept}
        return f"postgresql:///{quote(self._values['dbname'], safe='')}?{urlencode(arguments, quote_via=quote)}"

    def _with(self, changes: Mapping[str, str]) -> ConnectionParameters:
        merged = {**self.libpq(), **changes}
        return ConnectionParameters({name: Given(value, "dsn") for name, value in merged.items() if value})

    def url(self) -> str:
        """A URL with all parameters, including the password."""
        return f"postgresql://?{urlencode(self.libpq(), quote_via=quote)}"

    def libpq(self) -> dict[str, str]:
        """The parameters for libpq, and so for psycopg."""
        places = {"host": ",".join(host.name for host in self.hosts), "port": ",".join(str(host.port) for host in self.hosts)}
        # Neither driver requests GSS encryption, and memdb uses UTF-8, whatever the environment says.
        always = {"client_encoding": "UTF8", "gssencmode": "disable"}
        return {"fallback_application_name": _NAME, **self._values, **places, **always}

    def asyncpg(self, host: Host, settings: Mapping[str, str]) -> dict[str, Any]:
        """The arguments of asyncpg.connect for one of the hosts; `settings` are further session settings of the server.

        Without settings, only the given start-up parameters are sent, because a pooler may refuse others.
        """
        tls = {name: self._values[name] for name in _TLS if name in self._values}
        asked = {name: self._values[name] for name in ("application_name", "options") if name in self._values}
        named = {"application_name": self.get("fallback_application_name", _NAME)} if settings else {}
        password = self.get("password") or self._filed_password(host)
        return {
            # asyncpg would look up by itself what is missing here.
            "dsn": f"postgresql://?{urlencode(tls, quote_via=quote)}",
            "host": [host.name],
            "port": [host.port],
            "user": self._values["user"],
            "password": lambda: password,
            "database": self._values["dbname"],
            "krbsrvname": self._values.get("krbsrvname"),
            "gsslib": self._values.get("gsslib"),
            "server_settings": {**named, **settings, **asked},
        }

    def _filed_password(self, host: Host) -> str | None:
        file = Path(self.get("passfile") or os.path.expanduser("~/.pgpass"))
        name = "localhost" if host.is_socket else host.name
        return passfile.password(file, name, str(host.port), self._values["dbname"], self._values["user"])

    def _settle_tls(self, given: Mapping[str, Given]) -> None:
        mode, roots = self._values.get("sslmode"), self._values.get("sslrootcert")
        if roots == "system" and mode not in (None, "verify-full"):
            refuse("sslmode", given["sslmode"], "must be verify-full where sslrootcert is system")
        # asyncpg does not support channel binding. Verifying the server's certificate also excludes a man in the middle.
        if self._values.get("channel_binding") == "require":
            roots = self._values.setdefault("sslrootcert", "system")
            self._values["sslmode"] = "verify-full"
        if roots == "system":
            self._values |= {"sslmode": "verify-full", "sslrootcert": _system_roots(given.get("sslrootcert"))}
        mode = self._values.setdefault("sslmode", "prefer")
        if self._values.get("sslnegotiation") == "direct" and mode in ("disable", "allow", "prefer"):
            refuse("sslnegotiation", given["sslnegotiation"], "may be direct only with sslmode require, verify-ca or verify-full")


def _judge_files(given: Mapping[str, Given]) -> None:
    for name in _FILES:
        if name in given and given[name].value != "system" and not os.access(given[name].value, os.R_OK):
            refuse(name, given[name], "names a file that cannot be read")


def _system_roots(given: Given | None) -> str:
    """The file of the system's root certificates. Neither driver knows it: psycopg's own OpenSSL looks elsewhere."""
    usual = ssl.get_default_verify_paths().cafile
    found = next((file for file in (usual, *_SYSTEM_ROOTS) if file and os.access(file, os.R_OK)), None)
    if found is None:
        refuse("sslrootcert", given or Given("", "dsn"), "must name a file: the system's certificates were not found; or set SSL_CERT_FILE")
    return found


def _switches(settings: Mapping[str, object]) -> str:
    return " ".join(f"-c {name}={_escaped(str(value))}" for name, value in settings.items())


def _escaped(value: str) -> str:
    return re.sub(r"([\\\s])", r"\\\1", value)


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise InvalidInput("dsn", "must name a user: this process's own has no name") from None
