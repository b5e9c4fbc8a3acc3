-- What the layouts of the onboardings are sorted and looked up by.
CREATE INDEX onboardings_by_launch ON onboardings (
    workspace_id,
    (CASE WHEN completed_at IS NULL THEN COALESCE(target_launch_date, '9999-12-31 00:00:00+00'::timestamptz)
        ELSE 'infinity'::timestamptz END),
    id
) WHERE deleted_at IS NULL;
CREATE INDEX onboardings_by_name ON onboardings (workspace_id, lower(name), id) WHERE deleted_at IS NULL;
