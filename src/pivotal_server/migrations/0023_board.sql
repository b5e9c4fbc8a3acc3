-- The columns of the board in their order: what launches next comes first, and of what is completed, what was last.
CREATE INDEX onboardings_on_board
    ON onboardings (workspace_id, phase, (COALESCE(completed_at, target_launch_date, 'infinity'::timestamptz)), id)
    WHERE deleted_at IS NULL;
