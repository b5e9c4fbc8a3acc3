-- Working days, tasks and what makes their dates.

-- When people work: one calendar for the workspace (customer_id NULL), others for customers that differ. A workspace
-- without one works from Monday to Friday, in UTC, without holidays.
CREATE TABLE working_calendars (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C",
    time_zone text NOT NULL,
    -- ISO: Monday is 1.
    working_weekdays smallint[] NOT NULL CHECK (cardinality(working_weekdays) BETWEEN 1 AND 7),
    -- As the holidays library names them, such as DE and BY.
    holidays_country text,
    holidays_subdivision text,
    extra_days_off date[] NOT NULL DEFAULT '{}',
    extra_working_days date[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
    CHECK (holidays_subdivision IS NULL OR holidays_country IS NOT NULL)
);
CREATE UNIQUE INDEX working_calendars_of_workspace ON working_calendars (workspace_id) WHERE customer_id IS NULL;
CREATE UNIQUE INDEX working_calendars_of_customer ON working_calendars (workspace_id, customer_id)
    WHERE customer_id IS NOT NULL;

CREATE TABLE tasks (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    -- Of a subtask; there is one level of them.
    parent_id text COLLATE "C",
    phase text COLLATE "C" NOT NULL,
    title text NOT NULL,
    description text,
    status text COLLATE "C" NOT NULL CHECK (status IN ('open', 'completed')),
    -- Among the tasks of the same phase, or the subtasks of the same parent.
    position integer NOT NULL,
    -- One of these at most.
    assignee_id text COLLATE "C",
    assignee_role text COLLATE "C" CHECK (assignee_role IN ('csm', 'se', 'designer', 'product_ops')),
    assignee_contact_id text COLLATE "C",
    visible_in_portal boolean NOT NULL DEFAULT false,
    completed_at timestamptz,
    completed_by text,
    -- The rule: a date, or working days from an anchor. NULL: whatever it depends on decides.
    due_rule text COLLATE "C" CHECK (due_rule IN ('fixed', 'start', 'phase', 'launch', 'task')),
    due_rule_date date,
    due_rule_days integer,
    due_rule_task_id text COLLATE "C",
    -- Working days that it takes, the first and the last included.
    duration_days integer NOT NULL DEFAULT 1 CHECK (duration_days BETWEEN 1 AND 365),
    -- What the scheduler made of rule and dependencies, and which of them decided.
    start_on date,
    due_on date,
    due_cause text COLLATE "C" CHECK (due_cause IN ('fixed', 'start', 'phase', 'launch', 'task', 'dependency')),
    due_cause_task_id text COLLATE "C",
    -- The working days that it added, the day that it counted from, and the days off in between.
    due_cause_days integer,
    due_cause_on date,
    due_days_off integer,
    -- The first date that it had, and how many working days later it is due by now.
    baseline_due_on date,
    slip_days integer,
    -- In the order of due dates no two tasks of a workspace share a place.
    due_order timestamp GENERATED ALWAYS AS (due_on + display_id * interval '1 microsecond') STORED,
    pinned_at timestamptz,
    -- Where it comes from, if from a template.
    template_version_id text COLLATE "C",
    template_task_key text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id),
    FOREIGN KEY (workspace_id, parent_id) REFERENCES tasks (workspace_id, id),
    FOREIGN KEY (workspace_id, phase) REFERENCES phases (workspace_id, key),
    CONSTRAINT tasks_assignee_id_fkey FOREIGN KEY (workspace_id, assignee_id)
        REFERENCES memberships (workspace_id, person_id),
    CONSTRAINT tasks_assignee_contact_id_fkey FOREIGN KEY (workspace_id, assignee_contact_id)
        REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, due_rule_task_id) REFERENCES tasks (workspace_id, id),
    CHECK (num_nonnulls(assignee_id, assignee_role, assignee_contact_id) <= 1),
    CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CHECK ((due_rule IS NOT DISTINCT FROM 'fixed') = (due_rule_date IS NOT NULL)),
    CHECK ((due_rule IS NULL OR due_rule = 'fixed') = (due_rule_days IS NULL)),
    CHECK ((due_rule IS NOT DISTINCT FROM 'task') = (due_rule_task_id IS NOT NULL))
);
CREATE UNIQUE INDEX tasks_listed ON tasks (workspace_id, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_update ON tasks (workspace_id, updated_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_onboarding ON tasks (workspace_id, onboarding_id, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_parent ON tasks (workspace_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_of_assignee ON tasks (workspace_id, assignee_id, created_at DESC)
    WHERE assignee_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_of_contact ON tasks (workspace_id, assignee_contact_id, created_at DESC)
    WHERE assignee_contact_id IS NOT NULL AND deleted_at IS NULL;
-- What is to be done, by whom, in the order in which it is due. The status comes first, because what is done piles up
-- before what is to be done.
CREATE INDEX tasks_by_due ON tasks (workspace_id, status, due_order) WHERE due_order IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_of_assignee_by_due ON tasks (workspace_id, assignee_id, status, due_order)
    WHERE assignee_id IS NOT NULL AND due_order IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tasks_of_contact_by_due ON tasks (workspace_id, assignee_contact_id, status, due_order)
    WHERE assignee_contact_id IS NOT NULL AND due_order IS NOT NULL AND deleted_at IS NULL;

-- Finish to start: a task may begin on the working day after the other is finished, and ``lag_days`` later.
CREATE TABLE task_dependencies (
    workspace_id text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    depends_on_id text COLLATE "C" NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    lag_days integer NOT NULL DEFAULT 0 CHECK (lag_days BETWEEN 0 AND 365),
    PRIMARY KEY (workspace_id, task_id, depends_on_id),
    FOREIGN KEY (workspace_id, task_id) REFERENCES tasks (workspace_id, id),
    FOREIGN KEY (workspace_id, depends_on_id) REFERENCES tasks (workspace_id, id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id),
    CHECK (task_id <> depends_on_id)
);
CREATE INDEX task_dependencies_of_onboarding ON task_dependencies (workspace_id, onboarding_id);
CREATE INDEX task_dependencies_backwards ON task_dependencies (workspace_id, depends_on_id);
