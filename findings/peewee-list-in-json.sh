#!/usr/bin/env bash
# Guess: `meta["tags"] == ["tea"]` finds what has that list.
# Seen: peewee 4.5.3 with SQLite takes it for a row of values: it finds what has the text "tea" instead, and
# != ["tea"] finds the list itself. ["tea", "green"] and [] are SQL errors. The whole column is compared as
# JSON: meta == {"tags": ["tea"]} is as one would guess.
# Why it matters: a filter by tags works as long as tags are single texts, finds nothing when they become
# lists of one, and fails with the second.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check peewee==4.5.3
venv/bin/python - <<'PY'
from peewee import Model, OperationalError, SqliteDatabase, TextField
from playhouse.sqlite_ext import JSONField

database = SqliteDatabase(":memory:")


class Memory(Model):
    id = TextField(primary_key=True)
    meta = JSONField()

    class Meta:
        database = database


database.create_tables([Memory])
for id, tags in (("list", ["tea"]), ("text", "tea"), ("two", ["tea", "green"])):
    Memory.create(id=id, meta={"tags": tags})


def found(condition):
    try:
        return sorted(memory.id for memory in Memory.select().where(condition))
    except OperationalError as error:
        return str(error)


equal, unequal = found(Memory.meta["tags"] == ["tea"]), found(Memory.meta["tags"] != ["tea"])
two, none = found(Memory.meta["tags"] == ["tea", "green"]), found(Memory.meta["tags"] == [])
whole = found(Memory.meta == {"tags": ["tea"]})
assert (equal, unequal, whole) == (["text"], ["list", "two"], ["list"]), (equal, unequal, whole)
assert "row value" in two and "syntax error" in none, (two, none)
print(f"seen: == ['tea'] finds {equal}, != ['tea'] {unequal}, of two {two!r}, of none {none!r}; the whole column {whole}")
PY
