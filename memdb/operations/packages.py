"""Applications' packages: one by its name, and all that are announced by entry points."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import Final

from memdb.engine.package import PACKAGES, Package
from memdb.errors import MemdbError, PackageUnusable

GROUP: Final = "memdb.packages"
"""The entry points' group: `[project.entry-points."memdb.packages"]` with a line `myapp = "myapp"`."""


def find(name: str) -> Package:
    """The package declared by the module `name`, which is imported. Raises PackageUnusable."""
    try:
        module = importlib.import_module(name)
    except MemdbError:
        raise
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise PackageUnusable(f"{name} cannot be imported: it needs {error.name}, which is not installed") from error
        raise PackageUnusable(f"no package is named {name}: install it, or go to the folder that it is in") from error
    except Exception as error:
        raise PackageUnusable(f"{name} cannot be imported: {type(error).__name__}: {error}") from error
    if name not in PACKAGES and getattr(module, "__file__", None) is None:
        raise PackageUnusable(f"{name} is a folder without __init__.py: go to the folder that the package is in, or install it")
    if name not in PACKAGES:
        raise PackageUnusable(f"{name} declares no package: queries = memdb.Package(__name__), in its __init__.py")
    return PACKAGES[name]


def installed() -> list[Package]:
    """The packages of all installed distributions that name one in the group `memdb.packages`. Raises PackageUnusable."""
    modules: dict[str, str] = {}
    for entry in entry_points(group=GROUP):
        if modules.setdefault(entry.name, entry.module) != entry.module:
            raise PackageUnusable(f"two installed packages are named {entry.name}: the modules {modules[entry.name]} and {entry.module}")
    return [find(module) for module in sorted(set(modules.values()))]
