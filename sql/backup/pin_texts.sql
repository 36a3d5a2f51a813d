-- Until the end of the transaction, values are converted to the same text on every server.
-- not null: pinned
SELECT bool_and(set_config(s.name, s.value, true) IS NOT NULL) AS pinned
FROM (
    VALUES
        ('timezone', 'UTC'),
        ('datestyle', 'ISO, YMD'),
        ('intervalstyle', 'postgres'),
        ('extra_float_digits', '1'),
        ('bytea_output', 'hex')
) AS s (name, value)
