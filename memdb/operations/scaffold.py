"""memdb new: the files of a package with one table, from the templates."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

from memdb.engine.resources import migration_ids
from memdb.errors import AlreadyExists, InvalidInput

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Existing modules of the package, and names that its modules import.
_MODULES: Final = frozenset({"constraints", "migrations", "sql", "tests"})
_IMPORTED: Final = frozenset({"", "Executor", "Limit", "Name", "Version"})


def scaffold(package: str, *, area: str, folder: Path) -> list[Path]:
    """Write the package into the new folder `folder/package`, and return its files.

    `package` is also the name of its schema, `area` that of its table. Raises InvalidInput, and AlreadyExists if the folder exists.
    """
    _check(package, area)
    record = re.sub(r"ies$", "y", area).removesuffix("s")
    class_name = "".join(part.title() for part in record.split("_"))
    if keyword.iskeyword(class_name) or class_name in _IMPORTED:
        raise InvalidInput("area", f"must be another name: the class of its rows cannot be called {class_name!r}")
    if find_spec(package) is not None:
        raise InvalidInput("package", f"must not be the name of a module that is there already: {package}")
    home = folder / package
    try:
        home.mkdir(parents=True)
    except FileExistsError:
        raise AlreadyExists("file or folder", f"name: {home}") from None
    words = {
        "package": package,
        "distribution": package.replace("_", "-"),
        "area": area,
        "record": record,
        "spoken": record.replace("_", " "),
        "Record": class_name,
        "migration": migration_ids()[-1],
    }
    return sorted(_write(files("memdb.operations") / "templates", home, words))


def _check(package: str, area: str) -> None:
    reserved = {"public", *(files("memdb.operations") / "reserved_words.txt").read_text(encoding="utf-8").split()}
    for field, name, taken in (("package", package, reserved), ("area", area, _MODULES)):
        if not _NAME.fullmatch(name):
            raise InvalidInput(field, f"must be 1 to 40 lower-case letters, digits and _, beginning with a letter, not {name!r:.80}")
        if keyword.iskeyword(name) or name in taken or name.startswith("pg_"):
            raise InvalidInput(field, f"must be another name: {name} has a meaning of its own")


def _write(templates: Traversable, folder: Path, words: dict[str, str]) -> Iterator[Path]:
    for entry in templates.iterdir():
        path = folder / Template(entry.name.removesuffix(".template")).substitute(words)
        if entry.is_dir():
            path.mkdir()
            yield from _write(entry, path, words)
        else:
            path.write_text(Template(entry.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
            yield path
