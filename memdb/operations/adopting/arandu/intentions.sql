-- Intentions with triggers and states that memdb knows; those triggered by time have the time.
SELECT
    i.agent_id AS agent,
    i.id::text AS id,
    jsonb_build_object(
        'trigger', i.trigger_type, 'condition', nullif(i.trigger_condition, ''), 'action', i.intended_action, 'due_at', i.due_date,
        'status', i.status, 'context', nullif(i.source_context, ''), 'outcome', nullif(i.outcome_note, ''), 'created_at', i.created_at,
        'triggered_at', i.triggered_at,
        'ended_at', CASE
            WHEN i.status NOT IN ('pending', 'triggered') THEN coalesce(i.fulfilled_at, i.triggered_at, i.created_at)
        END,
        'embedded', i.trigger_embedding_vec IS NOT NULL, 'is_deleted', false
    )::text AS said,
    i.trigger_embedding_vec::text AS embedding
FROM :"memory_intentions" AS i
WHERE i.trigger_type IN ('time', 'event', 'topic')
    AND (i.trigger_type <> 'time' OR i.due_date IS NOT NULL)
    AND i.status IN ('pending', 'triggered', 'fulfilled', 'cancelled', 'expired')
ORDER BY
    i.created_at,
    i.id
