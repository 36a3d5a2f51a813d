#!/usr/bin/env bash
# Guess: what pyarrow writes fastparquet reads, or refuses; a column of lists is written as lists.
# Seen: fastparquet 2026.9.0: a column of lists of dicts is None in every row; times with a zone lose it,
# half floats are bytes, a dict becomes columns with its keys. What it writes of lists of numbers, pyarrow
# 26.0.1 reads as texts: '[0.5,0.25]'.
# Why it matters: tool calls and messages are lists of dicts, embeddings lists of floats: an export goes
# through pandas' other engine, and the one is gone, the other a text.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check fastparquet==2026.9.0 pyarrow==26.0.1 pandas==3.1.1
venv/bin/python - <<'PY'
from datetime import datetime, timezone

import fastparquet
import numpy
import pandas
import pyarrow
import pyarrow.parquet

table = pyarrow.table({
    "calls": [[{"name": "look", "n": 1}], []],
    "at": pyarrow.array([datetime(2026, 1, 1, tzinfo=timezone.utc)] * 2, pyarrow.timestamp("us", "UTC")),
    "half": pyarrow.array(numpy.array([0.5, 1], dtype="float16")),
    "who": [{"name": "Ann"}, {"name": "Bob"}],
})
pyarrow.parquet.write_table(table, "given.parquet")
read = fastparquet.ParquetFile("given.parquet").to_pandas()
calls, zone, half = list(read["calls"]), read["at"].dt.tz, type(read["half"][0]).__name__
fastparquet.write("lists.parquet", pandas.DataFrame({"embedding": [[0.5, 0.25], [1.0, 2.0]]}))
written = pyarrow.parquet.read_table("lists.parquet").to_pylist()
assert calls == [None, None], calls
assert (zone, half) == (None, "bytes") and "who.name" in read.columns, (zone, half, list(read.columns))
assert [row["embedding"] for row in written] == ["[0.5,0.25]", "[1.0,2.0]"], written
print(f"seen: calls {calls}, zone {zone}, half floats {half}, columns {list(read.columns)}; lists it wrote: {written}")
PY
