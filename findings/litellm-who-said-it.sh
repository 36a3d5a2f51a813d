#!/usr/bin/env bash
# Guess: the name of a message (a speaker in a group) reaches each provider, if need be in the text, or is refused;
# a message without a text is left out.
# Seen: litellm 1.110.2: the request to OpenAI has the names. For Anthropic and Gemini they are gone without a word,
# and what two people said in a row is one message. An empty message becomes a sentence for Anthropic that nobody
# said, "[System: Empty message content sanitised ...]", as one of the user's.
# Why it matters: of a conversation of several, as an agent remembers it, the model sees one person who likes tea
# and does not; which provider is asked decides it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check litellm==1.110.2
export LITELLM_LOCAL_MODEL_COST_MAP=True OPENAI_API_KEY=none ANTHROPIC_API_KEY=none GEMINI_API_KEY=none
venv/bin/python - <<'PY'
import litellm
from litellm.types.utils import CallTypes
from litellm.utils import return_raw_request

litellm.suppress_debug_info = True
messages = [
    {"role": "user", "name": "Ann", "content": "I like tea"},
    {"role": "user", "name": "Ben", "content": "I do not"},
    {"role": "assistant", "content": "So Ann does"},
    {"role": "user", "name": "Ben", "content": ""},
    {"role": "user", "name": "Ann", "content": "I do"},
]


def request(model):
    """What would be sent; nothing is."""
    return return_raw_request(endpoint=CallTypes.completion, kwargs={"model": model, "messages": [dict(each) for each in messages]})["raw_request_body"]


openai = request("openai/gpt-4o")["messages"]
anthropic = [[part["text"] for part in each["content"]] for each in request("anthropic/claude-sonnet-4-5")["messages"]]
gemini = [[part["text"] for part in each["parts"]] for each in request("gemini/gemini-2.5-pro")["contents"]]
made_up = "[System: Empty message content sanitised to satisfy protocol]"
assert openai == messages, openai
assert anthropic == [["I like tea", "I do not"], ["So Ann does"], [made_up, "I do"]], anthropic
assert gemini == [["I like tea", "I do not"], ["So Ann does"], ["", "I do"]], gemini
for model in ("anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-pro"):
    assert "Ben" not in str(request(model)), model
print(f"seen: Anthropic is sent {anthropic}, Gemini {gemini}")
PY
