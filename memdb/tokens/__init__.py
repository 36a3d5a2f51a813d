"""API tokens: who may call, on behalf of which tenant, user or agent.

A token is `mdb_`, 44 characters of secret (264 random bits) and 22 characters of its organization's id. So it can be verified in one round
trip from its tenant's rows alone, under row-level security. Only its SHA-256 and its first 12 characters are stored.
"""

from memdb.tokens.managing import Filters, count, create, get, page, revoke
from memdb.tokens.structs import Kind, NewToken, Token, TokenHolder
from memdb.tokens.verifying import verify

__all__ = [
    "Filters",
    "Kind",
    "NewToken",
    "Token",
    "TokenHolder",
    "count",
    "create",
    "get",
    "page",
    "revoke",
    "verify",
]
