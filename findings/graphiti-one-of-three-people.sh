#!/usr/bin/env bash
# Guess: "Bengt Berg", "Bengt Åberg" and "Bengt Öberg" are three people, or a model is asked about them.
# Seen: graphiti-core 0.31.2: its fuzzy comparison of names takes every letter but a to z for a space, so all
# three are "bengt berg", equal by 1.0 (0.9 is enough). The one that is known is taken for the new one, and no
# model is asked. "Ångström" alone is "ngstr m".
# Why it matters: what is said of one person becomes what is known of another, in every language with letters of
# its own; a merge of two entities is hard to take back.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check graphiti-core==0.31.2 httpx
venv/bin/python - <<'PY'
from graphiti_core.nodes import EntityNode
from graphiti_core.utils.maintenance import dedup_helpers as helpers

known = EntityNode(name="Bengt Berg", group_id="g")
seen = {}
for name in ("Bengt Åberg", "Bengt Öberg", "Bengt Borg"):
    state = helpers.DedupResolutionState(resolved_nodes=[None], uuid_map={}, unresolved_indices=[])
    indexes = helpers._build_candidate_indexes([known])
    helpers._resolve_with_similarity([EntityNode(name=name, group_id="g")], indexes, state)
    seen[name] = state.resolved_nodes[0].name if state.resolved_nodes[0] else "asks the model"
wanted = {"Bengt Åberg": "Bengt Berg", "Bengt Öberg": "Bengt Berg", "Bengt Borg": "asks the model"}
assert seen == wanted, seen
print(f"seen: {seen}")
PY
