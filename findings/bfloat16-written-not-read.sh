#!/usr/bin/env bash
# Guess: an array of bfloat16 that `numpy.save` or safetensors writes without an error is read again by the
# same library.
# Seen: numpy 2.4.6, ml_dtypes 0.6.0, safetensors 0.8.0: `numpy.load` gives the bytes as raw type V2, with
# which nothing can be calculated; `safetensors.numpy.load` raises KeyError 'BF16' for what
# `safetensors.numpy.save` wrote, also for the float32 array beside it.
# Why it matters: one finds out when the embeddings are needed. V2 is read with .view(bfloat16), but nothing
# in the file says so.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ml-dtypes==0.6.0 numpy==2.4.6 safetensors==0.8.0
venv/bin/python - <<'PY'
import io

import ml_dtypes
import numpy as np
import safetensors.numpy

vectors = np.array([[0.5, 1.5]], dtype=ml_dtypes.bfloat16)
file = io.BytesIO()
np.save(file, vectors)
file.seek(0)
loaded = np.load(file)
assert loaded.dtype == np.dtype("V2") and loaded.view(ml_dtypes.bfloat16).tolist() == [[0.5, 1.5]], loaded
try:
    loaded + loaded
    raise SystemExit("numpy adds them")
except TypeError:
    pass
saved = safetensors.numpy.save({"vectors": vectors, "weights": np.ones(2, dtype=np.float32)})
try:
    raise SystemExit(f"safetensors reads {safetensors.numpy.load(saved)}")
except KeyError as error:
    assert error.args == ("BF16",), error
    print(f"seen: numpy loads {loaded.dtype}, safetensors saves {len(saved)} bytes and raises KeyError {error} for them")
PY
