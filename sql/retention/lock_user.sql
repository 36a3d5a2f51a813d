-- Lets nobody refer to a user until the end of the transaction.
SELECT u.id
FROM memdb.users AS u
WHERE u.org_id = :org_id::memdb.tenant
    AND u.id = :user_id::uuid
FOR UPDATE
