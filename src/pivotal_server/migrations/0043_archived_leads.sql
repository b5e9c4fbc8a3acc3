-- Archived leads are few among many.
CREATE INDEX leads_archived ON contacts (workspace_id, created_at DESC)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL AND archived_at IS NOT NULL;
