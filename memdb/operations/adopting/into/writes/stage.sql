-- The writes of tasks read.
CREATE TEMPORARY TABLE adopted (
    number bigint GENERATED ALWAYS AS IDENTITY,
    thread_id text,
    namespace text,
    checkpoint_id text,
    task_id text,
    task_path text,
    position integer,
    channel text,
    type text,
    data bytea,
    created_at text
) ON COMMIT DROP
