-- The parts of sessions for which memdb has no place: that they are archived, or have a status unknown to Memory-Base.
SELECT
    :'sessions' AS source_table,
    json_build_object('id', s.id) AS row,
    CASE
        WHEN s.status IN (2, 3)
            THEN 'is active in memdb, and was archived (status ' || s.status || '): memdb.archives.archive archives it again'
        ELSE 'is active in memdb, and had the status ' || s.status || ', which Memory-Base does not know'
    END AS reason
FROM :"sessions" AS s
WHERE s.status NOT IN (1, 4)
ORDER BY s.id
