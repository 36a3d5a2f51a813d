"""The files that commands read and write; - is the standard input or output."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from memdb.errors import InvalidInput, MemdbError

PIPE: Final = "-"


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
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # A call's deadline is also an OSError.
        if isinstance(error, MemdbError):
            raise
        raise InvalidInput("FILE", f"cannot be used: {path}: {error.strerror}") from error
