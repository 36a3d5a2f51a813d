#!/usr/bin/env bash
# Guess: a parser of replies cuts off what is quoted and signatures after "-- ", and keeps what was written.
# Seen: email-reply-parser 0.5.12 takes a last paragraph that begins with "-tea", "--verbose" or "__init__"
# for a signature and drops it. mail-parser-reply 1.36 takes "From: Berlin", "To: Paris", "Date: Monday" for a
# quoted mail's head and drops all that follows.
# Why it matters: a list without spaces after its hyphens, the option or the trip asked for is missing in what
# is remembered of a mail, and the rest of the text is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check email-reply-parser==0.5.12 mail-parser-reply==1.36
venv/bin/python - <<'PY'
from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as Other

texts = [
    "Please buy\n\n-tea\n-coffee",
    "Call it with\n\n--verbose, please",
    "The error is in\n\n__init__ of it",
    "Please buy\n\n- tea\n- coffee",
]
kept = {text: EmailReplyParser.parse_reply(text) for text in texts}
assert list(kept.values()) == ["Please buy", "Call it with", "The error is in", "Please buy\n\n- tea\n- coffee"], kept
trip = "Please book\nFrom: Berlin\nTo: Paris\nDate: Monday\nSubject: trip\nby train."
body = Other(languages=["en"]).read(text=trip).replies[0].body
assert body == "Please book", body
print(f"seen: {kept}, {trip!r} is {body!r}")
PY
