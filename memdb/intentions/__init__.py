"""Intentions: what an agent means to do at a time, or when a condition is met."""

from memdb.intentions.reading import count, due, get, matching, page, unembedded
from memdb.intentions.structs import Intention, IntentionHit, OpenStatus, Status, Trigger
from memdb.intentions.writing import add, cancel, claim_due, delete, embed, expire_overdue, fulfil, reopen, restore, trigger, update

__all__ = [
    "Intention",
    "IntentionHit",
    "OpenStatus",
    "Status",
    "Trigger",
    "add",
    "cancel",
    "claim_due",
    "count",
    "delete",
    "due",
    "embed",
    "expire_overdue",
    "fulfil",
    "get",
    "matching",
    "page",
    "reopen",
    "restore",
    "trigger",
    "unembedded",
    "update",
]
