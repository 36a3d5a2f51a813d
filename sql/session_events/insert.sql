-- Appends events to a session, in the order of the lists. Existing events with the same id and content are returned unchanged. No row means
-- that there is no such session.
-- not null: session_id, number, id, kind, data, created_at
WITH given AS MATERIALIZED (
    SELECT
        g.place,
        e.number,
        coalesce(g.id, memdb.new_id()) AS id,
        g.kind,
        coalesce(e.data, g.data) AS data,
        coalesce(e.created_at, now()) AS created_at,
        count(*) FILTER (WHERE e.number IS NULL) OVER (ORDER BY g.place)::int AS step
    FROM unnest(:id::uuid[], :kind::text[], :data::jsonb[]) WITH ORDINALITY AS g (id, kind, data, place)
    LEFT JOIN LATERAL (
        SELECT
            e.number,
            e.data,
            e.created_at
        FROM memdb.session_events AS e
        WHERE e.org_id = :org_id::memdb.tenant
            AND e.id = g.id
            AND e.session_id = :session_id::uuid
            AND e.kind = g.kind
            AND e.data = g.data
        -- Looks up each id: a join might read all events of the session.
        LIMIT 1
    ) AS e ON true
),
added AS (
    SELECT count(*) FILTER (WHERE g.number IS NULL)::int AS count FROM given AS g
),
advanced AS (
    UPDATE memdb.sessions AS s
    SET
        status = CASE WHEN a.count > 0 THEN memdb.open_status(s.status) ELSE s.status END,
        last_event = s.last_event + a.count,
        -- Truncated to the minute: while it stays the same, no index has to be updated.
        active_at = CASE WHEN a.count > 0 AND s.active_at < now() - interval '1 minute' THEN now() ELSE s.active_at END
    FROM memdb.writers AS w, added AS a
    WHERE s.org_id = :org_id
        AND s.id = :session_id
        AND s.deleted_at IS NULL
        AND w.org_id = :org_id
        AND w.id = s.agent_id
        AND memdb.takes_writes(w, s.agent_id)
    RETURNING
        s.org_id,
        s.id,
        s.last_event - a.count AS last_before
),
inserted AS (
    INSERT INTO memdb.session_events (org_id, session_id, number, id, kind, data, created_at)
    SELECT
        s.org_id,
        s.id,
        s.last_before + g.step,
        g.id,
        g.kind,
        g.data,
        g.created_at
    FROM advanced AS s, given AS g
    WHERE g.number IS NULL
)
SELECT
    s.id AS session_id,
    coalesce(g.number, s.last_before + g.step) AS number,
    g.id,
    g.kind,
    g.data,
    g.created_at
FROM advanced AS s, given AS g
ORDER BY g.place
