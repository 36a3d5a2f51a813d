DROP FUNCTION memdb.assert_facts(uuid, uuid, text, text, memdb.assertion[]);

DROP TYPE memdb.assertion;

DROP FUNCTION memdb.says_name(text, text);

DROP FUNCTION memdb.holds(memdb.facts, timestamptz, timestamptz);

DROP FUNCTION memdb.must_be_of_type(jsonb, text);

DROP FUNCTION memdb.is_of_type(jsonb, text);

DROP FUNCTION memdb.next_fact_status(text, text);

DROP FUNCTION memdb.next_attribute_status(text, text);

DROP TABLE memdb.fact_entities;

DROP TABLE memdb.fact_embeddings;

DROP TABLE memdb.facts;

DROP FUNCTION memdb.fact_key(jsonb, text);

DROP TABLE memdb.attributes;

COMMENT ON SCHEMA memdb IS 'memdb 0018_entities';
