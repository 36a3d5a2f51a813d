-- The number of items, including deleted ones if they are to be counted.
SELECT count(*) AS count
FROM memory_items AS i
WHERE i.deleted = 0
    OR :include_deleted
