#!/usr/bin/env bash
# Guess: an event's data is the same whether the event is sent in structured or in binary mode, and an event
# without a time has none.
# Seen: cloudevents 2.2.0: data that is the text 42, or the text true, is 42 and True after binary mode, as
# texts are not written as JSON there; an empty text is None. In structured mode they stay texts. An event
# without a time gets the moment of reading, anew at each.
# Why it matters: a user's message "42", or "null", reaches the consumer as a number or as nothing, depending
# on the transport; read twice, one event has two times.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
venv/bin/python - <<'PY'
import time

from cloudevents.core.bindings.http import from_binary_event, to_binary_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

form = JSONFormat()


def event(data):
    return CloudEvent(attributes={"type": "said", "source": "/ada", "id": "1", "specversion": "1.0"}, data=data)


texts = ["tea", "42", "true", "null", ""]
structured = [form.read(None, form.write(event(text))).get_data() for text in texts]
binary = [from_binary_event(to_binary_event(event(text))).get_data() for text in texts]
assert structured == texts and binary == ["tea", 42, True, None, None], (structured, binary)
sent = b'{"specversion": "1.0", "id": "1", "type": "said", "source": "/ada", "data": "tea"}'
first = form.read(None, sent).get_time()
time.sleep(0.01)
second = form.read(None, sent).get_time()
assert first is not None and first < second, (first, second)
print(f"seen: {texts} are {binary} in binary mode; the event without a time has {first} and {second}")
PY
