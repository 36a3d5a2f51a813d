-- Intentions for which memdb has no place.
SELECT
    :'memory_intentions' AS source_table,
    json_build_object('id', i.id) AS row,
    'trigger_type must be time with a due_date, event or topic; status must be pending, triggered, fulfilled, cancelled or '
    'expired' AS reason
FROM :"memory_intentions" AS i
WHERE (
        i.trigger_type IN ('time', 'event', 'topic')
        AND (i.trigger_type <> 'time' OR i.due_date IS NOT NULL)
        AND i.status IN ('pending', 'triggered', 'fulfilled', 'cancelled', 'expired')
    ) IS NOT TRUE
