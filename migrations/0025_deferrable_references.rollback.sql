ALTER TABLE memdb.memories ALTER CONSTRAINT memories_successor_exists NOT DEFERRABLE;

ALTER TABLE memdb.memories ALTER CONSTRAINT memories_merged_exists NOT DEFERRABLE;

ALTER TABLE memdb.session_observations ALTER CONSTRAINT session_observations_merged_exists NOT DEFERRABLE;

ALTER TABLE memdb.entities ALTER CONSTRAINT entities_merged_exists NOT DEFERRABLE;

ALTER TABLE memdb.facts ALTER CONSTRAINT facts_superseded_exists NOT DEFERRABLE;

ALTER TABLE memdb.clusters ALTER CONSTRAINT clusters_merged_exists NOT DEFERRABLE;

COMMENT ON SCHEMA memdb IS 'memdb 0024_pace';
