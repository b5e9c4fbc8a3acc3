-- What happened in an onboarding, as its page shows it.
CREATE INDEX activity_of_onboarding ON activity (workspace_id, onboarding_id, created_at DESC)
    WHERE onboarding_id IS NOT NULL;

-- What falls to somebody by their part in an onboarding.
CREATE INDEX onboardings_of_csm ON onboardings (workspace_id, csm_id) WHERE csm_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX onboardings_of_se ON onboardings (workspace_id, se_id) WHERE se_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX onboardings_of_designer ON onboardings (workspace_id, designer_id)
    WHERE designer_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX onboardings_of_product_ops ON onboardings (workspace_id, product_ops_id)
    WHERE product_ops_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_of_role ON tasks (workspace_id, onboarding_id, assignee_role, status)
    WHERE assignee_role IS NOT NULL AND deleted_at IS NULL;
