-- Sample workspaces: everything in them is made up.
ALTER TABLE workspaces ADD COLUMN sample boolean NOT NULL DEFAULT false;

-- Those that are being made.
CREATE TABLE sample_requests (
    person_id text COLLATE "C" PRIMARY KEY REFERENCES people (id),
    asked_at timestamptz NOT NULL,
    -- Of the steps of the story, how many were told.
    done integer NOT NULL DEFAULT 0,
    steps integer NOT NULL DEFAULT 0,
    failed_at timestamptz
);
