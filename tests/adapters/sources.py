"""Where the tests that come with a framework are: from the package index, from GitHub, or from a copy on this machine."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from urllib.request import urlretrieve

_FOLDER: Final = Path(__file__).parents[2] / ".memdb" / "suites"


class Suite(NamedTuple):
    """A source distribution with tests, the plugin for them, and the files to run.

    `url`: where it is, for what is in no package index; its folder is then named by `version`, a commit.
    """

    package: str
    version: str
    plugin: str
    files: Sequence[str]
    url: str | None = None

    @property
    def folder(self) -> str:
        """The name of the folder that its archive unpacks to."""
        return f"{self.package if self.url else self.package.replace('-', '_')}-{self.version}"


def unpacked(suite: Suite, copies: Mapping[str, Path]) -> Path:
    """The folder of a suite. `copies`, by package, are used in place of the index and GitHub: a folder with the sources, their archive, or
    a Git repository that has the commit.
    """
    copy = copies.get(suite.package)
    if copy and copy.is_dir() and not _is_git(copy):
        return copy
    folder = _FOLDER / suite.folder
    if copy or not folder.is_dir():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        with tarfile.open(_archive(suite, copy)) as archive:
            archive.extractall(_FOLDER, filter="data")
    return folder


def _is_git(copy: Path) -> bool:
    return (copy / ".git").exists() or (copy / "HEAD").is_file()


def _archive(suite: Suite, copy: Path | None) -> Path:
    archive = _FOLDER / f"{suite.folder}.tar.gz"
    if copy and copy.is_dir():
        options = (f"--prefix={suite.folder}/", f"--output={archive}")
        subprocess.run(["git", "-C", str(copy), "archive", *options, suite.version], check=True)
    elif copy:
        return copy
    elif suite.url:
        urlretrieve(suite.url.format(version=suite.version), archive)
    else:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(_FOLDER))
        subprocess.run([*pip, f"{suite.package}=={suite.version}"], check=True)
    return archive
