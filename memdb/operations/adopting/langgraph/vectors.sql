-- The vectors of a store's items, each with the text at its path, as indexed by the item's last put.
SELECT
    string_to_array(v.prefix, '.') AS namespace,
    v.key,
    NULL::jsonb AS value,
    NULL::text AS letters,
    NULL::text AS created_at,
    s.updated_at::text AS updated_at,
    NULL::text AS expires_at,
    NULL::text AS time_to_live,
    v.field_name AS path,
    -- A path with a wildcard ends in the number of the text among those that it matches.
    CASE
        WHEN v.field_name = '$' THEN s.value::text
        WHEN v.field_name !~ '[][{}*]' THEN s.value #>> string_to_array(v.field_name, '.')
        WHEN v.field_name ~ '[{}]' OR v.field_name ~ '\[(?!(\*|-?[0-9]{1,9})\])' THEN s.value::text
        ELSE jsonb_path_query_array(s.value, p.path::jsonpath) ->> CASE
            WHEN v.field_name ~ '\*.*\.[0-9]{1,9}$' THEN substring(v.field_name FROM '[0-9]+$')::int
            ELSE 0
        END
    END AS content,
    v.embedding::vector AS embedding
FROM :"store_vectors" AS v
JOIN :"store" AS s ON s.prefix = v.prefix AND s.key = v.key
CROSS JOIN LATERAL (
    SELECT
        '$' || string_agg(
            CASE
                WHEN t.token[1] ~ '^\[-' THEN '[last - ' || substring(t.token[1] FROM '[0-9]+')::int - 1 || ']'
                WHEN t.token[1] ~ '^\[' THEN t.token[1]
                WHEN t.token[1] = '*' THEN '.*'
                ELSE '.' || to_json(t.token[1])
            END,
            ''
            ORDER BY t.place
        ) AS path
    FROM regexp_matches(
        CASE
            WHEN v.field_name ~ '\*' THEN regexp_replace(v.field_name, '\.[0-9]{1,9}$', '')
            WHEN v.field_name ~ '\[' THEN v.field_name
        END,
        '\[[^\]]*\]|[^.\[\]]+',
        'g'
    ) WITH ORDINALITY AS t (token, place)
) AS p
WHERE v.updated_at >= s.updated_at
