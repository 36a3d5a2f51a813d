-- The digest of rows with their content in `said`: the sum of the first 60 bits of each one's MD5, which does not depend on their order.
coalesce(sum(('x' || left(md5(said), 15))::bit(60)::bigint), 0)::text
