#!/usr/bin/env bash
# Guess: a dataclass in the state comes back as it was.
# Seen: langgraph-checkpoint 4.3.2: one with a field(init=False) comes back as a plain dict, without an error;
# and __post_init__ runs again at each load, on values that it has changed before.
# Why it matters: state.total fails with 'dict has no attribute' only after a resume, and anything that
# __post_init__ normalises or counts drifts with each one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langgraph-checkpoint==4.3.2
venv/bin/python - <<'PY'
import dataclasses, logging, sys, types
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

app = sys.modules["app"] = types.ModuleType("app")

@dataclasses.dataclass
class Budget:
    limit: int
    spent: int = dataclasses.field(init=False, default=0)

@dataclasses.dataclass
class Turns:
    number: int
    def __post_init__(self):
        self.number += 1

for kind in (Budget, Turns):
    kind.__module__ = "app"
    setattr(app, kind.__name__, kind)
logging.disable(logging.CRITICAL)
serde = JsonPlusSerializer()

def through(value):
    return serde.loads_typed(serde.dumps_typed(value))

budget, turns = Budget(10), Turns(1)
budget.spent = 7
got = through(budget), through(through(turns))
assert turns.number == 2 and got == ({"limit": 10, "spent": 7}, Turns(3)) and got[1].number == 4, got
print(f"seen: {budget} came back as {got[0]}; {turns}, loaded twice, as {got[1]}")
PY
