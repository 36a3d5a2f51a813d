"""What a system's own packages write, in an environment of their own below .memdb: `write`, and the program that it runs there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

SYSTEMS: Final = ("langgraph", "mem0", "openai-agents", "google-adk", "langchain", "llama-index", "arandu")
"""Those whose packages are in the index, and write into PostgreSQL."""

_ROOT: Final = Path(__file__).parents[2]
_FOLDER: Final = _ROOT / ".memdb" / "suites" / "writers"
_REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")


class Written(NamedTuple):
    """The packages that wrote, with their versions, and what they read of it."""

    packages: str
    seen: Any


def module_of(system: str) -> Any:
    return import_module(f"tests.adopting.{system.replace('-', '_')}")


def write(system: str, dsn: str) -> Written:
    """Make and fill the tables of a system in the database `dsn`."""
    command = [str(_interpreter()), "-W", "ignore", "-m", "tests.adopting.writing", system, dsn]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "MEM0_TELEMETRY": "False"}
    ran = subprocess.run(command, env=environment, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Written(*json.loads(ran.stdout.splitlines()[-1]))


def _interpreter() -> Path:
    """$MEMDB_TEST_WRITERS, or that of the environment, which is made unless it is there."""
    if given := os.environ.get("MEMDB_TEST_WRITERS"):
        return Path(given)
    python = _FOLDER / "bin" / "python"
    if not (_FOLDER / "ready").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(_FOLDER)], check=True)
        options = ("--quiet", "--disable-pip-version-check", "--requirement", str(_REQUIREMENTS))
        subprocess.run([str(python), "-m", "pip", "install", *options], check=True)
        (_FOLDER / "ready").touch()
    return python


if __name__ == "__main__":
    writer = module_of(sys.argv[1])
    seen = writer.write(sys.argv[2])
    print(json.dumps([", ".join(f"{each} {version(each)}" for each in writer.PACKAGES), seen]))
