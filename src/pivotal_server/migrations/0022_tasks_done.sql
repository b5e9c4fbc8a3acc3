-- What was done lately in the whole workspace.
CREATE INDEX tasks_done ON tasks (workspace_id, completed_at DESC) WHERE status = 'completed' AND deleted_at IS NULL;
