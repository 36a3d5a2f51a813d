"""The files that commands read and write; - is the standard input or output."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from memdb.errors import InvalidInput, MemdbError

PIPE: Final = "-"
_KEPT_LINES: Final = 1000


@contextmanager
def writable(path: str, *, force: bool) -> Iterator[BinaryIO]:
    """A file that exists only once it is complete, readable by its owner alone."""
    if path == PIPE:
        with _told(path):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    target = Path(path)
    if target.exists() and not force:
        raise InvalidInput("FILE", f"must not exist, or be overwritten by --force: {path}")
    with _told(path), tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            yield file  # type: ignore[misc]
            file.flush()
            os.fsync(file.fileno())
            if not force:
                # Another dump may have created it meanwhile.
                target.open("xb").close()
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink()
            raise


@contextmanager
def readable(path: str) -> Iterator[BinaryIO]:
    if path == PIPE:
        yield sys.stdin.buffer
        return
    with _told(path), Path(path).open("rb") as file:
        yield file


@contextmanager
def listing(path: Path) -> Iterator[Callable[[object], None]]:
    """A function that writes an object to a file as a line of JSON. The first line creates or overwrites it; without one it is emptied."""
    lines: list[bytes] = []
    mode = "wb"

    def flush() -> None:
        nonlocal mode
        if lines:
            try:
                with path.open(mode) as file:
                    file.writelines(lines)
            except OSError as error:
                raise InvalidInput("--left-out", f"must be a file that can be written: {path}: {error.strerror}") from error
            lines.clear()
            mode = "ab"

    def write(listed: object) -> None:
        lines.append(msgspec.json.encode(listed) + b"\n")
        if len(lines) == _KEPT_LINES:
            flush()

    try:
        yield write
    finally:
        flush()
    if mode == "wb" and path.is_file():
        path.write_bytes(b"")


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A call's deadline is also an OSError.
        if isinstance(error, MemdbError):
            raise
        raise InvalidInput("FILE", f"cannot be used: {path}: {error.strerror}") from error
