-- What every change leaves behind: one activity entry (it is the timeline entry and the audit entry) and its events.

CREATE TABLE activity (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    type text NOT NULL,
    summary text NOT NULL,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    livemode boolean NOT NULL,
    customer_id text COLLATE "C",
    onboarding_id text COLLATE "C",
    subject_type text NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    data json NOT NULL,
    request_id text,
    ip text,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX activity_created_at_key ON activity (workspace_id, created_at);
CREATE INDEX activity_of_customer ON activity (workspace_id, customer_id, created_at DESC) WHERE customer_id IS NOT NULL;

CREATE TABLE events (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    type text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    payload text NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX events_created_at_key ON events (workspace_id, created_at);
CREATE INDEX events_by_age ON events (created_at);
