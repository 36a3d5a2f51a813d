"""Triples: what is known of a user, or by the tenant, as subject, predicate and object; each is stored once."""

from memdb.triples.files import BadLine, export_json, export_jsonl, import_json, import_jsonl
from memdb.triples.reading import get, page, search, unembedded
from memdb.triples.structs import NewTriple, Triple, TripleDetails, TripleHit
from memdb.triples.writing import delete, delete_matching, embed, restore, upsert, upsert_many

__all__ = [
    "BadLine",
    "NewTriple",
    "Triple",
    "TripleDetails",
    "TripleHit",
    "delete",
    "delete_matching",
    "embed",
    "export_json",
    "export_jsonl",
    "get",
    "import_json",
    "import_jsonl",
    "page",
    "restore",
    "search",
    "unembedded",
    "upsert",
    "upsert_many",
]
