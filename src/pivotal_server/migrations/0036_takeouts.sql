-- Everything that a workspace has, as one file: asked for by an admin, made by a worker, kept for a week.

CREATE TABLE takeouts (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    -- The file that the worker makes; whoever begins again begins another one, so that a worker that was given up can
    -- say no more. Its bytes lie in the storage once it is done, and leftover_files says how long.
    file_id text COLLATE "C",
    -- Rows and attached files, and how far the worker is.
    total bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    size bigint,
    sha256 bytea,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    -- The worker's last sign of life.
    seen_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id),
    CHECK ((status = 'done') = (size IS NOT NULL AND sha256 IS NOT NULL AND expires_at IS NOT NULL))
);
CREATE UNIQUE INDEX takeouts_one_at_a_time ON takeouts (workspace_id) WHERE status IN ('waiting', 'running');
CREATE INDEX takeouts_newest ON takeouts (workspace_id, created_at DESC);
