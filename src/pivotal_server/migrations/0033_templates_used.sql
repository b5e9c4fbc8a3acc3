-- How many onboardings came from a template.
CREATE INDEX onboardings_of_template ON onboardings (workspace_id, template_id)
    WHERE template_id IS NOT NULL AND deleted_at IS NULL;
