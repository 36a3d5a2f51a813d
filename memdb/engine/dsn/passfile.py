"""libpq's password file: lines of host:port:database:user:password."""

from __future__ import annotations

import logging
import re
import stat
from pathlib import Path
from typing import Final

# A backslash escapes a colon or a backslash within a field.
_FIELD: Final = re.compile(r"((?:[^\\:]|\\.)*)(?::|$)")
_logger: Final = logging.getLogger("memdb.connections")


def password(file: Path, *wanted: str) -> str | None:
    """The password of the first line whose host, port, database and user are those `wanted`, or `*`; None if there is none.

    A file that others can read is ignored.
    """
    try:
        if not file.is_file():
            return None
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            _logger.warning("%s is not read: others than its owner may read or write it; chmod 0600", file)
            return None
        lines = file.read_text().splitlines()
    except (OSError, UnicodeError):
        return None
    for line in lines:
        if line.startswith("#"):
            continue
        fields = _FIELD.findall(line)[: len(wanted) + 1]
        if len(fields) <= len(wanted):
            continue
        *names, found = (re.sub(r"\\(.)", r"\1", field) for field in fields)
        if all(name in ("*", each) for name, each in zip(names, wanted, strict=True)):
            return found
    return None
