"""What completes a DSN, as in libpq: a service's parameters, then environment variables."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from memdb.engine.dsn.given import Given
from memdb.errors import InvalidInput

_VARIABLES: Final[Mapping[str, str]] = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "channel_binding": "PGCHANNELBINDING",
    "require_auth": "PGREQUIREAUTH",
    "requirepeer": "PGREQUIREPEER",
    "sslmode": "PGSSLMODE",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "sslcompression": "PGSSLCOMPRESSION",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcertmode": "PGSSLCERTMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "sslcrldir": "PGSSLCRLDIR",
    "sslsni": "PGSSLSNI",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "min_protocol_version": "PGMINPROTOCOLVERSION",
    "max_protocol_version": "PGMAXPROTOCOLVERSION",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "gsslib": "PGGSSLIB",
    "gssdelegation": "PGGSSDELEGATION",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
}


def variable(name: str, environment: Mapping[str, str]) -> Given | None:
    """A parameter's value from the environment."""
    value = environment.get(_VARIABLES[name], "")
    return Given(value, _VARIABLES[name]) if value else None


def of_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    """All parameters from the environment except the service."""
    found = {name: variable(name, environment) for name in _VARIABLES if name != "service"}
    return {name: given for name, given in found.items() if given is not None}


def of_service(service: str, environment: Mapping[str, str]) -> dict[str, Given]:
    """The parameters of a service: from the user's file, or else from the system's."""
    files = _service_files(environment)
    for file in files:
        parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=False, default_section="")
        try:
            # Leading spaces of a line have no meaning there.
            parser.read_string("\n".join(line.strip() for line in file.read_text().splitlines()))
        except OSError:
            continue
        except (configparser.Error, UnicodeError):
            raise InvalidInput("service", f"cannot be read: {file} is not [service] and name=value lines") from None
        if parser.has_section(service):
            return {name: Given(value, f"the service in {file}") for name, value in parser.items(service) if value}
    looked = " and ".join(f"{file}{'' if file.is_file() else ' (there is no such file)'}" for file in files)
    raise InvalidInput("service", f"{service} is not defined in {looked or '~/.pg_service.conf'}")


def _service_files(environment: Mapping[str, str]) -> list[Path]:
    own = environment.get("PGSERVICEFILE")
    system = environment.get("PGSYSCONFDIR")
    files = [Path(own)] if own else [Path(home) / ".pg_service.conf"] if (home := environment.get("HOME")) else []
    return [*files, Path(system) / "pg_service.conf"] if system else files
