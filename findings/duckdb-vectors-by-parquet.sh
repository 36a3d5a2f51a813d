#!/usr/bin/env bash
# Guess: a column of fixed-size lists means the same to duckdb from a pyarrow table as from the Parquet file
# that was written of it; half floats, too.
# Seen: duckdb 2.0.1, pyarrow 26.0.1: the table's column is FLOAT[2], the file's is FLOAT[]:
# array_cosine_distance takes the one and refuses the other, though pyarrow reads the file as fixed-size lists.
# With half floats it is the other way round: the file is read, the table is 'Unsupported Internal Arrow Type'.
# Why it matters: a search that was tried on a table in memory fails on the files that it was made for. Cast:
# embedding::FLOAT[2].
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 pyarrow==26.0.1
venv/bin/python - <<'PY'
import duckdb
import pyarrow
import pyarrow.parquet

seen = {}
for name, number in (("float", pyarrow.float32()), ("half", pyarrow.float16())):
    memories = pyarrow.table({"embedding": pyarrow.array([[0.5, 2.0]], pyarrow.list_(number, 2))})
    pyarrow.parquet.write_table(memories, f"{name}.parquet")
    assert pyarrow.types.is_fixed_size_list(pyarrow.parquet.read_table(f"{name}.parquet").schema.field(0).type)
    for source in ("memories", f"'{name}.parquet'"):
        try:
            kind = duckdb.sql(f"SELECT typeof(embedding) FROM {source}").fetchall()[0][0]
        except duckdb.Error as error:
            kind = str(error).splitlines()[0]
        seen[f"{name} from {source}"] = kind
near = "SELECT array_cosine_distance(embedding{}, [1, 0]::FLOAT[2]) FROM 'float.parquet'"
try:
    raise SystemExit(f"found: {duckdb.sql(near.format('')).fetchall()}")
except duckdb.BinderException as error:
    refused = str(error).splitlines()[0]
assert len(duckdb.sql(near.format("::FLOAT[2]")).fetchall()) == 1
print(f"seen: {seen}; {refused}")
assert (seen["float from memories"], seen["float from 'float.parquet'"]) == ("FLOAT[2]", "FLOAT[]")
assert "Unsupported Internal Arrow Type" in seen["half from memories"] and seen["half from 'half.parquet'"] == "FLOAT[]"
PY
