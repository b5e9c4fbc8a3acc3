-- Views of the leads, as there are of customers and of onboardings.
ALTER TABLE saved_views
    DROP CONSTRAINT saved_views_kind_check,
    ADD CONSTRAINT saved_views_kind_check CHECK (kind IN ('customers', 'onboardings', 'leads'));
ALTER TABLE list_habits
    DROP CONSTRAINT list_habits_kind_check,
    ADD CONSTRAINT list_habits_kind_check CHECK (kind IN ('customers', 'onboardings', 'leads'));

-- What is found by any part of its words, or by how it begins (src/pivotal_server/search).
CREATE INDEX leads_by_words ON contacts
    USING gin ((name || ' ' || coalesce(email, '') || ' ' || coalesce(company, '') COLLATE "default") gin_trgm_ops)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX leads_by_beginning ON contacts (workspace_id, lower(name) text_pattern_ops)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL;

-- The leads of a pipeline by name; by age they are in contacts_by_pipeline.
CREATE INDEX leads_by_name ON contacts (workspace_id, pipeline_id, lower(name), id)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
