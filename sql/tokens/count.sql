-- How many API tokens the tenant has, including revoked ones.
-- not null: count
SELECT count(*) AS count
FROM memdb.tokens AS t
WHERE t.org_id = :org_id::memdb.tenant
    AND (:user_id::uuid IS NULL OR t.user_id = :user_id)
    AND (:agent_id::uuid IS NULL OR t.agent_id = :agent_id)
