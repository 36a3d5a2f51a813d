"""What somebody has who installs memdb's wheel: the example and a new package pass, far from this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import Databases

ROOT = Path(__file__).parents[2]


def _run(folder: Path, *command: str | Path) -> str:
    given = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MEMDB_DSN", "TEST_DSN")}
    result = subprocess.run([str(each) for each in command], cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's own, which the tests that run here close to the user that the embedded server runs as."""
    with tempfile.TemporaryDirectory(prefix="memdb-outside-") as made:
        yield Path(made)


@pytest.mark.slow
def test_packages_pass_on_an_installed_memdb(folder: Path, databases: Databases) -> None:
    _run(folder, sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", "wheels", ROOT)
    (wheel,) = (folder / "wheels").iterdir()
    _run(folder, sys.executable, "-m", "venv", "venv")
    python, memdb, yoyo = [folder / "venv" / "bin" / name for name in ("python", "memdb", "yoyo")]
    example = folder / "example"
    shutil.copytree(ROOT / "examples" / "code_reviews", example)
    _run(folder, python, "-m", "pip", "install", f"{wheel}[cli,embedded]", example, "pytest", "pytest-asyncio")
    shutil.rmtree(example / "code_reviews")
    assert " passed" in _run(example, python, "-m", "pytest")

    _run(folder, memdb, "new", "myapp")
    assert " passed" in _run(folder / "myapp", python, "-m", "pytest")
    with databases.empty() as dsn:
        packages = ("package:memdb:migrations", "package:code_reviews:migrations")
        _run(folder, yoyo, "apply", "--batch", "--database", f"memdb+{dsn}", *packages)
        assert "6 statements of code_reviews agree with the schema" in _run(folder, memdb, "check", "--dsn", dsn)
        _run(folder / "myapp", memdb, "migrate", "--package", "myapp", "--dsn", dsn)
        assert "5 statements of myapp agree" in _run(folder / "myapp", memdb, "check", "--package", "myapp", "--dsn", dsn)
