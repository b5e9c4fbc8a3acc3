-- Who is signed in, in which browser. Sessions belong to people, who are global; of the token only its hash is kept.
CREATE TABLE sessions (
    id text COLLATE "C" PRIMARY KEY,
    person_id text COLLATE "C" NOT NULL REFERENCES people (id),
    token_hash bytea NOT NULL UNIQUE,
    csrf_secret bytea NOT NULL,
    -- The workspace that was entered last; where the person does not belong there any more, it counts for nothing.
    current_workspace_id text COLLATE "C" REFERENCES workspaces (id),
    ip text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX sessions_of_person ON sessions (person_id, created_at DESC);
CREATE INDEX sessions_by_age ON sessions (expires_at);

-- Which workspaces somebody belongs to.
CREATE INDEX memberships_of_person ON memberships (person_id);
