#!/usr/bin/env bash
# Guess: a step that is not run again raises, when its workflow is repeated, the error that it raised; a workflow
# that caught it does so again.
# Seen: dbos 3.4.0: an error whose __init__ takes other arguments than its text (NotThere(id, name)) is stored
# without complaint, and the workflow goes on to its end. Repeated from its second step, it fails with a
# TypeError about a missing argument, where the step's error was to be raised; so does every caller after the
# first of a workflow that ended with such an error. A subclass that leaves __init__ alone is raised and caught.
# Why it matters: what a workflow is stored for, that it goes on after a crash as it had begun, does not hold for
# ordinary errors of one's own, and only a crash shows it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dbos==3.4.0
cat > workflows.py <<'PY'
from pathlib import Path

from dbos import DBOS, SetWorkflowID

database = Path("dbos.sqlite").resolve()
DBOS(config={"name": "memories", "system_database_url": f"sqlite:///{database}", "run_admin_server": False, "log_level": "CRITICAL"})


class NotThere(Exception):
    def __init__(self, id, name):
        super().__init__(f"{name} {id} is not there")


class Plain(Exception):
    pass


@DBOS.step()
def find(own):
    raise NotThere(1, "memory") if own else Plain("memory 1 is not there")


@DBOS.step()
def make():
    return "made"


@DBOS.workflow()
def find_or_make(own):
    try:
        return find(own)
    except (NotThere, Plain):
        return make()


@DBOS.workflow()
def find_only(own):
    return find(own)


def said(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def again(id):
    return DBOS.fork_workflow(id, 2).get_result()


DBOS.launch()
seen = {}
for own in (True, False):
    with SetWorkflowID(f"caught-{own}"):
        caught = said(find_or_make, own)
    told = []
    for _ in range(2):
        with SetWorkflowID(f"raised-{own}"):
            told.append(said(find_only, own))
    seen[own] = {"caught": caught, "caught again": said(again, f"caught-{own}"), "told": told}
DBOS.destroy()
missing = "TypeError: NotThere.__init__() missing 1 required positional argument: 'name'"
assert seen[True] == {
    "caught": "made",
    "caught again": missing,
    "told": ["NotThere: memory 1 is not there", missing],
}, seen
assert seen[False] == {
    "caught": "made",
    "caught again": "made",
    "told": ["Plain: memory 1 is not there"] * 2,
}, seen
print(f"seen: {seen[True]}; with a plain subclass {seen[False]}")
PY
venv/bin/python workflows.py
