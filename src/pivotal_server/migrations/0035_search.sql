-- What is found by any part of its words, or by how it begins (src/pivotal_server/search).
CREATE INDEX onboardings_by_words ON onboardings USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_words ON contacts
    USING gin ((name || ' ' || email COLLATE "default") gin_trgm_ops) WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tasks_by_words ON tasks USING gin (title gin_trgm_ops) WHERE deleted_at IS NULL;

CREATE INDEX customers_by_beginning ON customers (workspace_id, lower(name) text_pattern_ops)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX onboardings_by_beginning ON onboardings (workspace_id, lower(name) text_pattern_ops)
    WHERE deleted_at IS NULL;
CREATE INDEX contacts_by_beginning ON contacts (workspace_id, lower(name) text_pattern_ops)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX tasks_by_beginning ON tasks (workspace_id, lower(title) text_pattern_ops) WHERE deleted_at IS NULL;
CREATE INDEX contacts_listed ON contacts (workspace_id, created_at DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
