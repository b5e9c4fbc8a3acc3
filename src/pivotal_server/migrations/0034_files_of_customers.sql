-- From an onboarding to all comments in it, those on its tasks too: what a customer's files are found by.
CREATE INDEX comments_in_onboarding ON comments (workspace_id, onboarding_id) WHERE deleted_at IS NULL;
