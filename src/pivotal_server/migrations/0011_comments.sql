-- Comments on onboardings and tasks, who is mentioned in them, and files.

CREATE TABLE comments (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    -- NULL: it is on the onboarding itself.
    task_id text COLLATE "C",
    body text NOT NULL,
    author_type text NOT NULL,
    author_id text NOT NULL,
    author_name text NOT NULL,
    pinned_at timestamptz,
    edited_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id),
    FOREIGN KEY (workspace_id, task_id) REFERENCES tasks (workspace_id, id),
    CHECK (deleted_at IS NULL OR pinned_at IS NULL)
);
CREATE INDEX comments_of_onboarding ON comments (workspace_id, onboarding_id, created_at DESC) WHERE task_id IS NULL;
CREATE INDEX comments_of_task ON comments (workspace_id, task_id, created_at DESC) WHERE task_id IS NOT NULL;
CREATE INDEX comments_pinned ON comments (workspace_id, onboarding_id) WHERE pinned_at IS NOT NULL;

CREATE TABLE comment_mentions (
    workspace_id text COLLATE "C" NOT NULL,
    comment_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    -- An edit may mention somebody later than the comment was made.
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, comment_id, person_id),
    FOREIGN KEY (workspace_id, comment_id) REFERENCES comments (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id)
);

-- The bytes lie in the storage, under workspace and id.
CREATE TABLE attachments (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    -- NULL: uploaded, and not yet part of a comment.
    comment_id text COLLATE "C",
    filename text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    -- By the bytes, whatever the uploader said.
    content_type text NOT NULL,
    sha256 bytea NOT NULL,
    -- What the virus scanner says; off where there was none when the file came.
    scan text COLLATE "C" NOT NULL CHECK (scan IN ('off', 'pending', 'clean', 'infected')),
    uploader_type text NOT NULL,
    uploader_id text NOT NULL,
    uploader_name text NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, comment_id) REFERENCES comments (workspace_id, id)
);
CREATE INDEX attachments_of_comment ON attachments (workspace_id, comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX attachments_unattached ON attachments (created_at) WHERE comment_id IS NULL AND deleted_at IS NULL;

-- Files that no attachment needs: those on their way in, until their attachment is written, and those that are to go.
-- The row is there before the first byte is stored, so that no crash leaves a file behind that nobody knows of.
CREATE TABLE leftover_files (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    remove_after timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX leftover_files_by_age ON leftover_files (remove_after);
