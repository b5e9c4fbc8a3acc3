-- Webhooks: what is to be sent, where to, what became of it.

-- One row for each event that was not spread over its endpoints yet. It is written by the statement that writes the event
-- and deleted by the one that writes the event's deliveries; neither can happen without the other.
CREATE TABLE outbox (
    workspace_id text COLLATE "C" NOT NULL,
    -- The event's own, which no other event of the workspace has.
    created_at timestamptz NOT NULL,
    CONSTRAINT outbox_created_at_key PRIMARY KEY (workspace_id, created_at)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE webhook_endpoints (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    url text NOT NULL,
    description text,
    events text[] COLLATE "C" NOT NULL CHECK (cardinality(events) > 0),
    test_mode boolean NOT NULL,
    -- Deliveries a second.
    rate_limit integer CHECK (rate_limit BETWEEN 1 AND 1000),
    secret bytea NOT NULL,
    -- Signs beside the new one for a while after a rotation.
    previous_secret bytea,
    previous_secret_until timestamptz,
    disabled_at timestamptz,
    disabled_reason text CHECK (disabled_reason IN ('manual', 'failures')),
    -- A delivery failed for good and none has succeeded since.
    unhealthy boolean NOT NULL DEFAULT false,
    -- Deliveries that failed for good: since the last success, and ever.
    consecutive_failures integer NOT NULL DEFAULT 0,
    failed_deliveries bigint NOT NULL DEFAULT 0,
    -- When the owner was last told of failures.
    owner_told_at timestamptz,
    -- Up to when the rate limit is used up.
    rate_used_until timestamptz NOT NULL DEFAULT 'epoch',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX webhook_endpoints_created_at_key ON webhook_endpoints (workspace_id, created_at);

-- An event on its way to an endpoint: the queue and the log in one, so that they cannot disagree. Without foreign keys,
-- which would be looked up at every insert; endpoints are never removed, and a log may outlive its events.
CREATE TABLE deliveries (
    workspace_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    endpoint_id text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    event_type text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    -- The event's own, so that an event reaches an endpoint's log once.
    created_at timestamptz NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    -- Recorded attempts: ever, and since the schedule was begun (again, by a replay) with the first of these.
    attempts integer NOT NULL DEFAULT 0,
    scheduled_attempts smallint NOT NULL DEFAULT 0,
    first_attempt_at timestamptz,
    -- When it is due; while a worker holds it, when that worker is given up.
    next_attempt_at timestamptz,
    -- Of the worker that holds it: whoever lost the lease can no longer record anything.
    lease bigint,
    last_attempt_at timestamptz,
    last_status_code smallint,
    -- A test event is in no log of events: its payload stands here.
    payload text,
    PRIMARY KEY (workspace_id, id),
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK (lease IS NULL OR status = 'pending')
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
-- A test event, which is none of the workspace's events, may have the time of one; it must not keep that one out.
CREATE UNIQUE INDEX deliveries_created_at_key ON deliveries (workspace_id, endpoint_id, created_at DESC, event_id);
CREATE INDEX deliveries_due ON deliveries (workspace_id, endpoint_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX deliveries_unfinished ON deliveries (workspace_id, endpoint_id, status, created_at DESC)
    WHERE status <> 'delivered';
CREATE INDEX deliveries_by_type ON deliveries (workspace_id, endpoint_id, event_type, created_at DESC);

CREATE TABLE delivery_attempts (
    workspace_id text COLLATE "C" NOT NULL,
    delivery_id text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    created_at timestamptz NOT NULL,
    -- NULL where no answer came; error_kind and error say why.
    status_code smallint,
    latency_ms integer NOT NULL,
    error_kind text,
    error text,
    request_url text NOT NULL,
    request_headers json NOT NULL,
    response_headers json,
    response_body text,
    response_truncated boolean NOT NULL,
    PRIMARY KEY (workspace_id, delivery_id, number)
);
