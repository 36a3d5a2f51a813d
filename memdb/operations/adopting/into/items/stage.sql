-- What is read of items, a row for each with one of its parts; a row without a value is about a part only.
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
