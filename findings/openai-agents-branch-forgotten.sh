#!/usr/bin/env bash
# Guess: a session that is opened again goes on where it was left, in the branch that it was working in.
# Seen: openai-agents 0.24.0: the branch that an AdvancedSQLiteSession works in is kept by the object, not by
# the database. Opened again it stands in main, and what is added goes there, after the turns that the branch
# was made to leave behind; `list_branches` calls main the current one.
# Why it matters: a branch is how an answer is taken back; after a restart, or in the next worker, the
# conversation goes on with the answer that was taken back.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openai-agents==0.24.0
venv/bin/python - <<'PY'
import asyncio

from agents.extensions.memory import AdvancedSQLiteSession


def opened():
    return AdvancedSQLiteSession(session_id="s", db_path="sessions.db", create_tables=True)


async def texts(session):
    return [item["content"] for item in await session.get_items()]


async def main():
    first = opened()
    for question, answer in (("tea?", "green"), ("and cake?", "none")):
        await first.add_items([{"role": "user", "content": question}, {"role": "assistant", "content": answer}])
    await first.create_branch_from_turn(2, "again")
    await first.add_items([{"role": "user", "content": "and bread?"}])
    before = await texts(first)
    first.close()

    second = opened()
    after = await texts(second)
    current = [branch["branch_id"] for branch in await second.list_branches() if branch["is_current"]]
    second.close()
    assert before == ["tea?", "green", "and bread?"], before
    assert (after, current) == (["tea?", "green", "and cake?", "none"], ["main"]), (after, current)
    print(f"seen: {before} before it is closed, {after} when it is opened again, in {current[0]}")


asyncio.run(main())
PY
