-- What is archived comes back, so that nothing is lost; sessions whose messages went elsewhere stay archived.
ALTER TABLE memdb.archived_messages NO FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.messages NO FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.message_embeddings NO FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.sessions NO FORCE ROW LEVEL SECURITY;

INSERT INTO memdb.messages (
    org_id, id, session_id, created_at, updated_at, sent_at, deleted_at, position, version, tokens, asked_position, edit, embedded, role,
    open_calls, language, name, model, tool_call_id, content, tool_calls, metadata
)
SELECT
    a.org_id,
    a.id,
    a.session_id,
    a.created_at,
    a.updated_at,
    a.sent_at,
    a.deleted_at,
    a.position,
    a.version,
    a.tokens,
    a.asked_position,
    a.edit,
    a.embedded,
    a.role,
    a.open_calls,
    a.language,
    a.name,
    a.model,
    a.tool_call_id,
    a.content,
    a.tool_calls,
    a.metadata
FROM memdb.archived_messages AS a
ORDER BY a.org_id, a.session_id, a.position;

INSERT INTO memdb.message_embeddings (org_id, message_id, session_id, space, embedding)
SELECT
    a.org_id,
    a.id,
    a.session_id,
    e.space,
    e.embedding
FROM memdb.archived_messages AS a, unnest(a.spaces, a.embeddings) AS e (space, embedding)
WHERE e.space IN (SELECT s.space FROM memdb.embedding_spaces AS s);

UPDATE memdb.sessions
SET
    status = coalesce(closed_as, 'active'),
    archived_at = NULL
WHERE status = 'cold_archived';

ALTER TABLE memdb.sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.message_embeddings FORCE ROW LEVEL SECURITY;

ALTER TABLE memdb.messages FORCE ROW LEVEL SECURITY;

DROP VIEW memdb.kept_messages;

DROP FUNCTION memdb.not_in_archive(uuid, uuid[]);

DROP FUNCTION memdb.seal_of(memdb.archived_messages, uuid);

DROP TABLE memdb.archived_messages;

ALTER TABLE memdb.sessions DROP COLUMN moving, DROP COLUMN seal;

COMMENT ON SCHEMA memdb IS 'memdb 0015_prompts';
