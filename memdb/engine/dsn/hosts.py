"""The hosts of a DSN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from memdb.engine.dsn.given import Given, refuse

_SOCKET_FOLDERS: Final = ("/run/postgresql", "/var/run/postgresql", "/tmp", "/private/tmp")
_PORT: Final = 5432


class Host(NamedTuple):
    """Where a server listens: a name, an address, or its socket's directory."""

    name: str
    port: int

    @property
    def is_socket(self) -> bool:
        return self.name.startswith("/")

    @property
    def socket(self) -> str:
        """The path of the socket in that directory."""
        return f"{self.name}/.s.PGSQL.{self.port}"


def hosts(given: Mapping[str, Given]) -> list[Host]:
    if "host" in given and "hostaddr" in given:
        refuse("hostaddr", given["hostaddr"], "memdb does not support beside a host")
    places = given.get("host") or given.get("hostaddr")
    ports = [_port(each, given["port"]) for each in given["port"].value.split(",")] if "port" in given else [_PORT]
    if places is None:
        if len(ports) > 1:
            refuse("port", given["port"], "must be one where there is no host")
        return [Host(_nearest(ports[0]), ports[0])]
    names = places.value.split(",")
    for name in names:
        if not re.fullmatch(r"/[^\0@]*|[^\s/@#?\[\]]*", name):
            refuse("host", places, "must be names, addresses or folders of sockets; percent-encode what is special in the password")
    if len(ports) not in (1, len(names)):
        refuse("port", given["port"], "must be one, or one for each host")
    ports = ports * len(names) if len(ports) == 1 else ports
    return [Host(name or _nearest(port), port) for name, port in zip(names, ports, strict=True)]


def _port(text: str, given: Given) -> int:
    if text and not (re.fullmatch(r"\d{1,5}", text) and 0 < int(text) < 65536):
        refuse("port", given, "must be between 1 and 65535; percent-encode what is special in the password")
    return int(text) if text else _PORT


def _nearest(port: int) -> str:
    """The place of a server on this machine: the first of the usual directories that has its socket, or localhost."""
    return next((folder for folder in _SOCKET_FOLDERS if Path(Host(folder, port).socket).exists()), "localhost")
