#!/usr/bin/env bash
# Guess: the first two of four dimensions, saved and loaded, are the first two; or a slice is refused, as
# safetensors refuses one of torch's.
# Seen: safetensors 0.8.0: `safetensors.numpy.save` writes the array's memory from its beginning, so
# `vectors[:, :2]` comes back as the first row's four numbers, and a transposed matrix with its rows mixed up.
# The documentation asks for contiguous arrays; nothing checks it.
# Why it matters: to keep the first dimensions is how Matryoshka embeddings are shortened. Shape and type are
# right, and the first vector is, too; `numpy.ascontiguousarray` before saving helps.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 safetensors==0.8.0
venv/bin/python - <<'PY'
import numpy as np
from safetensors.numpy import load, save

vectors = np.arange(8, dtype=np.float32).reshape(2, 4)


def kept(array):
    return load(save({"vectors": array}))["vectors"].tolist()


first, turned = kept(vectors[:, :2]), kept(vectors.T)
assert vectors[:, :2].tolist() == [[0, 1], [4, 5]] and first == [[0, 1], [2, 3]], first
assert vectors.T.tolist() == [[0, 4], [1, 5], [2, 6], [3, 7]] and turned == [[0, 1], [2, 3], [4, 5], [6, 7]], turned
assert kept(np.ascontiguousarray(vectors[:, :2])) == [[0, 1], [4, 5]]
print(f"seen: {vectors[:, :2].tolist()} is loaded as {first}, {vectors.T.tolist()} as {turned}")
PY
