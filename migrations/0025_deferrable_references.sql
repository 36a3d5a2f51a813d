-- depends: 0024_pace
-- References of a table to itself can wait for the end of a transaction, so that what is restored may come in any order. They are still checked
-- at the end of each statement, unless a transaction asks otherwise.

ALTER TABLE memdb.memories ALTER CONSTRAINT memories_successor_exists DEFERRABLE;

ALTER TABLE memdb.memories ALTER CONSTRAINT memories_merged_exists DEFERRABLE;

ALTER TABLE memdb.session_observations ALTER CONSTRAINT session_observations_merged_exists DEFERRABLE;

ALTER TABLE memdb.entities ALTER CONSTRAINT entities_merged_exists DEFERRABLE;

ALTER TABLE memdb.facts ALTER CONSTRAINT facts_superseded_exists DEFERRABLE;

ALTER TABLE memdb.clusters ALTER CONSTRAINT clusters_merged_exists DEFERRABLE;

COMMENT ON SCHEMA memdb IS 'memdb 0025_deferrable_references';
