-- The transcripts read. A revision that ends in " adopted" means that nobody has written to one since.
CREATE TEMPORARY TABLE adopted (
    number bigint GENERATED ALWAYS AS IDENTITY,
    namespace text,
    id text,
    scope text,
    revision text,
    state text,
    created_at text,
    updated_at text
) ON COMMIT DROP
