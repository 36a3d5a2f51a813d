-- How many rows each table has of the organization.
-- not null: table_name, rows
SELECT
    'organizations' AS table_name,
    count(*) AS rows
FROM memdb.organizations AS t
WHERE t.id = :org_id::memdb.tenant
UNION ALL
SELECT
    'memories',
    count(*)
FROM memdb.memories AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_versions',
    count(*)
FROM memdb.memory_versions AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_tags',
    count(*)
FROM memdb.memory_tags AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_embeddings',
    count(*)
FROM memdb.memory_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_usage',
    count(*)
FROM memdb.memory_usage AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_votes',
    count(*)
FROM memdb.memory_votes AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_relations',
    count(*)
FROM memdb.memory_relations AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'memory_escalations',
    count(*)
FROM memdb.memory_escalations AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'sessions',
    count(*)
FROM memdb.sessions AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'messages',
    count(*)
FROM memdb.messages AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'message_embeddings',
    count(*)
FROM memdb.message_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'archived_messages',
    count(*)
FROM memdb.archived_messages AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'session_summaries',
    count(*)
FROM memdb.session_summaries AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'checkpoints',
    count(*)
FROM memdb.checkpoints AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'session_events',
    count(*)
FROM memdb.session_events AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'session_observations',
    count(*)
FROM memdb.session_observations AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'observation_embeddings',
    count(*)
FROM memdb.observation_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'events',
    count(*)
FROM memdb.events AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'event_embeddings',
    count(*)
FROM memdb.event_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'entities',
    count(*)
FROM memdb.entities AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'edges',
    count(*)
FROM memdb.edges AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'entity_merges',
    count(*)
FROM memdb.entity_merges AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'entity_merge_parts',
    count(*)
FROM memdb.entity_merge_parts AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'entity_embeddings',
    count(*)
FROM memdb.entity_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'entity_aliases',
    count(*)
FROM memdb.entity_aliases AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'attributes',
    count(*)
FROM memdb.attributes AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'facts',
    count(*)
FROM memdb.facts AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'fact_embeddings',
    count(*)
FROM memdb.fact_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'fact_entities',
    count(*)
FROM memdb.fact_entities AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'clusters',
    count(*)
FROM memdb.clusters AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'cluster_embeddings',
    count(*)
FROM memdb.cluster_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'cluster_facts',
    count(*)
FROM memdb.cluster_facts AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'insights',
    count(*)
FROM memdb.insights AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'insight_embeddings',
    count(*)
FROM memdb.insight_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'insight_facts',
    count(*)
FROM memdb.insight_facts AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'insight_events',
    count(*)
FROM memdb.insight_events AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'intentions',
    count(*)
FROM memdb.intentions AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'intention_embeddings',
    count(*)
FROM memdb.intention_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'profiles',
    count(*)
FROM memdb.profiles AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'profile_versions',
    count(*)
FROM memdb.profile_versions AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'triples',
    count(*)
FROM memdb.triples AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'triple_embeddings',
    count(*)
FROM memdb.triple_embeddings AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'quota_slots',
    count(*)
FROM memdb.quota_slots AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'token_uses',
    count(*)
FROM memdb.token_uses AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'tokens',
    count(*)
FROM memdb.tokens AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'directives',
    count(*)
FROM memdb.directives AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'directive_versions',
    count(*)
FROM memdb.directive_versions AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'prompts',
    count(*)
FROM memdb.prompts AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'prompt_versions',
    count(*)
FROM memdb.prompt_versions AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'role_abilities',
    count(*)
FROM memdb.role_abilities AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'roles',
    count(*)
FROM memdb.roles AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'token_spending',
    count(*)
FROM memdb.token_spending AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'audit_log',
    count(*)
FROM memdb.audit_log AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'audit_heads',
    count(*)
FROM memdb.audit_heads AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'legal_holds',
    count(*)
FROM memdb.legal_holds AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'agents',
    count(*)
FROM memdb.agents AS t
WHERE t.org_id = :org_id
UNION ALL
SELECT
    'users',
    count(*)
FROM memdb.users AS t
WHERE t.org_id = :org_id
