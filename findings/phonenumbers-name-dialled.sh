#!/usr/bin/env bash
# Guess: "030 23125000 (Ada)" is parsed as the number before the name, or refused.
# Seen: phonenumbers 9.0.43: three letters or more are dialled as on a keypad, so it is +493023125000232, and
# "030 23125000 home" +4930231250004663; both are valid numbers. With two letters, or a comma, it is
# otherwise: "me" is passed over, "home, Ada" refused.
# Why it matters: a contact's number is kept as one that belongs to another, and `is_valid_number` does not
# object, since German numbers have no fixed length. `PhoneNumberMatcher` finds the number alone.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check phonenumbers==9.0.43
venv/bin/python - <<'PY'
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberMatcher, format_number, is_valid_number, parse


def parsed(text):
    try:
        number = parse(text, "DE")
    except NumberParseException as error:
        return type(error).__name__
    return format_number(number, PhoneNumberFormat.E164), is_valid_number(number)


seen = {text: parsed(text) for text in ("030 23125000", "030 23125000 (Ada)", "030 23125000 home", "030 23125000 me", "030 23125000, Ada")}
found = [format_number(match.number, PhoneNumberFormat.E164) for match in PhoneNumberMatcher("030 23125000 (Ada)", "DE")]
assert list(seen.values()) == [
    ("+493023125000", True),
    ("+493023125000232", True),
    ("+4930231250004663", True),
    ("+493023125000", True),
    "NumberParseException",
], seen
assert found == ["+493023125000"], found
print(f"seen: {seen}; the matcher finds {found}")
PY
