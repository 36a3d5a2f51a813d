DROP TABLE memdb.session_summaries;

DROP TABLE memdb.message_embeddings;

DROP TABLE memdb.messages;

DROP TABLE memdb.sessions;

DROP FUNCTION memdb.changed_since(uuid, uuid, integer, integer, integer);

DROP FUNCTION memdb.window_start(uuid, uuid, integer, integer, integer, bigint, integer);

DROP FUNCTION memdb.estimated_tokens(text, jsonb);

DROP FUNCTION memdb.next_session_status(text, text);

DROP FUNCTION memdb.not_archived(text);

DROP FUNCTION memdb.open_status(text);

CREATE OR REPLACE PROCEDURE memdb.open_space(wanted_dimension integer, wanted_model text)
LANGUAGE plpgsql
AS $$
DECLARE
    made smallint;
BEGIN
    -- Who waits for the table keeps everybody waiting who comes after.
    PERFORM set_config('lock_timeout', '5s', true);
    INSERT INTO memdb.embedding_spaces (space, dimension, model)
    SELECT coalesce(max(s.space), 0) + 1, wanted_dimension, wanted_model FROM memdb.embedding_spaces AS s
    RETURNING space INTO made;
    EXECUTE format(
        'CREATE TABLE memdb.memory_embeddings_%s PARTITION OF memdb.memory_embeddings (
            CONSTRAINT memory_embeddings_dimension CHECK (%I.vector_dims(embedding) = %s)
        ) FOR VALUES IN (%1$s)',
        made,
        (SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'),
        wanted_dimension
    );
    CALL memdb.isolate(format('memdb.memory_embeddings_%s', made)::regclass);
    IF made > 1 THEN
        EXECUTE format(
            'CREATE STATISTICS memdb.memory_embeddings_%s_agent_of_organization (dependencies) '
            'ON org_id, agent_id FROM memdb.memory_embeddings_%1$s',
            made
        );
    END IF;
    EXECUTE format('GRANT SELECT ON memdb.memory_embeddings_%s TO memdb_app, memdb_admin', made);
    CALL memdb.define_indexed_embeddings();
END
$$;

CREATE OR REPLACE PROCEDURE memdb.close_space(closed smallint)
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM memdb.must(
        closed <> (SELECT s.space FROM memdb.embedding_spaces AS s ORDER BY s.current_since DESC NULLS LAST LIMIT 1),
        'number', 'must not be that of the current space'
    );
    DELETE FROM memdb.embedding_spaces AS s WHERE s.space = closed;
    PERFORM memdb.must(found, 'number', 'must be that of an embedding space');
    DROP VIEW memdb.indexed_embeddings;
    CALL memdb.define_indexed_embeddings();
    GRANT SELECT ON memdb.indexed_embeddings TO memdb_app, memdb_admin;
    EXECUTE format('DROP TABLE memdb.memory_embeddings_%s', closed);
END
$$;

DROP FUNCTION memdb.reread_words(uuid, uuid, integer);

DROP VIEW memdb.word_tables;

DROP FUNCTION memdb.store_embedding;

DROP FUNCTION memdb.embedding_coverage(uuid, text, smallint);

DROP FUNCTION memdb.lacking_embeddings(uuid, text, smallint, uuid, integer);

DROP FUNCTION memdb.embedding_table(text);

DROP VIEW memdb.embedding_tables;

DROP SEQUENCE memdb.space_numbers;

DROP PROCEDURE memdb.add_space_to(regclass, smallint, integer);

COMMENT ON SCHEMA memdb IS 'memdb 0011_ranking';
