-- Lists of contacts by any of their traits, and how many there are of each kind, without counting them.

ALTER TABLE contacts
    -- Whether their customer is deleted, which takes them out of lists as their own deletion does.
    ADD COLUMN customer_gone boolean NOT NULL DEFAULT false;
UPDATE contacts t SET customer_gone = true FROM customers c
WHERE c.workspace_id = t.workspace_id AND c.id = t.customer_id AND c.deleted_at IS NOT NULL;
SELECT make_seen('contacts', 'hidden_customers', 'customer_id');

CREATE FUNCTION keep_customer_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE contacts t SET customer_gone = NEW.deleted_at IS NOT NULL
    WHERE t.workspace_id = NEW.workspace_id AND t.customer_id = NEW.id
        AND t.customer_gone <> (NEW.deleted_at IS NOT NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_gone AFTER UPDATE OF deleted_at ON customers FOR EACH ROW
    WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION keep_customer_gone();

-- Newest first by each trait. Who lacks it is not in its index, except for those without an owner: they are asked for.
DROP INDEX contacts_listed;
CREATE INDEX contacts_listed ON contacts (workspace_id, created_at DESC) INCLUDE (customer_gone)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX contacts_by_owner ON contacts (workspace_id, owner_id, created_at DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_status ON contacts (workspace_id, status, created_at DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_pipeline ON contacts (workspace_id, pipeline_id, created_at DESC)
    WHERE pipeline_id IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_stage ON contacts (workspace_id, stage, created_at DESC)
    WHERE stage IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_source ON contacts (workspace_id, source, created_at DESC)
    WHERE source IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_lead_source ON contacts (workspace_id, lead_source, created_at DESC)
    WHERE lead_source IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_message_status ON contacts (workspace_id, last_message_status, created_at DESC)
    WHERE last_message_status IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;
CREATE INDEX contacts_by_message_time ON contacts (workspace_id, last_message_at)
    WHERE last_message_at IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT customer_gone;

-- An index of contacts by whom they are assigned to, as a list reads them.
CREATE TABLE contact_assignees (
    workspace_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, person_id, created_at, contact_id)
);

CREATE FUNCTION keep_contact_assignees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text[] = '{}';
    after text[] = '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.deleted_at IS NULL AND OLD.archived_at IS NULL AND NOT OLD.customer_gone THEN
            before = OLD.assignee_ids;
        END IF;
        DELETE FROM contact_assignees a
        WHERE a.workspace_id = OLD.workspace_id AND a.person_id = ANY (before)
            AND a.created_at = OLD.created_at AND a.contact_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.deleted_at IS NULL AND NEW.archived_at IS NULL AND NOT NEW.customer_gone THEN
            after = NEW.assignee_ids;
        END IF;
        INSERT INTO contact_assignees (workspace_id, person_id, created_at, contact_id)
        SELECT DISTINCT NEW.workspace_id, person, NEW.created_at, NEW.id FROM unnest(after) person;
    END IF;
    RETURN NULL;
END
$$;
-- Who is assigned to nobody, as most are, costs no call.
CREATE TRIGGER contact_assigned AFTER INSERT ON contacts FOR EACH ROW
    WHEN (NEW.assignee_ids <> '{}') EXECUTE FUNCTION keep_contact_assignees();
CREATE TRIGGER contact_reassigned
    AFTER UPDATE OF assignee_ids, deleted_at, archived_at, customer_gone ON contacts FOR EACH ROW
    WHEN (OLD.assignee_ids <> '{}' OR NEW.assignee_ids <> '{}') EXECUTE FUNCTION keep_contact_assignees();
CREATE TRIGGER contact_unassigned AFTER DELETE ON contacts FOR EACH ROW
    WHEN (OLD.assignee_ids <> '{}') EXECUTE FUNCTION keep_contact_assignees();
INSERT INTO contact_assignees (workspace_id, person_id, created_at, contact_id)
SELECT DISTINCT t.workspace_id, person, t.created_at, t.id FROM contacts t, unnest(t.assignee_ids) person
WHERE t.deleted_at IS NULL AND t.archived_at IS NULL AND NOT t.customer_gone;

-- What every change adds to the totals and takes from them, waiting to be folded into them. Rows are only added, and
-- each by whoever changes contacts, so that nobody waits for anybody.
CREATE TABLE contact_tally_changes (
    workspace_id text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    contacts bigint NOT NULL,
    owner_id text COLLATE "C",
    status text COLLATE "C" NOT NULL,
    pipeline_id text COLLATE "C",
    stage text COLLATE "C",
    source text COLLATE "C",
    lead_source text COLLATE "C",
    last_message_status text COLLATE "C",
    assignee_ids text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- How many contacts there are of each kind, besides the changes. With all traits in one kind there would be about as many
-- kinds as contacts; so each set of traits that is asked for together has kinds of its own ("traits"), in which the
-- others are NULL (src/pivotal_server/contacts/tallies.py).
CREATE TABLE contact_tallies (
    workspace_id text COLLATE "C" NOT NULL,
    traits text COLLATE "C" NOT NULL,
    assignee_id text COLLATE "C",
    lead_source text COLLATE "C",
    source text COLLATE "C",
    owner_id text COLLATE "C",
    status text COLLATE "C",
    pipeline_id text COLLATE "C",
    stage text COLLATE "C",
    last_message_status text COLLATE "C",
    contacts bigint NOT NULL,
    CONSTRAINT contact_tallies_key UNIQUE NULLS NOT DISTINCT (
        workspace_id, traits, assignee_id, lead_source, source, owner_id, status, pipeline_id, stage,
        last_message_status
    )
) WITH (fillfactor = 70);

CREATE FUNCTION tally_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.deleted_at IS NULL AND OLD.archived_at IS NULL AND NOT OLD.customer_gone THEN
            INSERT INTO contact_tally_changes (workspace_id, contacts, owner_id, status, pipeline_id, stage, source,
                lead_source, last_message_status, assignee_ids)
            VALUES (OLD.workspace_id, -1, OLD.owner_id, OLD.status, OLD.pipeline_id, OLD.stage, OLD.source,
                OLD.lead_source, OLD.last_message_status, OLD.assignee_ids);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.deleted_at IS NULL AND NEW.archived_at IS NULL AND NOT NEW.customer_gone THEN
            INSERT INTO contact_tally_changes (workspace_id, contacts, owner_id, status, pipeline_id, stage, source,
                lead_source, last_message_status, assignee_ids)
            VALUES (NEW.workspace_id, 1, NEW.owner_id, NEW.status, NEW.pipeline_id, NEW.stage, NEW.source,
                NEW.lead_source, NEW.last_message_status, NEW.assignee_ids);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER contact_made AFTER INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION tally_contact();
-- What changes none of it costs no call.
CREATE TRIGGER contact_changed
    AFTER UPDATE OF owner_id, status, pipeline_id, stage, source, lead_source, last_message_status, assignee_ids,
        deleted_at, archived_at, customer_gone
    ON contacts FOR EACH ROW
    WHEN (
        (OLD.owner_id, OLD.status, OLD.pipeline_id, OLD.stage, OLD.source, OLD.lead_source, OLD.last_message_status,
            OLD.assignee_ids, OLD.deleted_at IS NULL AND OLD.archived_at IS NULL AND NOT OLD.customer_gone)
        IS DISTINCT FROM
        (NEW.owner_id, NEW.status, NEW.pipeline_id, NEW.stage, NEW.source, NEW.lead_source, NEW.last_message_status,
            NEW.assignee_ids, NEW.deleted_at IS NULL AND NEW.archived_at IS NULL AND NOT NEW.customer_gone)
    )
    EXECUTE FUNCTION tally_contact();
CREATE TRIGGER contact_removed AFTER DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION tally_contact();

-- Contacts have been there before; a worker folds them.
INSERT INTO contact_tally_changes (workspace_id, contacts, owner_id, status, pipeline_id, stage, source,
    lead_source, last_message_status, assignee_ids)
SELECT t.workspace_id, count(*), t.owner_id, t.status, t.pipeline_id, t.stage, t.source, t.lead_source,
    t.last_message_status, t.assignee_ids
FROM contacts t WHERE t.deleted_at IS NULL AND t.archived_at IS NULL AND NOT t.customer_gone
GROUP BY 1, 3, 4, 5, 6, 7, 8, 9, 10;
