-- Documents that belong to no collection.
SELECT
    :'langchain_pg_embedding' AS source_table,
    json_build_object('document', left(e.document, 100)) AS row,
    'belongs to no collection' AS reason
FROM :"langchain_pg_embedding" AS e
WHERE NOT EXISTS (SELECT FROM :"langchain_pg_collection" AS c WHERE c.uuid = e.collection_id)
