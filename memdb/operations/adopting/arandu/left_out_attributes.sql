-- Attributes for which memdb has no place.
SELECT
    :'memory_attribute_registry' AS source_table,
    json_build_object('id', a.id) AS row,
    'key must be of a to z, 0 to 9, _ and ., beginning with a letter; status must be proposed or active; value_type and conflict_policy '
    'must be known to memdb.attributes.register' AS reason
FROM :"memory_attribute_registry" AS a
WHERE a.key !~ '^[a-z][a-z0-9_.]{0,63}$'
    OR a.status NOT IN ('proposed', 'active')
    OR a.value_type NOT IN ('string', 'number', 'boolean', 'date', 'json')
    OR a.conflict_policy NOT IN ('supersede', 'keep_both', 'reject', 'highest_confidence')
