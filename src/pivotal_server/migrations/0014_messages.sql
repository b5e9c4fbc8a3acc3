-- Texts that Pivotal writes to people, where a workspace has its own; the defaults are in the code.
CREATE TABLE message_templates (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    key text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key)
);
