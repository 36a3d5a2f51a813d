-- The entries read: transcript by transcript, by position.
CREATE TEMPORARY TABLE adopted (
    number bigint GENERATED ALWAYS AS IDENTITY,
    namespace text,
    id text,
    position integer,
    entry_id text,
    data text,
    created_at text
) ON COMMIT DROP
