-- Inserts missing summaries: each covers everything said by its time, or everything if nothing had been said.
WITH put AS (
    INSERT INTO memdb.session_summaries AS y (
        org_id, id, session_id, created_at, first_position, last_position, edits, tokens, strategy, strategy_version, content, structured
    )
    SELECT
        w.org_id,
        g.id,
        s.id,
        r.created_at,
        1,
        coalesce(
            (
                SELECT max(m.position) FROM memdb.messages AS m
                WHERE m.org_id = :org_id
                    AND m.session_id = s.id
                    AND m.sent_at <= r.created_at
            ),
            s.last_position
        ),
        s.edits,
        memdb.estimated_tokens(coalesce(r.content, ''), r.structured),
        r.strategy,
        r.strategy_version,
        r.content,
        r.structured
    FROM unnest(:agent_ids::uuid[], :ids::uuid[], :said::text[], :embeddings::text[]) AS g (agent_id, id, said, embedding)
    CROSS JOIN LATERAL jsonb_to_record(g.said::jsonb) AS r (
        session uuid, strategy text, strategy_version text, content text, structured jsonb, created_at timestamptz
    )
    JOIN memdb.sessions AS s ON s.org_id = :org_id::memdb.tenant AND s.id = r.session AND s.last_position > 0
    JOIN memdb.writers AS w ON w.org_id = :org_id AND w.id = s.agent_id AND memdb.takes_writes(w, s.agent_id)
    ON CONFLICT (org_id, id) DO NOTHING
    RETURNING y.id
)
SELECT count(*) AS rows
FROM put AS p
