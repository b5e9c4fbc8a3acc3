-- Streams of events: what became visible since somebody last looked, whatever the order of commits.

-- The transaction that wrote the event, and the oldest that was under way at that moment. PostgreSQL takes a default
-- that does not change within a statement for all rows that there are, without writing them anew.
ALTER TABLE events
    ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD COLUMN oldest_open xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot());
CREATE INDEX events_by_transaction ON events (workspace_id, transaction_id);

-- Who has a stream open. One that was not heard of for a while is gone, whatever became of its process.
CREATE TABLE event_streams (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    types text[] COLLATE "C" NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- Made-up events for whoever has a stream open; they are in no log and soon gone.
CREATE TABLE stream_tests (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    type text COLLATE "C" NOT NULL,
    payload text NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (workspace_id, id)
);
