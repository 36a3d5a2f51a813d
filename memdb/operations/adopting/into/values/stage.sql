-- The values of channels read.
CREATE TEMPORARY TABLE adopted (
    number bigint GENERATED ALWAYS AS IDENTITY,
    thread_id text,
    namespace text,
    channel text,
    version text,
    type text,
    data bytea,
    created_at text
) ON COMMIT DROP
