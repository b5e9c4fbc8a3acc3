-- Reminders to the customer's side, and what they must leave out: what a test key made.

ALTER TABLE onboardings ADD COLUMN livemode boolean NOT NULL DEFAULT true;
ALTER TABLE contacts ADD COLUMN livemode boolean NOT NULL DEFAULT true;
ALTER TABLE tasks ADD COLUMN livemode boolean NOT NULL DEFAULT true;

UPDATE onboardings o SET livemode = false FROM activity a
WHERE a.workspace_id = o.workspace_id AND a.subject_id = o.id AND a.type = 'onboarding.created' AND NOT a.livemode;
UPDATE contacts c SET livemode = false FROM activity a
WHERE a.workspace_id = c.workspace_id AND a.subject_id = c.id AND a.type = 'contact.created' AND NOT a.livemode;
UPDATE tasks t SET livemode = false FROM activity a
WHERE a.workspace_id = t.workspace_id AND NOT a.livemode AND (
    (a.subject_id = t.id AND a.type = 'task.created')
    OR (a.subject_id = t.onboarding_id AND a.type = 'template.applied' AND t.template_version_id IS NOT NULL)
);

-- What customers are to do and can see, by onboarding: reminders walk over it.
CREATE INDEX tasks_of_customers ON tasks (workspace_id, onboarding_id, due_on)
    WHERE status = 'open' AND assignee_contact_id IS NOT NULL AND visible_in_portal AND deleted_at IS NULL;

CREATE TABLE reminders (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    -- The day by the customer's calendar.
    sent_on date NOT NULL,
    origin text COLLATE "C" NOT NULL CHECK (origin IN ('schedule', 'request')),
    status text COLLATE "C" NOT NULL CHECK (status IN ('sent', 'suppressed')),
    email text COLLATE "C" NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    task_ids text[] COLLATE "C" NOT NULL,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id)
);
CREATE UNIQUE INDEX reminders_created_at_key ON reminders (workspace_id, onboarding_id, created_at DESC);
CREATE INDEX reminders_of_contact ON reminders (workspace_id, onboarding_id, contact_id, sent_on DESC);
-- Whatever dies in between, and however many workers look: one a day comes by itself.
CREATE UNIQUE INDEX reminders_once_a_day ON reminders (workspace_id, onboarding_id, contact_id, sent_on)
    WHERE origin = 'schedule';
