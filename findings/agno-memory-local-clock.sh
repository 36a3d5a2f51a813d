#!/usr/bin/env bash
# Guess: `UserMemory.from_dict(memory.to_dict())` has the time that the memory had.
# Seen: agno 3.1.10: `to_dict` writes the machine's local time without an offset, `from_dict` reads a time
# without an offset as UTC. 5.5 hours east of UTC a memory is 5.5 hours younger after each way there and
# back; in UTC it is as it was.
# Why it matters: memories that are exported, sent or cached as dicts move in time on a laptop, and not on a
# server that runs in UTC; each copy moves them again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check agno==3.1.10
venv/bin/python - <<'PY'
import os
import time

from agno.db.schemas.memory import UserMemory


def shifts(zone):
    os.environ["TZ"] = zone
    time.tzset()
    memory = UserMemory(memory="Ada drinks tea", memory_id="1", created_at=1_777_629_600)
    once = UserMemory.from_dict(memory.to_dict())
    twice = UserMemory.from_dict(once.to_dict())
    return once.created_at - memory.created_at, twice.created_at - memory.created_at


# POSIX names, which need no database of time zones: UTC, and 5.5 hours east of it.
utc, east = shifts("UTC0"), shifts("IST-5:30")
assert utc == (0, 0) and east == (19_800, 39_600), (utc, east)
print(f"seen: later by {utc} seconds in UTC, by {east} in India, after one and two ways there and back")
PY
