-- What was said about the first steps of a workspace; what else is known of them, the workspace's own things tell.
CREATE TABLE first_steps (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    -- NULL: for everybody.
    person_id text COLLATE "C",
    -- hidden: nobody, or this person, wants to see them; phases: they fit as they are.
    step text COLLATE "C" NOT NULL CHECK (step IN ('hidden', 'phases')),
    created_at timestamptz NOT NULL,
    CONSTRAINT first_steps_key UNIQUE NULLS NOT DISTINCT (workspace_id, person_id, step),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id)
);
