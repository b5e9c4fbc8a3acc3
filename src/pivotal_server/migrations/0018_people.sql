-- How people come in: links by mail, invitations; and how they go.

-- Somebody who has left is kept, because what they did and owned goes on naming them.
ALTER TABLE memberships ADD COLUMN removed_at timestamptz;

-- One row for each time that somebody asked for a link, whether anybody is known by that e-mail or not: asking must not
-- tell. The token's hash is set by the worker that writes the mail, and only for a person that there is.
CREATE TABLE sign_in_links (
    id text COLLATE "C" PRIMARY KEY,
    email text COLLATE "C" NOT NULL,
    token_hash bytea UNIQUE,
    -- Of the browser that asked, the only one that the link signs in. NULL: an operator made it, for any browser.
    browser_hash bytea,
    -- Where the request came from, as far as it is counted together.
    network text COLLATE "C",
    next_path text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CHECK ((browser_hash IS NULL) = (network IS NULL))
);
CREATE INDEX sign_in_links_of_email ON sign_in_links (email, created_at);
CREATE INDEX sign_in_links_of_network ON sign_in_links (network, created_at) WHERE network IS NOT NULL;
CREATE INDEX sign_in_links_by_age ON sign_in_links (created_at);

CREATE TABLE invitations (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    email text COLLATE "C" NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'member')),
    -- NULL until the worker has written the mail; a link that is sent anew makes the one before worthless.
    token_hash bytea,
    invited_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, invited_by) REFERENCES memberships (workspace_id, person_id)
);
CREATE UNIQUE INDEX invitations_pending ON invitations (workspace_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
-- An invitation is found by its link before its workspace is known.
CREATE UNIQUE INDEX invitations_token_hash_key ON invitations (token_hash);
