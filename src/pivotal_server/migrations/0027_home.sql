-- What somebody leads that is not completed, by when it should launch: the home page.
CREATE INDEX onboardings_led ON onboardings (workspace_id, csm_id, target_launch_date, id)
    WHERE csm_id IS NOT NULL AND completed_at IS NULL AND deleted_at IS NULL;
