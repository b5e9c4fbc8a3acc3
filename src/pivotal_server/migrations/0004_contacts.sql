CREATE TABLE contacts (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    email text COLLATE "C" NOT NULL,
    title text,
    is_primary boolean NOT NULL,
    labels text[] NOT NULL DEFAULT '{}',
    metadata json NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id)
);
CREATE UNIQUE INDEX contacts_email_key ON contacts (workspace_id, customer_id, email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX contacts_one_primary ON contacts (workspace_id, customer_id) WHERE is_primary AND deleted_at IS NULL;
CREATE INDEX contacts_of_customer ON contacts (workspace_id, customer_id, created_at DESC) WHERE deleted_at IS NULL;
