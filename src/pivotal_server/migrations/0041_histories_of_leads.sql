-- What happened to a lead, which has no customer whose timeline would tell it.
CREATE INDEX activity_of_lead ON activity (workspace_id, subject_id, created_at DESC) WHERE subject_type = 'lead';
