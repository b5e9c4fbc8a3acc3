-- What teammates are told of.

CREATE TABLE notifications (
    workspace_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    type text NOT NULL,
    -- What it was written for: an event, an activity entry or a comment. A job that runs twice writes once.
    cause_id text COLLATE "C" NOT NULL,
    -- Of two with the same type and thread within minutes, only the first is mailed.
    thread_id text COLLATE "C" NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    subject_type text NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C",
    onboarding_id text COLLATE "C",
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    livemode boolean NOT NULL,
    -- False: it came by mail alone, and is kept for what is said above.
    in_app boolean NOT NULL,
    mailed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id)
);
CREATE UNIQUE INDEX notifications_once ON notifications (workspace_id, person_id, cause_id, type);
CREATE UNIQUE INDEX notifications_created_at_key ON notifications (workspace_id, person_id, created_at);
CREATE INDEX notifications_unread ON notifications (workspace_id, person_id, created_at DESC)
    WHERE read_at IS NULL AND in_app;
CREATE INDEX notifications_by_age ON notifications (read_at) WHERE read_at IS NOT NULL;

-- What was chosen, a row for each kind and channel; without one the next holds: workspace's, then ours.
CREATE TABLE notification_preferences (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    -- NULL: the workspace's, for all who have not chosen for themselves.
    person_id text COLLATE "C",
    type text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL CHECK (channel IN ('in_app', 'email')),
    wanted boolean NOT NULL,
    CONSTRAINT notification_preferences_key UNIQUE NULLS NOT DISTINCT (workspace_id, person_id, type, channel),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id)
);
