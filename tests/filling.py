"""A database with enough in every table that the plans are those of a service in use."""

from __future__ import annotations

from tests.samples import World
from tests.server import execute


def fill(dsn: str, world: World) -> None:
    """50,000 memories: 60 tenants of 500, and 20,000 of the world's agent; 100,000 messages, 10,000 of them of the world's session;
    and of everything else in proportion."""
    org_id, agent_id, user_id = world.tenant.org_id, world.agent_id, world.user_id
    execute(
        dsn,
        # What is filled in here refers to what is there: a quarter of the time would go into looking that up.
        "SET session_replication_role = replica",
        "INSERT INTO memdb.organizations (slug, name) SELECT 'o' || i, 'o' FROM generate_series(1, 60) AS i",
        "INSERT INTO memdb.organizations (slug, name) SELECT 'empty' || i, 'o' FROM generate_series(1, 2000) AS i",
        "INSERT INTO memdb.agents (org_id, id, slug, name) SELECT id, id, 'a', 'a' FROM memdb.organizations WHERE slug LIKE 'o%'",
        f"INSERT INTO memdb.agents (org_id, slug, name) SELECT '{org_id}', 'bulk' || i, 'a' FROM generate_series(1, 500) AS i",
        f"INSERT INTO memdb.users (org_id, email) SELECT '{org_id}', 'u' || i || '@example.com' FROM generate_series(1, 500) AS i",
        """
        INSERT INTO memdb.memories (org_id, agent_id, content)
        SELECT o.id, o.id, 'm' || i FROM memdb.organizations AS o, generate_series(1, 500) AS i WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.memories (org_id, agent_id, user_id, session_id, content, external_id)
        SELECT '{org_id}', '{agent_id}', CASE WHEN i % 200 = 0 THEN '{user_id}'::uuid END, md5('s' || i % 400)::uuid, 'n' || i,
            CASE WHEN i % 2 = 0 THEN 'e' || i END
        FROM generate_series(1, 20000) AS i
        """,
        """
        INSERT INTO memdb.memory_embeddings (org_id, memory_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.memories ON CONFLICT DO NOTHING
        """,
        "INSERT INTO memdb.memory_tags SELECT org_id, id, 'tag ' || right(content, 2) FROM memdb.memories",
        """
        INSERT INTO memdb.memory_versions (org_id, memory_id, confidence, version, operation, category, status, content, tags, metadata)
        SELECT org_id, id, confidence, 1, 'create', category, status, content, '{}', metadata FROM memdb.memories
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.memory_relations (org_id, source_id, target_id, type, confidence)
        SELECT m.org_id, m.id, n.id, 'derived_from', 1
        FROM (SELECT *, row_number() OVER (PARTITION BY org_id ORDER BY id) AS place FROM memdb.memories) AS m
        JOIN (SELECT *, row_number() OVER (PARTITION BY org_id ORDER BY id) AS place FROM memdb.memories) AS n
            ON n.org_id = m.org_id AND n.place = m.place + 1
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.memory_escalations (org_id, memory_id, candidate_id, kind, status, resolved_at)
        SELECT r.org_id, r.source_id, r.target_id, 'other', s.status, CASE s.status WHEN 'resolved' THEN now() END
        FROM (SELECT *, row_number() OVER () AS place FROM memdb.memory_relations) AS r,
            LATERAL (SELECT CASE WHEN r.place % 20 = 0 THEN 'pending' ELSE 'resolved' END AS status) AS s
        WHERE r.place % 5 = 0
        """,
        "INSERT INTO memdb.memory_usage (org_id, memory_id, retrievals) SELECT org_id, id, 1 FROM memdb.memories ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.memory_votes (org_id, memory_id, agent_id, vote)
        SELECT org_id, id, agent_id, 'positive' FROM memdb.memories ON CONFLICT DO NOTHING
        """,
        f"""
        INSERT INTO memdb.tokens (org_id, user_id, kind, name, prefix, hash)
        SELECT org_id, id, 'service', 'x', 'mdb_x', sha256(id::text::bytea) FROM memdb.users WHERE org_id = '{org_id}'
        """,
        "INSERT INTO memdb.token_uses SELECT org_id, id FROM memdb.tokens ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.directive_versions (org_id, agent_id, number, content)
        SELECT org_id, id, n, 'be brief' FROM memdb.agents, generate_series(1, 5) AS n ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.directives (org_id, agent_id, latest, active, injection_mode)
        SELECT org_id, id, 5, 5, 'system_first' FROM memdb.agents ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.token_spending (org_id, agent_id, month, slot, input_tokens, output_tokens)
        SELECT org_id, id, month, 0, 1, 1 FROM memdb.agents, generate_series('2024-01-01', '2025-12-01', interval '1 month') AS month
        """,
        """
        INSERT INTO memdb.audit_log (org_id, action, resource_type, resource_id, seq, digest)
        SELECT id, 'x', 'y', n, CASE WHEN n < 400 THEN n END, CASE WHEN n < 400 THEN '\\x00'::bytea END
        FROM memdb.organizations, generate_series(1, 500) AS n WHERE slug LIKE 'o%' OR slug = 'acme'
        """,
        "INSERT INTO memdb.audit_heads (org_id) SELECT id FROM memdb.organizations ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.legal_holds (org_id, name, agent_id, released_at)
        SELECT a.org_id, a.slug || n, a.id, now() FROM memdb.agents AS a, generate_series(1, 3) AS n
        """,
        """
        INSERT INTO memdb.sessions (org_id, agent_id, external_id, active_at, closed_at, closed_as, status, last_position)
        SELECT o.id, o.id, 's' || i, now() - i * interval '1 hour', c.at, CASE WHEN c.at IS NOT NULL THEN 'completed' END,
            CASE WHEN c.at IS NULL THEN 'active' ELSE 'completed' END, 30
        FROM memdb.organizations AS o, generate_series(1, 20) AS i, LATERAL (SELECT CASE WHEN i % 2 = 0 THEN now() END AS at) AS c
        WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.sessions (org_id, agent_id, user_id, external_id, active_at, closed_at, closed_as, status, last_position)
        SELECT '{org_id}', CASE WHEN i % 2 = 0 THEN '{agent_id}' ELSE a.id END, CASE WHEN i % 20 = 0 THEN '{user_id}'::uuid END,
            's' || i, now() - i * interval '1 hour', c.at, CASE WHEN c.at IS NOT NULL THEN 'completed' END,
            CASE WHEN c.at IS NULL THEN 'active' ELSE 'completed' END, 30
        FROM generate_series(1, 1800) AS i, LATERAL (SELECT CASE WHEN i % 4 = 0 THEN now() END AS at) AS c,
            LATERAL (SELECT id FROM memdb.agents WHERE org_id = '{org_id}' AND slug = 'bulk' || (i % 500 + 1)) AS a
        """,
        "UPDATE memdb.sessions SET status = 'cold_archived', archived_at = now() WHERE external_id LIKE '%7'",
        "UPDATE memdb.sessions SET moving = 'out' WHERE external_id LIKE '%117'",
        "UPDATE memdb.sessions SET deleted_at = now() WHERE external_id LIKE '%13'",
        f"""
        INSERT INTO memdb.messages (org_id, session_id, position, tokens, role, content, edit)
        SELECT s.org_id, s.id, i, 3, CASE WHEN i % 2 = 0 THEN 'user' ELSE 'assistant' END, 'm' || i, CASE WHEN i % 100 = 0 THEN 1 END
        FROM memdb.sessions AS s,
            generate_series(6, CASE WHEN s.id = '{world.session.id}' THEN 10000 ELSE 35 END) AS i
        WHERE s.archived_at IS NULL
        """,
        """
        INSERT INTO memdb.archived_messages (
            org_id, id, session_id, created_at, updated_at, sent_at, position, version, tokens, embedded,
            role, open_calls, language, content, tool_calls, metadata, spaces, embeddings
        )
        SELECT
            s.org_id, memdb.new_id(), s.id, now(), now(), now(), i, 1, 3, false, 'user', '{}', 'english', 'm' || i, '[]', '{}', '{}', '{}'
        FROM memdb.sessions AS s, generate_series(6, 35) AS i
        WHERE s.status = 'cold_archived'
        """,
        f"UPDATE memdb.sessions SET last_position = 10000 WHERE id = '{world.session.id}'",
        "INSERT INTO memdb.message_embeddings SELECT org_id, id, session_id, 1 FROM memdb.messages ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.session_summaries (org_id, session_id, first_position, last_position, edits, tokens, strategy, content)
        SELECT org_id, id, 1, 10 * i, 0, 5, 'rolling', 'summary' FROM memdb.sessions, generate_series(1, 3) AS i
        """,
        """
        INSERT INTO memdb.checkpoints (org_id, session_id, turn)
        SELECT org_id, id, n FROM memdb.sessions, generate_series(0, 4) AS n ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.threads (org_id, external_id)
        SELECT id, 'thread ' || n FROM memdb.organizations, generate_series(1, 50) AS n WHERE slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.threads (org_id, external_id, user_id, deleted_at)
        SELECT
            '{org_id}', 'thread ' || n, CASE WHEN n % 200 = 0 THEN '{user_id}'::uuid END, CASE WHEN n % 20 = 0 THEN now() END
        FROM generate_series(1, 2000) AS n
        """,
        f"""
        INSERT INTO memdb.thread_checkpoints (org_id, thread_id, namespace, id, parent_id, run_id, versions)
        SELECT
            org_id, id, '', to_char(n, '000000'), to_char(n - 1, '000000'), id || ' ' || n / 10,
            jsonb_build_object('messages', n, 'next', n / 2)
        FROM memdb.threads, generate_series(1, CASE WHEN external_id = '{world.thread_id}' THEN 5000 ELSE 10 END) AS n
        """,
        """
        INSERT INTO memdb.thread_values (org_id, thread_id, namespace, channel, version, type, data)
        SELECT c.org_id, c.thread_id, '', v.channel, v.version, 'json', '[]'
        FROM memdb.thread_checkpoints AS c, jsonb_each_text(c.versions) AS v (channel, version) ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.thread_writes (org_id, thread_id, position, namespace, checkpoint_id, task_id, channel, type, data)
        SELECT org_id, thread_id, n, '', id, 'task', 'messages', 'json', '1'
        FROM memdb.thread_checkpoints, generate_series(1, 2) AS n ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.transcripts (org_id, namespace, external_id, revision)
        SELECT id, '', 'transcript ' || n, '1' FROM memdb.organizations, generate_series(1, 50) AS n WHERE slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.transcripts (org_id, namespace, external_id, revision, scope, user_id)
        SELECT '{org_id}', '', 'transcript ' || n, '1', 'scope ' || n % 50, CASE WHEN n % 200 = 0 THEN '{user_id}'::uuid END
        FROM generate_series(1, 2000) AS n
        """,
        f"""
        INSERT INTO memdb.transcript_entries (org_id, transcript_id, position, run_start, run_after, id, data)
        SELECT org_id, id, n, CASE WHEN n % 4 = 0 THEN n ELSE greatest(n - n % 4, 1) END, greatest(n - n % 4 - 2, 0), id || ' ' || n, '[]'
        FROM memdb.transcripts, generate_series(1, CASE WHEN id = '{world.transcript.key}' THEN 5000 ELSE 10 END) AS n
        ON CONFLICT DO NOTHING
        """,
        """
        UPDATE memdb.transcripts AS t
        SET
            length = e.position, last_position = e.position, head = e.position, head_id = e.id,
            run_start = e.run_start, run_after = e.run_after
        FROM memdb.transcript_entries AS e
        WHERE e.org_id = t.org_id AND e.transcript_id = t.id AND e.position = (
            SELECT max(o.position) FROM memdb.transcript_entries AS o WHERE o.org_id = t.org_id AND o.transcript_id = t.id
        )
        """,
        """
        INSERT INTO memdb.items (org_id, namespace, key, value, expires_at, time_to_live)
        SELECT id, ARRAY['users', 'user ' || n % 50], 'key ' || n, jsonb_build_object('number', n % 100), NULL, NULL
        FROM memdb.organizations, generate_series(1, 100) AS n WHERE slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.items (org_id, user_id, namespace, key, value, updated_at, expires_at, time_to_live)
        SELECT
            '{org_id}', CASE WHEN n % 200 = 0 THEN '{user_id}'::uuid END, ARRAY['users', 'user ' || n % 500], 'key ' || n,
            jsonb_build_object('number', n % 100), now() - n * interval '1 minute',
            CASE WHEN n % 20 = 0 THEN now() + interval '1 day' WHEN n % 100 = 1 THEN now() END,
            CASE WHEN n % 20 = 0 OR n % 100 = 1 THEN interval '1 day' END
        FROM generate_series(1, 5000) AS n
        """,
        """
        INSERT INTO memdb.item_parts (org_id, item_id, path, content)
        SELECT org_id, id, '$', key FROM memdb.items WHERE key LIKE 'key %'
        """,
        "INSERT INTO memdb.item_part_embeddings SELECT org_id, id, item_id, 1 FROM memdb.item_parts ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.session_events (org_id, session_id, number, kind)
        SELECT org_id, id, n, 'kind ' || n % 5 FROM memdb.sessions, generate_series(1, 10) AS n ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.session_observations (org_id, agent_id, content, entities, embedded)
        SELECT o.id, o.id, 'm' || i, '{e}', true FROM memdb.organizations AS o, generate_series(1, 500) AS i WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.sessions (org_id, id, agent_id)
        SELECT '{org_id}', md5('s' || i)::uuid, '{agent_id}' FROM generate_series(0, 399) AS i
        """,
        f"""
        INSERT INTO memdb.session_observations (org_id, agent_id, user_id, session_id, status, content, embedded, deleted_at)
        SELECT
            '{org_id}', '{agent_id}', CASE WHEN i % 200 = 0 THEN '{user_id}'::uuid END, md5('s' || i % 400)::uuid,
            CASE WHEN i % 4 = 0 THEN 'active' ELSE 'merged' END, 'n' || i, i % 100 > 0, CASE WHEN i % 50 = 7 THEN now() END
        FROM generate_series(1, 10000) AS i
        """,
        """
        INSERT INTO memdb.observation_embeddings (org_id, observation_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.session_observations ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.events (org_id, agent_id, content, occurred_at, embedded)
        SELECT o.id, o.id, 'm' || i, now() - i * interval '1 hour', true
        FROM memdb.organizations AS o, generate_series(1, 1000) AS i WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.events (org_id, agent_id, user_id, session_id, content, occurred_at, embedded)
        SELECT
            '{org_id}', '{agent_id}', CASE WHEN i % 200 = 0 THEN '{user_id}'::uuid END, md5('s' || i % 400)::uuid, 'n' || i,
            now() - i * interval '1 hour', i % 100 > 0
        FROM generate_series(1, 40000) AS i
        """,
        """
        INSERT INTO memdb.event_embeddings (org_id, event_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.events ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.entities (org_id, agent_id, type, key, name, embedded)
        SELECT o.id, o.id, 'person', 'person:m' || i, 'M' || i, true
        FROM memdb.organizations AS o, generate_series(1, 100) AS i WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.entities (org_id, agent_id, type, key, name, importance, last_seen_at, embedded, deleted_at)
        SELECT
            '{org_id}', '{agent_id}', 'person', 'person:n' || i, 'N' || i, i / 10000.0, now() - i * interval '1 minute', i % 100 > 0,
            CASE WHEN i % 50 = 7 THEN now() END
        FROM generate_series(1, 10000) AS i
        """,
        f"""
        INSERT INTO memdb.entities (org_id, agent_id, type, key, name, status, merged_into)
        SELECT '{org_id}', agent_id, type, key || ' too', name, 'merged', id FROM memdb.entities WHERE key LIKE 'person:n%00'
        """,
        """
        INSERT INTO memdb.entity_aliases (org_id, agent_id, entity_id, key, alias)
        SELECT org_id, agent_id, id, 'alias of ' || key, name FROM memdb.entities
        """,
        """
        INSERT INTO memdb.entity_embeddings (org_id, entity_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.entities ON CONFLICT DO NOTHING
        """,
        # Twenty facts of each entity, a quarter of them superseded by the one before; 60,000 of the world's agent.
        f"""
        INSERT INTO memdb.entities (org_id, id, agent_id, type, key, name)
        SELECT o.id, gen_random_uuid(), o.id, 'person', 'person:e' || i, 'e' FROM memdb.organizations AS o, generate_series(1, 33) AS i
        WHERE o.slug LIKE 'o%'
        UNION ALL
        SELECT '{org_id}', gen_random_uuid(), '{agent_id}', 'person', 'person:e' || i, 'e' FROM generate_series(1, 3000) AS i
        """,
        """
        INSERT INTO memdb.attributes (org_id, key, status)
        SELECT id, 'attribute' || i, CASE WHEN i % 2 = 0 THEN 'proposed' ELSE 'accepted' END
        FROM memdb.organizations, generate_series(1, 100) AS i WHERE slug LIKE 'o%' OR slug = 'acme'
        """,
        f"""
        INSERT INTO memdb.facts (
            org_id, id, agent_id, entity_id, user_id, attribute, value, content, status, invalidated_at, superseded_by, deleted_at, embedded
        )
        SELECT
            e.org_id, md5(e.id::text || i)::uuid, e.agent_id, e.id,
            CASE WHEN e.org_id = '{org_id}' AND i = 11 AND ascii(right(e.id::text, 1)) % 10 = 0 THEN '{user_id}'::uuid END,
            CASE WHEN i % 5 > 0 THEN 'attribute' || ascii(right(e.id::text, 1)) % 5 * 20 + i END,
            CASE WHEN i % 5 > 0 THEN to_jsonb(i) END,
            'fact ' || i, CASE WHEN i % 4 = 0 THEN 'superseded' ELSE 'active' END,
            CASE WHEN i % 4 = 0 THEN now() END, CASE WHEN i % 4 = 0 THEN md5(e.id::text || i - 1)::uuid END,
            CASE WHEN i = 18 THEN now() END, i % 20 <> 7
        FROM memdb.entities AS e, generate_series(1, 20) AS i
        WHERE e.key LIKE 'person:e%'
        """,
        "INSERT INTO memdb.fact_entities SELECT org_id, id, entity_id FROM memdb.facts ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.fact_embeddings (org_id, fact_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.facts ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.edges (org_id, agent_id, source_id, target_id, type, fact_id)
        SELECT f.org_id, f.agent_id, f.entity_id, n.id, 'knows', f.id
        FROM memdb.facts AS f
        JOIN (SELECT id, lead(id) OVER (PARTITION BY org_id ORDER BY id) AS next FROM memdb.entities) AS e ON e.id = f.entity_id
        JOIN memdb.entities AS n ON n.id = e.next
        WHERE f.content = 'fact 9'
        """,
        """
        INSERT INTO memdb.edges (org_id, agent_id, source_id, target_id, type, weight)
        SELECT org_id, agent_id, id, next_id, 'type_' || k, 0.1 + k % 9 / 10.0
        FROM (
            SELECT e.org_id, e.agent_id, e.id, k, lead(e.id, k) OVER later AS next_id, lead(e.agent_id, k) OVER later AS next_agent_id
            FROM memdb.entities AS e, generate_series(1, 20) AS k
            WHERE e.key LIKE 'person:e%'
            WINDOW later AS (PARTITION BY e.org_id, k ORDER BY e.id)
        ) AS e
        WHERE next_agent_id = agent_id
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.entities (org_id, agent_id, type, key, name)
        SELECT a.org_id, a.id, 'place', 'place:' || p.name, p.name
        FROM memdb.agents AS a, (VALUES ('Oslo'), ('Rome')) AS p (name) WHERE a.slug LIKE 'bulk%'
        """,
        """
        INSERT INTO memdb.edges (org_id, agent_id, source_id, target_id, type)
        SELECT o.org_id, o.agent_id, o.id, r.id, 'type_' || k
        FROM memdb.entities AS o
        JOIN memdb.entities AS r ON r.org_id = o.org_id AND r.agent_id = o.agent_id AND r.key = 'place:Rome'
        CROSS JOIN generate_series(1, 20) AS k
        WHERE o.key = 'place:Oslo'
        """,
        """
        INSERT INTO memdb.entity_merges (org_id, agent_id, merged_id, into_id, undone_at, first_seen_at, last_seen_at, mentions)
        SELECT source.org_id, source.agent_id, source.source_id, source.target_id, now(), now(), now(), 1
        FROM memdb.edges AS source WHERE source.type = 'type_1'
        """,
        """
        INSERT INTO memdb.entity_merge_parts (org_id, merge_id, part_id, kind)
        SELECT org_id, id, merged_id, 'entity' FROM memdb.entity_merges
        """,
        """
        INSERT INTO memdb.profiles (org_id, user_id, document, deleted_at)
        SELECT u.org_id, u.id, '{"name": "x"}', CASE WHEN u.email LIKE 'u%7@example.com' THEN now() END
        FROM memdb.users AS u ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.profile_versions (org_id, user_id, version, operation, document)
        SELECT org_id, user_id, n, 'put', document FROM memdb.profiles, generate_series(1, 20) AS n ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.triples (org_id, subject, predicate, object, embedded)
        SELECT o.id, 's' || i % 50, 'p' || i % 20, 'o' || i, true FROM memdb.organizations AS o, generate_series(1, 500) AS i
        WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.triples (org_id, user_id, subject, predicate, object, embedded, deleted_at)
        SELECT
            '{org_id}', CASE WHEN i % 2 = 0 THEN '{user_id}'::uuid END, 's' || i % 500, 'p' || i % 200, 'o' || i, i % 100 > 0,
            CASE WHEN i % 50 = 7 THEN now() END
        FROM generate_series(1, 20000) AS i
        """,
        f"""
        INSERT INTO memdb.triples (org_id, user_id, subject, predicate, object, embedded)
        SELECT org_id, id, 's' || i % 5, 'p' || i % 7, 'o' || i, true FROM memdb.users, generate_series(1, 20) AS i
        WHERE org_id = '{org_id}' AND email LIKE 'u%'
        """,
        "INSERT INTO memdb.triple_embeddings (org_id, triple_id, space) SELECT org_id, id, 1 FROM memdb.triples ON CONFLICT DO NOTHING",
        f"""
        INSERT INTO memdb.roles (org_id, name)
        SELECT '{org_id}', 'role ' || i FROM generate_series(1, 300) AS i
        UNION ALL
        SELECT id, 'role ' || i FROM memdb.organizations, generate_series(1, 20) AS i WHERE slug LIKE 'o%'
        """,
        """
        INSERT INTO memdb.role_abilities (org_id, role_id, ability)
        SELECT org_id, id, 'ability ' || (a * (length(id::text) + ascii(right(id::text, 1)))) FROM memdb.roles, generate_series(1, 8) AS a
        """,
        """
        INSERT INTO memdb.prompt_versions (org_id, role_id, number, content)
        SELECT org_id, id, n, 'be brief' FROM memdb.roles, generate_series(1, 8) AS n ON CONFLICT DO NOTHING
        """,
        "INSERT INTO memdb.prompts (org_id, role_id, latest, active) SELECT org_id, id, 8, 8 FROM memdb.roles ON CONFLICT DO NOTHING",
        """
        INSERT INTO memdb.clusters (org_id, agent_id, label, refreshed_at)
        SELECT o.id, o.id, 'c' || i, now() FROM memdb.organizations AS o, generate_series(1, 50) AS i WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.clusters (org_id, id, agent_id, label, status, refreshed_at)
        SELECT
            '{org_id}', md5('c' || i)::uuid, '{agent_id}', 'c' || i, CASE WHEN i % 4 = 0 THEN 'retired' ELSE 'active' END,
            now() - i * interval '1 hour'
        FROM generate_series(0, 1999) AS i
        """,
        """
        INSERT INTO memdb.cluster_embeddings (org_id, cluster_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.clusters ON CONFLICT DO NOTHING
        """,
        f"""
        INSERT INTO memdb.cluster_facts (org_id, fact_id, cluster_id)
        SELECT f.org_id, f.id, md5('c' || row_number() OVER () % 2000)::uuid FROM memdb.facts AS f WHERE f.agent_id = '{agent_id}'
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.insights (org_id, agent_id, type, title, content, embedded)
        SELECT o.id, o.id, 'trend', 't', 'm' || i, true FROM memdb.organizations AS o, generate_series(1, 300) AS i WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.insights (org_id, agent_id, user_id, status, type, title, content, embedded, deleted_at)
        SELECT
            '{org_id}', '{agent_id}', CASE WHEN i % 200 = 0 THEN '{user_id}'::uuid END,
            CASE WHEN i % 4 = 0 THEN 'retired' ELSE 'active' END,
            CASE WHEN i % 2 = 0 THEN 'trend' ELSE 'pattern' END, 't', 'n' || i, i % 100 > 0, CASE WHEN i % 50 = 7 THEN now() END
        FROM generate_series(1, 10000) AS i
        """,
        """
        INSERT INTO memdb.insight_embeddings (org_id, insight_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.insights ON CONFLICT DO NOTHING
        """,
        f"""
        INSERT INTO memdb.insight_facts (org_id, insight_id, fact_id)
        SELECT i.org_id, i.id, f.id
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM memdb.insights WHERE agent_id = '{agent_id}') AS i
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM memdb.facts WHERE agent_id = '{agent_id}') AS f
            ON f.place / 4 = i.place
        ON CONFLICT DO NOTHING
        """,
        f"""
        INSERT INTO memdb.insight_events (org_id, insight_id, event_id)
        SELECT i.org_id, i.id, e.id
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM memdb.insights WHERE agent_id = '{agent_id}') AS i
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM memdb.events WHERE agent_id = '{agent_id}') AS e ON e.place = i.place
        ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO memdb.intentions (org_id, agent_id, trigger, action, due_at)
        SELECT o.id, o.id, 'time', 'm' || i, now() + (i - 250) * interval '1 hour'
        FROM memdb.organizations AS o, generate_series(1, 500) AS i
        WHERE o.slug LIKE 'o%'
        """,
        f"""
        INSERT INTO memdb.intentions (
            org_id, agent_id, user_id, session_id, status, ended_at, trigger, condition, action, due_at, embedded, deleted_at
        )
        SELECT
            '{org_id}', CASE WHEN i % 3 = 0 THEN a.id ELSE '{agent_id}' END, CASE WHEN i % 200 = 0 THEN '{user_id}'::uuid END,
            md5('s' || i % 400)::uuid, s.status, CASE s.status WHEN 'fulfilled' THEN now() END,
            CASE WHEN i % 2 = 0 THEN 'time' ELSE 'topic' END, CASE WHEN i % 2 = 1 THEN 'c' || i END, 'n' || i,
            CASE WHEN i % 2 = 0 THEN now() + (i - 10000) * interval '1 minute' END, i % 100 > 1, CASE WHEN i % 50 = 7 THEN now() END
        FROM generate_series(1, 10000) AS i,
            LATERAL (SELECT (ARRAY['pending', 'triggered', 'fulfilled', 'fulfilled'])[1 + i / 2 % 4] AS status) AS s,
            LATERAL (SELECT id FROM memdb.agents WHERE org_id = '{org_id}' AND slug = 'bulk' || (i % 500 + 1)) AS a
        """,
        """
        INSERT INTO memdb.intention_embeddings (org_id, intention_id, agent_id, space)
        SELECT org_id, id, agent_id, 1 FROM memdb.intentions ON CONFLICT DO NOTHING
        """,
        "VACUUM (ANALYZE)",
    )
