DROP TABLE memdb.intention_embeddings, memdb.intentions;

DROP TABLE memdb.insight_facts, memdb.insight_events, memdb.insight_embeddings, memdb.insights;

DROP TABLE memdb.cluster_facts, memdb.cluster_embeddings, memdb.clusters;

COMMENT ON SCHEMA memdb IS 'memdb 0020_graph';
