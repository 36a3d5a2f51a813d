"""The locks of an embedded server's folder, without a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from memdb.errors import ServerUnreachable
from memdb.operations.embedded import locks
from memdb.operations.embedded.locks import FileLock, Patience, alone

SLEEPS = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_a_lock_does_not_stay_with_a_child_that_was_made_meanwhile(tmp_path: Path) -> None:
    with alone(tmp_path, Patience(5)) as lock:
        child = subprocess.Popen(SLEEPS, stdin=subprocess.PIPE, pass_fds=[lock.descriptor])
    with child, alone(tmp_path, Patience(0)):
        pass


def test_a_lock_goes_with_the_last_process_that_inherited_it(tmp_path: Path) -> None:
    inherited, other = FileLock(tmp_path / "server"), FileLock(tmp_path / "server")
    assert inherited.try_exclusive()
    with subprocess.Popen(SLEEPS, stdin=subprocess.PIPE, pass_fds=[inherited.descriptor]) as child:
        inherited.close()
        assert not other.try_shared()
        child.kill()
    assert other.try_exclusive()
    other.close()


def test_a_folder_that_was_removed_while_it_was_waited_for_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    before = FileLock.try_exclusive

    def removed(lock: FileLock) -> bool:
        monkeypatch.setattr(FileLock, "try_exclusive", before)
        folder.rename(tmp_path / "data.removed")
        return lock.try_exclusive()

    monkeypatch.setattr(FileLock, "try_exclusive", removed)
    with alone(folder, Patience(5)) as lock:
        assert lock.is_current()
    assert (folder / "lock").exists()


def test_patience_ends_and_what_one_does_oneself_takes_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(locks.time, "monotonic", lambda: now)
    patience = Patience(5)
    now += 3
    assert patience.left == 2
    patience.stop()
    patience.stop()
    now += 60
    assert patience.left == 2
    patience.go_on()
    patience.go_on()
    patience.until(lambda: True, "nothing")
    now += 3
    assert patience.left == 0
    patience.until(lambda: True, "nothing")
    other = Patience(5)
    other.end()
    assert other.left == 0
    with pytest.raises(ServerUnreachable, match="given up"):
        other.stop()
    with pytest.raises(ServerUnreachable, match="somebody is slow, which took longer than 5 s"):
        patience.until(lambda: False, "somebody is slow")
