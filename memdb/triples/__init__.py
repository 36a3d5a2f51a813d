"""Triples: knowledge about a user, or of the tenant, as subject, predicate and object; each is stored once."""

from memdb.triples.files import BadLine, export_json, export_jsonl, import_json, import_jsonl
from memdb.triples.reading import count, get, page, search, unembedded
from memdb.triples.structs import NewTriple, Triple, TripleDetails, TripleHit
from memdb.triples.writing import assert_, assert_many, clear, delete, embed, restore

__all__ = [
    "BadLine",
    "NewTriple",
    "Triple",
    "TripleDetails",
    "TripleHit",
    "assert_",
    "assert_many",
    "clear",
    "count",
    "delete",
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
]
