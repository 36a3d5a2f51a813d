-- The items read, one row for each part; a row without a value is only about a part.
CREATE TEMPORARY TABLE adopted (
    number bigint GENERATED ALWAYS AS IDENTITY,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    namespace text[],
    key text,
    value jsonb,
    letters text,
    created_at text,
    updated_at text,
    expires_at text,
    time_to_live text,
    path text,
    content text,
    embedding vector
) ON COMMIT DROP
