-- How many rows each table has of a user.
-- not null: table_name, rows
WITH theirs AS MATERIALIZED (
    SELECT m.id
    FROM memdb.memories AS m
    WHERE m.org_id = :org_id::memdb.tenant
        AND m.user_id = :user_id::uuid
),
conversations AS MATERIALIZED (
    SELECT s.id
    FROM memdb.sessions AS s
    WHERE s.org_id = :org_id
        AND s.user_id = :user_id
),
observations AS MATERIALIZED (
    SELECT o.id
    FROM memdb.session_observations AS o
    WHERE o.org_id = :org_id
        AND (o.user_id = :user_id OR o.session_id IN (SELECT c.id FROM conversations AS c))
),
happened AS MATERIALIZED (
    SELECT e.id
    FROM memdb.events AS e
    WHERE e.org_id = :org_id
        AND (e.user_id = :user_id OR e.session_id IN (SELECT c.id FROM conversations AS c))
),
learnt AS MATERIALIZED (
    SELECT f.id
    FROM memdb.facts AS f
    WHERE f.org_id = :org_id
        AND (
            f.user_id = :user_id
            OR f.session_id IN (SELECT c.id FROM conversations AS c)
            OR f.event_id IN (
                SELECT e.id FROM memdb.events AS e
                WHERE e.org_id = :org_id
                    AND (e.user_id = :user_id OR e.session_id IN (SELECT c.id FROM conversations AS c))
            )
        )
),
insights AS MATERIALIZED (
    SELECT i.id
    FROM memdb.insights AS i
    WHERE i.org_id = :org_id
        AND i.user_id = :user_id
),
intentions AS MATERIALIZED (
    SELECT n.id
    FROM memdb.intentions AS n
    WHERE n.org_id = :org_id
        AND (n.user_id = :user_id OR n.session_id IN (SELECT c.id FROM conversations AS c))
)
SELECT
    'memories' AS table_name,
    count(*) AS rows
FROM theirs AS t
UNION ALL
SELECT
    'memory_versions',
    count(*)
FROM memdb.memory_versions AS t
WHERE t.org_id = :org_id
    AND t.memory_id IN (SELECT m.id FROM theirs AS m)
UNION ALL
SELECT
    'memory_tags',
    count(*)
FROM memdb.memory_tags AS t
WHERE t.org_id = :org_id
    AND t.memory_id IN (SELECT m.id FROM theirs AS m)
UNION ALL
SELECT
    'memory_embeddings',
    count(*)
FROM memdb.memory_embeddings AS t
WHERE t.org_id = :org_id
    AND t.memory_id IN (SELECT m.id FROM theirs AS m)
UNION ALL
SELECT
    'memory_usage',
    count(*)
FROM memdb.memory_usage AS t
WHERE t.org_id = :org_id
    AND t.memory_id IN (SELECT m.id FROM theirs AS m)
UNION ALL
SELECT
    'memory_votes',
    count(*)
FROM memdb.memory_votes AS t
WHERE t.org_id = :org_id
    AND t.memory_id IN (SELECT m.id FROM theirs AS m)
UNION ALL
SELECT
    'memory_relations',
    count(*)
FROM memdb.memory_relations AS t
WHERE t.org_id = :org_id
    AND (t.source_id IN (SELECT m.id FROM theirs AS m) OR t.target_id IN (SELECT m.id FROM theirs AS m))
UNION ALL
SELECT
    'memory_escalations',
    count(*)
FROM memdb.memory_escalations AS t
WHERE t.org_id = :org_id
    AND (t.memory_id IN (SELECT m.id FROM theirs AS m) OR t.candidate_id IN (SELECT m.id FROM theirs AS m))
UNION ALL
SELECT
    'sessions',
    count(*)
FROM conversations AS t
UNION ALL
SELECT
    'messages',
    count(*)
FROM memdb.messages AS t
WHERE t.org_id = :org_id
    AND t.session_id IN (SELECT c.id FROM conversations AS c)
UNION ALL
SELECT
    'message_embeddings',
    count(*)
FROM memdb.message_embeddings AS t
WHERE t.org_id = :org_id
    AND t.session_id IN (SELECT c.id FROM conversations AS c)
UNION ALL
SELECT
    'archived_messages',
    count(*)
FROM memdb.archived_messages AS t
WHERE t.org_id = :org_id
    AND t.session_id IN (SELECT c.id FROM conversations AS c)
UNION ALL
SELECT
    'session_summaries',
    count(*)
FROM memdb.session_summaries AS t
WHERE t.org_id = :org_id
    AND t.session_id IN (SELECT c.id FROM conversations AS c)
UNION ALL
SELECT
    'checkpoints',
    count(*)
FROM memdb.checkpoints AS t
WHERE t.org_id = :org_id
    AND t.session_id IN (SELECT c.id FROM conversations AS c)
UNION ALL
SELECT
    'session_events',
    count(*)
FROM memdb.session_events AS t
WHERE t.org_id = :org_id
    AND t.session_id IN (SELECT c.id FROM conversations AS c)
UNION ALL
SELECT
    'session_observations',
    count(*)
FROM observations AS t
UNION ALL
SELECT
    'observation_embeddings',
    count(*)
FROM memdb.observation_embeddings AS t
WHERE t.org_id = :org_id
    AND t.observation_id IN (SELECT o.id FROM observations AS o)
UNION ALL
SELECT
    'events',
    count(*)
FROM happened AS t
UNION ALL
SELECT
    'event_embeddings',
    count(*)
FROM memdb.event_embeddings AS t
WHERE t.org_id = :org_id
    AND t.event_id IN (SELECT h.id FROM happened AS h)
UNION ALL
SELECT
    'facts',
    count(*)
FROM learnt AS t
UNION ALL
SELECT
    'fact_embeddings',
    count(*)
FROM memdb.fact_embeddings AS t
WHERE t.org_id = :org_id
    AND t.fact_id IN (SELECT l.id FROM learnt AS l)
UNION ALL
SELECT
    'fact_entities',
    count(*)
FROM memdb.fact_entities AS t
WHERE t.org_id = :org_id
    AND t.fact_id IN (SELECT l.id FROM learnt AS l)
UNION ALL
SELECT
    'cluster_facts',
    count(*)
FROM memdb.cluster_facts AS t
WHERE t.org_id = :org_id
    AND t.fact_id IN (SELECT l.id FROM learnt AS l)
UNION ALL
SELECT
    'insights',
    count(*)
FROM insights AS t
UNION ALL
SELECT
    'insight_embeddings',
    count(*)
FROM memdb.insight_embeddings AS t
WHERE t.org_id = :org_id
    AND t.insight_id IN (SELECT i.id FROM insights AS i)
UNION ALL
SELECT
    'insight_facts',
    count(*)
FROM memdb.insight_facts AS t
WHERE t.org_id = :org_id
    AND (t.insight_id IN (SELECT i.id FROM insights AS i) OR t.fact_id IN (SELECT l.id FROM learnt AS l))
UNION ALL
SELECT
    'insight_events',
    count(*)
FROM memdb.insight_events AS t
WHERE t.org_id = :org_id
    AND (t.insight_id IN (SELECT i.id FROM insights AS i) OR t.event_id IN (SELECT h.id FROM happened AS h))
UNION ALL
SELECT
    'intentions',
    count(*)
FROM intentions AS t
UNION ALL
SELECT
    'intention_embeddings',
    count(*)
FROM memdb.intention_embeddings AS t
WHERE t.org_id = :org_id
    AND t.intention_id IN (SELECT i.id FROM intentions AS i)
UNION ALL
SELECT
    'profiles',
    count(*)
FROM memdb.profiles AS t
WHERE t.org_id = :org_id
    AND t.user_id = :user_id
UNION ALL
SELECT
    'profile_versions',
    count(*)
FROM memdb.profile_versions AS t
WHERE t.org_id = :org_id
    AND t.user_id = :user_id
UNION ALL
SELECT
    'triples',
    count(*)
FROM memdb.triples AS t
WHERE t.org_id = :org_id
    AND t.user_id = :user_id
UNION ALL
SELECT
    'triple_embeddings',
    count(*)
FROM memdb.triple_embeddings AS t
WHERE t.org_id = :org_id
    AND t.triple_id IN (SELECT k.id FROM memdb.triples AS k WHERE k.org_id = :org_id AND k.user_id = :user_id)
UNION ALL
SELECT
    'users',
    count(*)
FROM memdb.users AS t
WHERE t.org_id = :org_id
    AND t.id = :user_id
UNION ALL
SELECT
    'tokens',
    count(*)
FROM memdb.tokens AS t
WHERE t.org_id = :org_id
    AND t.user_id = :user_id
UNION ALL
SELECT
    'token_uses',
    count(*)
FROM memdb.token_uses AS t
WHERE t.org_id = :org_id
    AND t.token_id IN (SELECT k.id FROM memdb.tokens AS k WHERE k.org_id = :org_id AND k.user_id = :user_id)
UNION ALL
SELECT
    'legal_holds',
    count(*)
FROM memdb.legal_holds AS t
WHERE t.org_id = :org_id
    AND t.user_id = :user_id
