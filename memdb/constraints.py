"""The schema's constraints, by name: which field or reference each one guards, and what would be right.

A test holds this against the catalog: each constraint of the schema stands here, and nothing else does.
"""

from __future__ import annotations

from typing import Final

_SLUG: Final = "must be 1 to 63 lower-case letters, digits and hyphens, not starting with a hyphen"
_SMALL_OBJECT: Final = "must be a JSON object of at most 8192 bytes"

CHECKS: Final[dict[str, tuple[str, str]]] = {
    "tenant_is_given": ("org_id", "must not be None"),
    "tenant_is_entered": ("org_id", "must not be None"),
    "organizations_slug_format": ("slug", _SLUG),
    "organizations_name_length": ("name", "must have 1 to 200 characters"),
    "organizations_tier_known": ("tier", "must be free, pro or enterprise"),
    "organizations_status_known": ("status", "must be active, trial, suspended or cancelled"),
    "organizations_settings_object": ("settings", _SMALL_OBJECT),
    "users_email_format": ("email", "must be an address such as ada@example.com, of at most 320 characters"),
    "users_name_length": ("name", "must have 1 to 200 characters"),
    "users_role_known": ("role", "must be owner, admin, member or viewer"),
    "users_status_known": ("status", "must be active, invited, suspended or deactivated"),
    "users_sso_complete": ("sso_subject", "and sso_provider must be given together"),
    "agents_slug_format": ("slug", _SLUG),
    "agents_name_length": ("name", "must have 1 to 200 characters"),
    "agents_status_known": ("status", "must be active, paused, suspended or archived"),
    "agents_config_object": ("config", "must be a JSON object of at most 65536 bytes"),
    "agents_metadata_object": ("metadata", _SMALL_OBJECT),
    "memories_content_not_empty": ("content", "must not be empty or only white space"),
    "memories_content_length": ("content", "must have at most 8192 characters"),
    "memories_category_known": ("category", "must be factual, preference, behavioral, episodic or procedural"),
    "memories_status_known": ("status", "must be active, superseded, merged, archived, pending_review or quarantined"),
    "memories_source_known": ("source", "must be extracted, user_provided, imported or inferred"),
    "memories_confidence_range": ("confidence", "must be between 0 and 1"),
    "memories_expiry_after_creation": ("expires_at", "must be later than the memory's creation"),
    "memories_tags_count": ("tags", "must be at most 20"),
    "memories_metadata_object": ("metadata", _SMALL_OBJECT),
    "memories_embedding_model_length": ("embedding_model", "must have 1 to 256 characters"),
    "memories_embedding_model_needs_embedding": ("embedding_model", "must be None where there is no embedding"),
    "memory_tags_tag_length": ("tags", "must have 1 to 64 characters each"),
    "memory_versions_operation_known": ("operation", "must be create, update, delete, restore or expire"),
    "memory_versions_reason_length": ("reason", "must have 1 to 2000 characters"),
}

UNIQUES: Final[dict[str, tuple[str, str]]] = {
    "organizations_pkey": ("organization", "id"),
    "organizations_slug_unique": ("organization", "slug"),
    "users_pkey": ("user", "id"),
    "users_email_unique": ("user", "email"),
    "agents_pkey": ("agent", "id"),
    "agents_slug_unique": ("agent", "slug"),
    "memories_pkey": ("memory", "id"),
    "memories_content_unique": ("active memory of the same agent and user", "content"),
    "memory_tags_pkey": ("tag of the memory", "tag"),
    "memory_versions_pkey": ("version of the memory", "version"),
}

REFERENCES: Final[dict[str, str]] = {
    "users_organization_exists": "organization",
    "agents_organization_exists": "organization",
    "agents_creator_exists": "user",
    "memories_agent_exists": "agent",
    "memories_user_exists": "user",
    "memory_tags_memory_exists": "memory",
    "memory_versions_memory_exists": "memory",
}
