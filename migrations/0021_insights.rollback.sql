DROP FUNCTION memdb.content_of(memdb.intentions);

DROP TABLE memdb.intention_embeddings, memdb.intentions;

DROP TABLE memdb.insight_facts, memdb.insight_events, memdb.insight_embeddings, memdb.insights;

DROP TABLE memdb.cluster_facts, memdb.cluster_embeddings, memdb.clusters;

DROP FUNCTION memdb.next_cluster_status(text, text);

DROP FUNCTION memdb.next_insight_status(text, text);

DROP FUNCTION memdb.next_intention_status(text, text);

DROP FUNCTION memdb.put_into_cluster(uuid, uuid, uuid[]);

DROP FUNCTION memdb.take_over_clusters(uuid, uuid[], uuid);

COMMENT ON SCHEMA memdb IS 'memdb 0020_graph';
