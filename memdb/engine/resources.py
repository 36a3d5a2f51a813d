"""The location of memdb's sql/ and migrations/: inside the package if installed from a wheel, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent.parent

HOME: Final = _PACKAGE if (_PACKAGE / "sql").is_dir() else _PACKAGE.parent
SQL: Final = HOME / "sql"
MIGRATIONS: Final = HOME / "migrations"


def migration_ids() -> list[str]:
    """The names of the migrations, oldest first, such as 0001_foundation."""
    return sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.sql") if not path.name.endswith(".rollback.sql"))
