DROP FUNCTION memdb.undo_entity_merge(uuid, uuid, text);

DROP FUNCTION memdb.merge_entities(uuid, uuid, uuid, text, text);

DROP FUNCTION memdb.neighbourhood(
    uuid, uuid[], integer, text, text[], double precision, double precision, timestamptz, integer
);

DROP FUNCTION memdb.keep_entities(uuid, uuid[]);

DROP FUNCTION memdb.graph_score(double precision, double precision, double precision, boolean, integer);

DROP FUNCTION memdb.edge_holds(memdb.edges, timestamptz);

DROP TABLE memdb.entity_merge_parts;

DROP TABLE memdb.entity_merges;

DROP TABLE memdb.edges;

DROP FUNCTION memdb.edge_type(text);

COMMENT ON SCHEMA memdb IS 'memdb 0019_facts';
