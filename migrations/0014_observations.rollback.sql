DROP TABLE memdb.observation_embeddings;

DROP TABLE memdb.session_observations;

DROP FUNCTION memdb.next_observation_status(text, text);

DROP FUNCTION memdb.entities_fit(text[]);

COMMENT ON SCHEMA memdb IS 'memdb 0013_session_log';
