-- What happens by itself when an onboarding launches.

-- Without a row, all of it.
CREATE TABLE automation_settings (
    workspace_id text COLLATE "C" PRIMARY KEY REFERENCES workspaces (id),
    launch_message boolean NOT NULL,
    calendar_entry boolean NOT NULL,
    launch_recap boolean NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE automation_runs (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    automation text COLLATE "C" NOT NULL CHECK (automation IN ('launch_message', 'calendar_entry', 'launch_recap')),
    -- The launch; its event may have been removed by age.
    event_id text COLLATE "C" NOT NULL,
    launched_at timestamptz NOT NULL,
    -- suppressed: a test key launched it. skipped: there was nobody to do it for.
    state text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'done', 'skipped', 'suppressed')),
    result text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id),
    CHECK ((state = 'queued') = (finished_at IS NULL))
);
-- A launch runs each once, however often workers hear of it.
CREATE UNIQUE INDEX automation_runs_once ON automation_runs (workspace_id, event_id, automation);
CREATE UNIQUE INDEX automation_runs_created_at_key ON automation_runs (workspace_id, onboarding_id, created_at DESC);

-- The draft of the last launch.
CREATE TABLE launch_recaps (
    workspace_id text COLLATE "C" NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    launched_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, onboarding_id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id)
);
