"""The package that README and docs/own-tables.md show, file by file: written as it stands there, migrated, checked and run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import Databases

ROOT = Path(__file__).parents[2]
# A paragraph that begins with the file's name, and the block after it.
_FILE = re.compile(r"^`([\w/.]+)`.*\n(?:.+\n)*\n```(?:python|sql)\n((?:.*\n)*?)```$", re.MULTILINE)
_PRINTED = re.compile(r"^asyncio\.run\(main\(\)\)\n```\n\n.*\bprint.*\n\n```\n((?:.*\n)*?)```$", re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "docs/own-tables.md"])
def test_the_package_of_the_page_works(databases: Databases, tmp_path: Path, page: str) -> None:
    text = (ROOT / page).read_text()
    files = dict(_FILE.findall(text))
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
        if name.endswith(".py"):
            compile(content, name, "exec")
    (printed,) = _PRINTED.findall(text)
    with databases.migrated() as dsn:
        memdb = ("-c", "from memdb.cli import main; main()")
        outputs = [
            subprocess.run(
                [sys.executable, *command],
                cwd=tmp_path,
                env={**os.environ, "MEMDB_DSN": dsn, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
            for command in ((*memdb, "migrate", "--package", "myapp"), (*memdb, "check", "--package", "myapp"), ("main.py",))
        ]
    statements = sum(name.startswith("myapp/sql/") for name in files)
    assert [each.returncode for each in outputs] == [0, 0, 0], [each.stdout + each.stderr for each in outputs]
    assert [each.stdout for each in outputs] == [
        "applying myapp_0001_code_reviews\n1 applied\n",
        f"{statements} statements of myapp agree with the schema\n",
        printed,
    ]
