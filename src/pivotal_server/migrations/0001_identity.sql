-- Who may do what: workspaces, people, memberships, API keys. These are the directory by which a workspace is found, so
-- people and the look-up of a key are global; everything that belongs to a workspace starts its keys with workspace_id.

CREATE TABLE installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- Signs the checksum inside every API key, so that a made-up key is refused before it costs a hash.
    key_checksum_secret bytea NOT NULL
);

CREATE TABLE workspaces (
    id text COLLATE "C" PRIMARY KEY,
    slug text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE people (
    id text COLLATE "C" PRIMARY KEY,
    email text COLLATE "C" NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    person_id text COLLATE "C" NOT NULL REFERENCES people (id),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, person_id)
);
CREATE UNIQUE INDEX memberships_one_owner ON memberships (workspace_id) WHERE role = 'owner';

-- The next display_id of each kind of resource, and the latest created_at given out: both only grow.
CREATE TABLE counters (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    resource text COLLATE "C" NOT NULL,
    value bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, resource)
) WITH (fillfactor = 50);

CREATE TABLE api_keys (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    public_id text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('live', 'test')),
    prefix text NOT NULL,
    salt bytea NOT NULL,
    rounds integer NOT NULL,
    hash bytea NOT NULL,
    scopes text[] NOT NULL,
    tier text NOT NULL,
    rate_limit integer NOT NULL CHECK (rate_limit > 0),
    created_by text COLLATE "C" REFERENCES people (id),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);

-- Written in batches, apart from the row that every request reads.
CREATE TABLE api_key_usage (
    workspace_id text COLLATE "C" NOT NULL,
    api_key_id text COLLATE "C" NOT NULL,
    last_used_at timestamptz NOT NULL,
    last_used_ip text NOT NULL,
    request_count bigint NOT NULL,
    PRIMARY KEY (workspace_id, api_key_id),
    FOREIGN KEY (workspace_id, api_key_id) REFERENCES api_keys (workspace_id, id)
) WITH (fillfactor = 50);

-- The sliding window of each key: accepted requests counted by half second, newest first. Unlogged: a crash forgets at
-- most a minute of counting, and no request waits for the disk.
CREATE UNLOGGED TABLE rate_windows (
    workspace_id text COLLATE "C" NOT NULL,
    api_key_id text COLLATE "C" NOT NULL,
    head bigint NOT NULL,
    used integer NOT NULL,
    admitted boolean NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (workspace_id, api_key_id)
) WITH (fillfactor = 20);

-- Written in batches by COPY, without a foreign key: a log may outlive what it tells of.
CREATE TABLE request_log (
    workspace_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    status smallint NOT NULL,
    latency_us integer NOT NULL,
    api_key_id text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    ip text NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX request_log_by_time ON request_log (workspace_id, created_at DESC);
CREATE INDEX request_log_by_age ON request_log (created_at);

CREATE TABLE idempotency_records (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    method text COLLATE "C" NOT NULL,
    path text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    body_hash bytea NOT NULL,
    status smallint NOT NULL,
    location text,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, method, path, key)
);
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
