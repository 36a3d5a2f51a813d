-- The columns into which rows are read.
SELECT a.attname::text AS name
FROM pg_catalog.pg_attribute AS a
WHERE :org_id::memdb.tenant IS NOT NULL
    AND a.attrelid = 'pg_temp.adopted'::regclass
    AND a.attnum > 0
    AND a.attidentity = ''
    AND NOT a.atthasdef
ORDER BY a.attnum
