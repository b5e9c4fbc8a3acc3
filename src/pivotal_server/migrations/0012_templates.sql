-- Templates: plans that are made once and land in many onboardings.

CREATE TABLE templates (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    -- What the current version says, so that lists need not read its content.
    name text NOT NULL,
    description text,
    version integer NOT NULL,
    phases text[] COLLATE "C" NOT NULL,
    task_count integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id)
);
CREATE UNIQUE INDEX templates_listed ON templates (workspace_id, created_at DESC) WHERE deleted_at IS NULL;

-- A version is never changed: what landed in an onboarding can be looked up as it was then.
CREATE TABLE template_versions (
    workspace_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    template_id text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    content json NOT NULL,
    task_count integer NOT NULL,
    created_at timestamptz NOT NULL,
    -- The actor's name.
    created_by text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, template_id, number),
    FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id)
);
CREATE UNIQUE INDEX template_versions_listed ON template_versions (workspace_id, template_id, created_at DESC);

ALTER TABLE tasks ADD FOREIGN KEY (workspace_id, template_version_id) REFERENCES template_versions (workspace_id, id);
ALTER TABLE onboardings ADD FOREIGN KEY (workspace_id, template_id) REFERENCES templates (workspace_id, id);
