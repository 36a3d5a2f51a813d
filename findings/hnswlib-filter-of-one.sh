#!/usr/bin/env bash
# Guess: a search for three with a filter that lets one pass gives that one; and an index gives back the vectors
# that it was given.
# Seen: hnswlib 0.8.0: fewer than k is a RuntimeError that blames ef or M, whether by the filter or because the
# index holds fewer. In the cosine space get_items gives vectors of unit length: [3, 4] is [0.6, 0.8].
# Why it matters: a user's first memories cannot be searched with the usual k; vectors that are taken out of the
# index to store them elsewhere have lost their length.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hnswlib==0.8.0 numpy==2.4.6
venv/bin/python - <<'PY'
import hnswlib
import numpy

index = hnswlib.Index(space="cosine", dim=2)
index.init_index(max_elements=10)
index.add_items(numpy.array([[3, 4], [1, 0], [0, 1]]), [10, 20, 30])
errors = []
for options in ({"k": 3, "filter": lambda label: label == 10}, {"k": 4}):
    try:
        index.knn_query([[1, 0]], **options)
    except RuntimeError as error:
        errors.append(str(error))
assert len(errors) == 2 and all("ef or M is too small" in error for error in errors), errors
assert index.knn_query([[1, 0]], k=1, filter=lambda label: label == 10)[0].tolist() == [[10]]
stored = index.get_items([10])[0]
assert numpy.allclose(stored, [0.6, 0.8]), stored
print(f"seen: {errors}; [3, 4] is given back as {stored}")
PY
