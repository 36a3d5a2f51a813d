#!/usr/bin/env bash
# Guess: 'the flight is on 12 May' and 'the flight is on 21 May' are close, but not the same, to a sentence
# embedder; and who likes what makes a difference.
# Seen: wordllama 0.4.0.post1: its vector is the mean of its tokens' vectors, and digits are tokens of their
# own. 12 May and 21 May, a code 1234 and 4321, 'likes tea and hates coffee' and 'likes coffee and hates tea'
# each have one and the same vector, and deduplicate() drops the second.
# Why it matters: a memory is corrected by exactly such a change: a threshold for duplicates, however high,
# throws the correction away. Compare the texts, too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check wordllama==0.4.0.post1 numpy==2.4.6
venv/bin/python - <<'PY'
from pathlib import Path
import numpy as np, wordllama

model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
pairs = [
    ("The flight is on 12 May", "The flight is on 21 May"),
    ("The door's code is 1234", "The door's code is 4321"),
    ("Ann likes tea and hates coffee", "Ann likes coffee and hates tea"),
]
for pair in pairs:
    first, second = model.embed(list(pair))
    assert np.allclose(first, second, atol=1e-5), pair
kept = model.deduplicate(list(pairs[0]), threshold=0.999)
assert len(kept) == 1, kept
print(f"seen: three pairs of one vector each; of 12 May and 21 May deduplicate kept {kept}")
PY
