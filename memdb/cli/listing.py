"""The file --left-out, in which a run lists the lines or rows that it leaves out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from memdb.errors import InvalidInput

_KEPT_LINES: Final = 1000
_LONGEST_LINE: Final = 1 << 24


class Listing:
    """Writes objects as lines of JSON. The list of an earlier run is replaced by the first of them, or when this run is complete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[bytes] = []
        self._mode = "wb"

    def add(self, listed: object) -> None:
        self._lines.append(msgspec.json.encode(listed) + b"\n")
        if len(self._lines) == _KEPT_LINES:
            self.flush()

    def complete(self) -> None:
        if self._lines or (self._mode == "wb" and self._path.is_file()):
            self._write()

    def flush(self) -> None:
        if self._lines:
            self._write()

    def _write(self) -> None:
        try:
            with self._path.open(self._mode) as file:
                file.writelines(self._lines)
        except OSError as error:
            raise InvalidInput("--left-out", f"must be a file that can be written: {self._path}: {error.strerror}") from error
        self._lines.clear()
        self._mode = "ab"


class _Listed(msgspec.Struct):
    reason: str


@contextmanager
def listing(path: Path, source: str) -> Iterator[Listing]:
    """Raises InvalidInput if the file is the one that is read, or is there and not a list of an earlier run."""
    _check(path, source)
    made = Listing(path)
    try:
        yield made
    finally:
        made.flush()


def _check(path: Path, source: str) -> None:
    if not path.is_file():
        return
    if os.path.exists(source) and path.samefile(source):
        raise InvalidInput("--left-out", f"must not be the file that is read: {path}")
    try:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_LINE)
        if first:
            msgspec.json.decode(first, type=_Listed)
    except OSError as error:
        raise InvalidInput("--left-out", f"must be a file that can be read: {path}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeError):
        raise InvalidInput("--left-out", f"must be a new file or the list of an earlier run, unlike {path}") from None
