-- What the list of customers in the app is sorted, filtered and searched by.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX customers_by_name ON customers (workspace_id, lower(name), id)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX customers_by_arr ON customers (workspace_id, coalesce(arr, -1), id)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX customers_by_plan ON customers (workspace_id, plan, created_at DESC)
    WHERE deleted_at IS NULL AND plan IS NOT NULL;
CREATE INDEX customers_by_owner ON customers (workspace_id, owner_id, created_at DESC) WHERE deleted_at IS NULL;
-- Any part of a name or a domain.
CREATE INDEX customers_by_words ON customers
    USING gin ((name || ' ' || coalesce(domain, '') COLLATE "default") gin_trgm_ops) WHERE deleted_at IS NULL;
