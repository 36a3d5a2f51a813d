#!/usr/bin/env bash
# Guess: an INSERT that is cancelled before it has been answered is not written.
# Seen: aiosqlite 0.22.1: the statement is already in the thread's queue and runs. The caller sees
# CancelledError, and the next commit on that connection stores the row.
# Why it matters: a request that timed out has been answered 'not stored', and the memory is there: a retry
# stores it twice.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aiosqlite==0.22.1
venv/bin/python - <<'PY'
import asyncio, aiosqlite

async def main():
    async with aiosqlite.connect(":memory:") as db:
        await db.execute("CREATE TABLE memories (content text)")
        task = asyncio.create_task(db.execute("INSERT INTO memories VALUES ('likes tea')"))
        await asyncio.sleep(0)
        task.cancel()
        try:
            raise SystemExit(f"not cancelled: {await task}")
        except asyncio.CancelledError:
            await db.commit()
        rows = await (await db.execute("SELECT * FROM memories")).fetchall()
        assert rows == [("likes tea",)], rows
        print(f"seen: CancelledError, and {rows} is stored")

asyncio.run(main())
PY
