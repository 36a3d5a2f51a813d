#!/usr/bin/env bash
# Guess: what SQLitePersister saves of a state comes back as it was, as JSON has it, or is refused.
# Seen: burr 0.42.0: what JSON has no form for is kept as Python prints it, without a word, inside of lists,
# too: a tuple (1, 2) comes back as the text "(1, 2)", a set as "{1}", bytes as "b'x'". InMemoryPersister gives
# back the objects.
# Why it matters: tests with the persister in memory pass; after a restart, `for x in state["ids"]` goes
# through brackets, digits and commas.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check burr==0.42.0
venv/bin/python - <<'PY'
from burr.core import State
from burr.core.persistence import InMemoryPersister, SQLitePersister

given = {"pair": (1, 2), "pairs": [(1, 2)], "set": {1}, "bytes": b"x", "list": [1, 2]}
loaded = []
for persister in (InMemoryPersister(), SQLitePersister("states.db")):
    persister.initialize()
    persister.save("ada", "app", 1, "step", State(given), "completed")
    loaded.append(persister.load("ada", "app")["state"].get_all())
assert loaded[0] == given, loaded[0]
assert loaded[1] == {"pair": "(1, 2)", "pairs": ["(1, 2)"], "set": "{1}", "bytes": "b'x'", "list": [1, 2]}, loaded[1]
print(f"seen: {given} is {loaded[1]}")
PY
