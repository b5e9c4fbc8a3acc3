-- Customers that are open to some people only, and what the others see of the workspace: all tables without them.

ALTER TABLE customers ADD COLUMN restricted boolean NOT NULL DEFAULT false;
CREATE INDEX customers_restricted ON customers (workspace_id, id) WHERE restricted;

-- Who sees a restricted customer, beside its owner and the workspace's admins.
CREATE TABLE customer_access (
    workspace_id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, customer_id, person_id),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id)
);
CREATE INDEX customer_access_of_person ON customer_access (workspace_id, person_id);

-- The bodies are bound to the tables here and now, whatever the search path of whoever calls them.
CREATE FUNCTION hidden_customers(workspace text, person text) RETURNS TABLE (id text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.id FROM customers c
    WHERE c.workspace_id = workspace AND c.restricted AND c.owner_id IS DISTINCT FROM person
        AND NOT EXISTS (
            SELECT FROM customer_access a
            WHERE a.workspace_id = workspace AND a.customer_id = c.id AND a.person_id = person
        );
END;

CREATE FUNCTION hidden_onboardings(workspace text, person text) RETURNS TABLE (id text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT o.id FROM onboardings o
    WHERE o.workspace_id = workspace
        AND o.customer_id IN (SELECT h.id FROM hidden_customers(workspace, person) h);
END;

-- The tables as somebody sees them from whom customers are hidden: each under its own name, in a schema that stands
-- before the tables' own in the search path of a connection that works for such a person, who is named by two
-- settings. What is not in it is seen as it is.
CREATE SCHEMA seen;

-- Makes the views of "seen", or brings them up to date. A migration that adds a column to one of their tables, or a
-- table of what belongs to customers, does so again.
CREATE FUNCTION make_seen(table_name text, hidden text, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE OR REPLACE VIEW seen.%1$I AS SELECT t.* FROM %1$I t WHERE t.%3$I IS NULL OR t.%3$I NOT IN (
            SELECT h.id FROM %2$I(current_setting(''pivotal.workspace''), current_setting(''pivotal.person'')) h
        )',
        table_name, hidden, key
    );
END
$$;

SELECT make_seen('customers', 'hidden_customers', 'id');
SELECT make_seen(t, 'hidden_customers', 'customer_id')
FROM unnest(ARRAY['contacts', 'onboardings', 'activity', 'notifications', 'working_calendars']) t;
SELECT make_seen(t, 'hidden_onboardings', 'onboarding_id')
FROM unnest(ARRAY[
    'tasks', 'task_dependencies', 'comments', 'phase_transitions', 'launch_date_shifts', 'reminders',
    'automation_runs', 'launch_recaps'
]) t;
CREATE VIEW seen.attachments AS SELECT a.* FROM attachments a WHERE a.comment_id IS NULL OR EXISTS (
    SELECT FROM seen.comments c WHERE c.workspace_id = a.workspace_id AND c.id = a.comment_id
);
CREATE VIEW seen.comment_mentions AS SELECT m.* FROM comment_mentions m WHERE EXISTS (
    SELECT FROM seen.comments c WHERE c.workspace_id = m.workspace_id AND c.id = m.comment_id
);
