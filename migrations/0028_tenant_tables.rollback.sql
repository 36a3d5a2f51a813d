DROP FUNCTION memdb.is_among(name[], text, name[]);

DROP VIEW memdb.tenant_references;

DROP VIEW memdb.tenant_tables;

ALTER TABLE memdb.legal_holds
    DROP CONSTRAINT legal_holds_user_exists,
    ADD CONSTRAINT legal_holds_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.tokens
    DROP CONSTRAINT tokens_user_exists,
    ADD CONSTRAINT tokens_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id);

ALTER TABLE memdb.entities
    DROP CONSTRAINT entities_merged_exists,
    ADD CONSTRAINT entities_merged_exists FOREIGN KEY (org_id, merged_into) REFERENCES memdb.entities (org_id, id) DEFERRABLE;

ALTER TABLE memdb.facts
    DROP CONSTRAINT facts_entity_exists,
    ADD CONSTRAINT facts_entity_exists FOREIGN KEY (org_id, entity_id) REFERENCES memdb.entities (org_id, id);

COMMENT ON POLICY tenant ON memdb.memories IS NULL;

COMMENT ON POLICY tenant ON memdb.memory_versions IS NULL;

COMMENT ON POLICY tenant ON memdb.archived_messages IS NULL;

COMMENT ON POLICY tenant ON memdb.messages IS NULL;

COMMENT ON POLICY tenant ON memdb.roles IS NULL;

COMMENT ON POLICY tenant ON memdb.agents IS NULL;

COMMENT ON POLICY tenant ON memdb.users IS NULL;

COMMENT ON POLICY tenant ON memdb.organizations IS NULL;

DROP PROCEDURE memdb.isolate(regclass, name[]);

-- Gives a table with an org_id the two policies of the house. For migrations: nobody else may alter a table.
CREATE PROCEDURE memdb.isolate(isolated regclass)
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format(
        'CREATE POLICY tenant ON %s USING (org_id = nullif(current_setting(%L, true), %L)::uuid)', isolated, 'memdb.org_id', ''
    );
    EXECUTE format('CREATE POLICY admin ON %s TO memdb_admin USING (true)', isolated);
END
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0027_places';
