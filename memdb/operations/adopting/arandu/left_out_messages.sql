-- Traces of events that are longer than what a message's metadata hold beside all else.
SELECT
    :'memory_events' AS source_table,
    json_build_object('id', e.id) AS row,
    'is adopted without its trace_json, which must have at most 6,000 bytes' AS reason
FROM :"memory_events" AS e
WHERE octet_length(e.trace_json::text) > 6000
ORDER BY e.id
