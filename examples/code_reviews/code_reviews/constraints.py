"""What a violated constraint of the tables tells a caller, by the constraint's name."""

from typing import Final

CHECKS: Final = {
    "reviews_repository_format": ("repository", "must be owner/name"),
    "reviews_pull_request_positive": ("pull_request", "must be 1 or more"),
    "reviews_verdict_known": ("verdict", "must be approved, changes_requested or commented"),
    "reviews_summary_length": ("summary", "must have 1 to 10,000 characters"),
}

UNIQUES: Final = {
    "reviews_key": ("review", "id"),
    "reviews_once": ("review of the agent's", "pull request"),
}

REFERENCES: Final = {"reviews_agent_exists": "agent", "reviews_user_exists": "user"}
