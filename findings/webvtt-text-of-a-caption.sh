#!/usr/bin/env bash
# Guess: `text` of a caption is what is shown: entities are characters, and each speaker has their own words.
# A caption that was written is read again as it was.
# Seen: webvtt-py 0.6.0: "Q&amp;A" stays as it is, and of a caption with two voices `voice` is the first
# and `text` what both said. What is written is not escaped: "if x < 3 and y > 2" is read as "if x  2".
# Why it matters: the second speaker's words are remembered as the first one's; a search for Q&A does not find
# it; code in a transcript loses its comparisons.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check webvtt-py==0.6.0
venv/bin/python - <<'PY'
import webvtt

file = """WEBVTT

00:00:01.000 --> 00:00:02.000
<v Ada>The Q&amp;A is at 5 &lt;sharp&gt;</v>

00:00:02.000 --> 00:00:03.000
<v Ada>I like tea.</v>
<v Bob>I do not.</v>
"""
entities, both = webvtt.from_string(file)
assert (entities.text, entities.voice) == ("The Q&amp;A is at 5 &lt;sharp&gt;", "Ada"), entities.text
assert (both.text, both.voice) == ("I like tea.\nI do not.", "Ada"), (both.text, both.voice)
transcript = webvtt.WebVTT()
transcript.captions.append(webvtt.Caption("00:00:01.000", "00:00:02.000", "if x < 3 and y > 2"))
again = webvtt.from_string(transcript.content)[0].text
assert again == "if x  2", again
print(f"seen: {entities.text!r}; {both.voice} says {both.text!r}; 'if x < 3 and y > 2' is read as {again!r}")
PY
