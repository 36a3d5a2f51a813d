-- The checkpoints read.
CREATE TEMPORARY TABLE adopted (
    number bigint GENERATED ALWAYS AS IDENTITY,
    thread_id text,
    namespace text,
    id text,
    parent_id text,
    created_at text,
    root_id text,
    run_id text,
    needs text,
    versions jsonb,
    metadata jsonb,
    plain jsonb,
    state jsonb
) ON COMMIT DROP
