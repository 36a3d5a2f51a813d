-- depends: 0031_one_folding

CREATE SCHEMA code_reviews;

CREATE TABLE code_reviews.reviews (
    org_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT memdb.new_id(),
    agent_id uuid NOT NULL,
    user_id uuid,
    repository text NOT NULL,
    pull_request integer NOT NULL,
    verdict text NOT NULL,
    summary text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT reviews_key PRIMARY KEY (org_id, id),
    CONSTRAINT reviews_agent_exists FOREIGN KEY (org_id, agent_id) REFERENCES memdb.agents (org_id, id),
    CONSTRAINT reviews_user_exists FOREIGN KEY (org_id, user_id) REFERENCES memdb.users (org_id, id),
    CONSTRAINT reviews_repository_format CHECK (repository ~ '^[^/\s]+/[^/\s]+$'),
    CONSTRAINT reviews_pull_request_positive CHECK (pull_request >= 1),
    CONSTRAINT reviews_verdict_known CHECK (verdict IN ('approved', 'changes_requested', 'commented')),
    CONSTRAINT reviews_summary_length CHECK (char_length(summary) BETWEEN 1 AND 10000)
);

-- An agent reviews a pull request once; a deleted review makes room for another.
CREATE UNIQUE INDEX reviews_once ON code_reviews.reviews (org_id, agent_id, repository, pull_request) WHERE deleted_at IS NULL;

-- For pages of a repository's. Pages of all go by the primary key.
CREATE INDEX reviews_of_repository ON code_reviews.reviews (org_id, repository, id) WHERE deleted_at IS NULL;

-- For the erasure of a user or an agent, and for purges.
CREATE INDEX reviews_of_agent ON code_reviews.reviews (org_id, agent_id);

CREATE INDEX reviews_of_user ON code_reviews.reviews (org_id, user_id);

CREATE INDEX reviews_deleted ON code_reviews.reviews (org_id, deleted_at) WHERE deleted_at IS NOT NULL;

CALL memdb.isolate('code_reviews.reviews');
