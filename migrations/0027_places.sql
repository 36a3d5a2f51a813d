-- depends: 0026_undoing_merges

-- Places in a list of ids, at equal distances in time, which an id begins with: the first 15 hexadecimal digits are what is divided. Each place
-- is an id that nothing has, with that of the next; the last one's is `last`. For samples from all of a scope.
CREATE FUNCTION memdb.places(first uuid, last uuid, number integer, OUT id uuid, OUT next uuid) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT
        p.id,
        lead(p.id, 1, places.last) OVER (ORDER BY p.id)
    FROM (
        SELECT rpad(lpad(to_hex(t.first + (t.last - t.first) / places.number * n.n), 15, '0'), 32, '0')::uuid AS id
        FROM (
            SELECT
                ('x' || left(replace(places.first::text, '-', ''), 15))::bit(60)::bigint AS first,
                ('x' || left(replace(places.last::text, '-', ''), 15))::bit(60)::bigint AS last
        ) AS t
        CROSS JOIN generate_series(0, places.number - 1) AS n (n)
    ) AS p
$$;

COMMENT ON SCHEMA memdb IS 'memdb 0027_places';
