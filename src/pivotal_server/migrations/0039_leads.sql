-- Leads: contacts who are not under a customer yet, on their way through the stages of a pipeline.

CREATE TABLE pipelines (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    name text NOT NULL,
    -- The first is where a lead comes that names none.
    position integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id)
);
CREATE UNIQUE INDEX pipelines_name_key ON pipelines (workspace_id, lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE pipeline_stages (
    workspace_id text COLLATE "C" NOT NULL,
    pipeline_id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('open', 'won', 'lost')),
    PRIMARY KEY (workspace_id, pipeline_id, key),
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES pipelines (workspace_id, id),
    UNIQUE (workspace_id, pipeline_id, position) DEFERRABLE
);
CREATE UNIQUE INDEX pipeline_stages_one_won ON pipeline_stages (workspace_id, pipeline_id) WHERE kind = 'won';

ALTER TABLE contacts
    ALTER COLUMN customer_id DROP NOT NULL,
    ALTER COLUMN email DROP NOT NULL,
    -- As it was given; where "name" does not begin with it any more, the name's first word is the first name.
    ADD COLUMN first_name text,
    ADD COLUMN phone text,
    ADD COLUMN company text,
    ADD COLUMN linkedin_url text,
    ADD COLUMN location text,
    ADD COLUMN owner_id text COLLATE "C",
    ADD COLUMN assignee_ids text[] COLLATE "C" NOT NULL DEFAULT '{}',
    -- By which door they came (an app, a form, an import), and what made them come.
    ADD COLUMN source text COLLATE "C",
    ADD COLUMN lead_source text COLLATE "C",
    -- The kind of a lead's stage; "customer" for who has been under a customer all along.
    ADD COLUMN status text COLLATE "C" NOT NULL DEFAULT 'customer'
        CHECK (status IN ('open', 'won', 'lost', 'customer')),
    ADD COLUMN pipeline_id text COLLATE "C",
    ADD COLUMN stage text COLLATE "C",
    ADD COLUMN stage_entered_at timestamptz,
    -- When it was won or lost.
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN lost_reason text,
    ADD COLUMN won_onboarding_id text COLLATE "C",
    -- The teammate who added them, by hand or with a key of theirs.
    ADD COLUMN created_by text COLLATE "C",
    ADD COLUMN last_message_at timestamptz,
    ADD COLUMN last_message_status text COLLATE "C",
    ADD COLUMN merged_into text COLLATE "C",
    ADD CONSTRAINT contacts_owner_id_fkey FOREIGN KEY (workspace_id, owner_id)
        REFERENCES memberships (workspace_id, person_id),
    ADD CONSTRAINT contacts_stage_fkey FOREIGN KEY (workspace_id, pipeline_id, stage)
        REFERENCES pipeline_stages (workspace_id, pipeline_id, key),
    ADD CONSTRAINT contacts_won_onboarding_id_fkey FOREIGN KEY (workspace_id, won_onboarding_id)
        REFERENCES onboardings (workspace_id, id),
    ADD CONSTRAINT contacts_merged_into_fkey FOREIGN KEY (workspace_id, merged_into)
        REFERENCES contacts (workspace_id, id),
    ADD CONSTRAINT contacts_reachable CHECK (customer_id IS NULL OR email IS NOT NULL),
    ADD CONSTRAINT contacts_somewhere CHECK (customer_id IS NOT NULL OR pipeline_id IS NOT NULL),
    ADD CONSTRAINT contacts_staged CHECK (
        num_nulls(pipeline_id, stage, stage_entered_at) IN (0, 3) AND (pipeline_id IS NULL) = (status = 'customer')
    );
SELECT make_seen('contacts', 'hidden_customers', 'customer_id');

CREATE UNIQUE INDEX leads_listed ON contacts (workspace_id, created_at DESC)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL;
-- The columns of a board: who came to a stage last stands first.
CREATE INDEX leads_by_stage ON contacts (workspace_id, pipeline_id, stage, stage_entered_at DESC, id DESC)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX leads_by_email ON contacts (workspace_id, email) WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL;

-- One row for every stage that a lead entered, with how long it was in the one before.
CREATE TABLE lead_stage_transitions (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    -- NULL where it began.
    from_pipeline_id text COLLATE "C",
    from_stage text COLLATE "C",
    from_name text,
    to_pipeline_id text COLLATE "C" NOT NULL,
    to_stage text COLLATE "C" NOT NULL,
    -- The stage's name at that time; stages may be renamed and removed.
    to_name text NOT NULL,
    seconds_in_stage bigint,
    reason text,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id)
);
CREATE UNIQUE INDEX lead_stage_transitions_of_contact
    ON lead_stage_transitions (workspace_id, contact_id, created_at DESC);

-- Duplicates that became one lead, with what it takes to have two again.
CREATE TABLE lead_merges (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    kept_id text COLLATE "C" NOT NULL,
    merged_id text COLLATE "C" NOT NULL,
    -- {"fields": {name: [before, after]}, "messages": [ids]}
    taken json NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, kept_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, merged_id) REFERENCES contacts (workspace_id, id)
);
CREATE INDEX lead_merges_of_contact ON lead_merges (workspace_id, kept_id, created_at DESC);

-- What was written to and by a contact, over any channel.
CREATE TABLE contact_messages (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    direction text COLLATE "C" NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    status text COLLATE "C" NOT NULL
        CHECK (status IN ('queued', 'sent', 'delivered', 'read', 'replied', 'failed')),
    subject text,
    body text,
    -- Why it failed.
    error text,
    -- What the system that sent it calls it.
    external_id text COLLATE "C",
    sent_at timestamptz NOT NULL,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id)
);
CREATE INDEX contact_messages_latest ON contact_messages (workspace_id, contact_id, sent_at DESC, id DESC);
CREATE UNIQUE INDEX contact_messages_of_contact ON contact_messages (workspace_id, contact_id, created_at DESC);
CREATE UNIQUE INDEX contact_messages_external ON contact_messages (workspace_id, external_id)
    WHERE external_id IS NOT NULL;

CREATE VIEW seen.lead_stage_transitions AS SELECT t.* FROM lead_stage_transitions t WHERE EXISTS (
    SELECT FROM seen.contacts c WHERE c.workspace_id = t.workspace_id AND c.id = t.contact_id
);
CREATE VIEW seen.lead_merges AS SELECT m.* FROM lead_merges m WHERE EXISTS (
    SELECT FROM seen.contacts c WHERE c.workspace_id = m.workspace_id AND c.id = m.kept_id
);
CREATE VIEW seen.contact_messages AS SELECT m.* FROM contact_messages m WHERE EXISTS (
    SELECT FROM seen.contacts c WHERE c.workspace_id = m.workspace_id AND c.id = m.contact_id
);

-- Every workspace has a pipeline to begin with.
INSERT INTO pipelines (workspace_id, id, display_id, name, position, created_at, updated_at)
SELECT w.id, 'c' || left(md5(w.id || ' sales'), 24), 1, 'Sales', 1, now(), now() FROM workspaces w;
INSERT INTO counters (workspace_id, resource, value, last_at)
SELECT p.workspace_id, 'pipeline', 1, p.created_at FROM pipelines p;
INSERT INTO pipeline_stages (workspace_id, pipeline_id, key, name, position, kind)
SELECT p.workspace_id, p.id, s.key, s.name, s.position, s.kind FROM pipelines p, (VALUES
    ('new', 'New', 1, 'open'), ('contacted', 'Contacted', 2, 'open'), ('qualified', 'Qualified', 3, 'open'),
    ('proposal', 'Proposal', 4, 'open'), ('won', 'Won', 5, 'won'), ('lost', 'Lost', 6, 'lost')
) s (key, name, position, kind);
