"""The examples of README and docs, run as they stand there: whole programs, and the package that is shown file by file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import Databases

ROOT = Path(__file__).parents[2]
DOCS = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "coming-from").glob("*.md")]
PAGES = ["README.md", *sorted(str(each.relative_to(ROOT)) for each in DOCS)]
# A paragraph that begins with the file's name, and the block after it.
_FILE = re.compile(r"^`([\w/.]+\.(?:py|sql))`.*\n(?:.+\n)*\n```(?:python|sql)\n((?:.*\n)*?)```$", re.MULTILINE)
# A block of Python, its last line, and what it prints, where the page says that.
_BLOCK = re.compile(r"^```python\n((?:(?!```).*\n)*?)```$(?:\n\n(?:prints|.*\bwhich prints)\n\n```\n((?:.*\n)*?)```$)?", re.MULTILINE)
# What programs that are no dependencies of the tests run: Celery, gunicorn.
_FOR_OTHERS = ("from celery import Celery", "import myservice")

# Importing them all takes most of a minute.
_OF_FRAMEWORKS = ("docs/adapters.md",)


def _run(*command: str, dsn: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "MEMDB_DSN": dsn, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _programs(page: str) -> list[tuple[str, str]]:
    """The page's blocks of Python that are no files of a package, each with what the page says that it prints."""
    text = (ROOT / page).read_text()
    files = {content for _, content in _FILE.findall(text)}
    return [(code, printed) for code, printed in _BLOCK.findall(text) if code not in files]


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.slow if page in _OF_FRAMEWORKS else ()) for page in PAGES if _programs(page)]
)
def test_the_programs_of_the_page_print_what_it_says(databases: Databases, tmp_path: Path, page: str) -> None:
    with databases.migrated() as dsn:
        for code, printed in _programs(page):
            if any(line in code for line in _FOR_OTHERS):
                compile(code, page, "exec")
                continue
            (tmp_path / "program.py").write_text(code)
            found = _run("-W", "error", "program.py", dsn=dsn, folder=tmp_path)
            if printed:
                assert found == printed


def test_the_quick_start_can_be_run_twice(databases: Databases, tmp_path: Path) -> None:
    code, printed = _programs("README.md")[0]
    (tmp_path / "quickstart.py").write_text(code)
    with databases.migrated() as dsn:
        assert _run("quickstart.py", dsn=dsn, folder=tmp_path) == printed
        again = _run("quickstart.py", dsn=dsn, folder=tmp_path)
    assert again.splitlines()[0] == printed.splitlines()[0]
    assert "coffee" in again.splitlines()[1]


@pytest.mark.parametrize("page", ["README.md", "docs/own-tables.md"])
def test_the_package_of_the_page_works(databases: Databases, tmp_path: Path, page: str) -> None:
    text = (ROOT / page).read_text()
    files = dict(_FILE.findall(text))
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
        if name.endswith(".py"):
            compile(content, name, "exec")
    programs = [(name, printed) for code, printed in _BLOCK.findall(text) for name in files if printed and files[name] == code]
    memdb = ("-c", "from memdb.cli import main; main()")
    commands = ((*memdb, "migrate", "--package", "myapp"), (*memdb, "check", "--package", "myapp"), *((name,) for name, _ in programs))
    with databases.migrated() as dsn:
        migrated, checked, *outputs = [_run(*command, dsn=dsn, folder=tmp_path) for command in commands]
    migrations = [name.split("/")[-1] for name in files if name.startswith("myapp/migrations/") and ".rollback." not in name]
    assert migrated == "".join(f"applying {name.removesuffix('.sql')}\n" for name in migrations) + f"{len(migrations)} applied\n"
    assert checked == f"{sum(name.startswith('myapp/sql/') for name in files)} statements of myapp agree with the schema\n"
    assert "main.py" in dict(programs)
    assert outputs == [printed for _, printed in programs]
