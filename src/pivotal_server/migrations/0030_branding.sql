-- The look of a workspace. A workspace without a row looks as Pivotal does.

-- The bytes lie in the storage like those of attachments. An image that no look uses any more has a row of
-- leftover_files, and can be brought back until that is cleaned up.
CREATE TABLE brand_images (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    content_type text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg', 'image/webp')),
    size integer NOT NULL CHECK (size > 0),
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE brands (
    workspace_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES workspaces (id),
    accent text CHECK (accent ~ '^#[0-9a-f]{6}$'),
    logo text COLLATE "C",
    dark_logo text COLLATE "C",
    favicon text COLLATE "C",
    updated_at timestamptz NOT NULL,
    FOREIGN KEY (workspace_id, logo) REFERENCES brand_images (workspace_id, id),
    FOREIGN KEY (workspace_id, dark_logo) REFERENCES brand_images (workspace_id, id),
    FOREIGN KEY (workspace_id, favicon) REFERENCES brand_images (workspace_id, id)
);
