"""`memdb.constraints` of profiles and triples."""

from __future__ import annotations

from typing import Final

SMALL_OBJECT: Final = "must be a JSON object of at most 8192 bytes"

CHECKS: Final[dict[str, tuple[str, str]]] = {
    "profiles_document_object": ("document", "must be a JSON object of at most 65536 bytes"),
    "profile_versions_operation_known": ("operation", "must be put, patch, revert, delete or restore"),
    "triples_user_not_the_organization": ("user_id", "must not be the organization's id"),
    "triples_subject_length": ("subject", "must have 1 to 512 characters and not be only white space"),
    "triples_predicate_length": ("predicate", "must have 1 to 256 characters and not be only white space"),
    "triples_object_length": ("object", "must have 1 to 8192 characters and not be only white space"),
    "triples_confidence_range": ("confidence", "must be between 0 and 1"),
    "triples_source_length": ("source", "must have 1 to 512 characters"),
    "triples_metadata_object": ("metadata", SMALL_OBJECT),
    "triple_embeddings_dimension": ("embedding", "must have the dimension of its embedding space"),
}

UNIQUES: Final[dict[str, tuple[str, str]]] = {
    "profiles_pkey": ("profile", "user_id"),
    "profile_versions_pkey": ("version of the profile", "version"),
    "triples_pkey": ("triple", "id"),
    "triples_unique": ("triple of the same user", "object"),
    "triple_embeddings_pkey": ("embedding of the triple", "space"),
    "triple_embeddings_1_pkey": ("embedding of the triple", "space"),
}

REFERENCES: Final[dict[str, str]] = {
    "profiles_user_exists": "user",
    "profile_versions_profile_exists": "profile",
    "triples_organization_exists": "organization",
    "triples_user_exists": "user",
    "triple_embeddings_triple_exists": "triple",
}
