"""Triples: what is known of a user, or by the tenant, as subject, predicate and object; each is stored once."""

from memdb.triples.files import BadLine, export_json, export_jsonl, import_json, import_jsonl
from memdb.triples.reading import (
    get,
    page,
    page_of_object,
    page_of_oldest,
    page_of_owner,
    page_of_predicate,
    page_of_subject,
    search,
    search_exact,
    unembedded,
)
from memdb.triples.structs import NewTriple, Triple, TripleHit
from memdb.triples.writing import delete, delete_matching, embed, restore, upsert, upsert_many, write

__all__ = [
    "BadLine",
    "NewTriple",
    "Triple",
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
    "page_of_object",
    "page_of_oldest",
    "page_of_owner",
    "page_of_predicate",
    "page_of_subject",
    "restore",
    "search",
    "search_exact",
    "unembedded",
    "upsert",
    "upsert_many",
    "write",
]
