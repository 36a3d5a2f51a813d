#!/usr/bin/env bash
# Guess: a question with the word Zürich scores by words what says Zürich, and nothing else.
# Seen: memori 3.3.6: its words are runs of a to z and 0 to 9, so the question asks for "z" and "rich": "Ada is
# rich." scores 0.43, "Ada was born in Zurich." 0. A question in Japanese has no word at all, and neither has
# "the who", whose words are both left out.
# Why it matters: the words' share of a ranking is noise in most languages, and nobody is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check memori==3.3.6
venv/bin/python - <<'PY'
from memori.search._lexical import lexical_scores_for_ids


def scores(question, *contents):
    found = lexical_scores_for_ids(query_text=question, ids=list(range(len(contents))), content_map=dict(enumerate(contents)))
    return [round(found[number], 2) for number in range(len(contents))]


seen = scores("Zürich", "Ada was born in Zürich.", "Ada is rich.", "Ada was born in Zurich.")
assert seen == [1.0, 0.43, 0.0], seen
none = scores("東京", "東京に住む", "x") + scores("the who", "She loves The Who", "x")
assert none == [0.0] * 4, none
print(f"seen: Zürich scores {seen} for Zürich, rich and Zurich; Japanese and The Who {none}")
PY
