-- A month of launches, and the lanes of owners on the board.
CREATE INDEX onboardings_by_day
    ON onboardings (workspace_id, (COALESCE(completed_at, target_launch_date, 'infinity'::timestamptz)), id)
    WHERE deleted_at IS NULL;
CREATE INDEX onboardings_in_lanes ON onboardings
    (workspace_id, csm_id, phase, (COALESCE(completed_at, target_launch_date, 'infinity'::timestamptz)), id)
    WHERE deleted_at IS NULL;
