CREATE TABLE phases (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    position integer NOT NULL,
    target_days integer NOT NULL CHECK (target_days >= 0),
    kind text NOT NULL CHECK (kind IN ('normal', 'launch', 'terminal')),
    PRIMARY KEY (workspace_id, key),
    UNIQUE (workspace_id, position) DEFERRABLE
);
CREATE UNIQUE INDEX phases_one_terminal ON phases (workspace_id) WHERE kind = 'terminal';

CREATE TABLE onboardings (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    customer_id text COLLATE "C" NOT NULL,
    template_id text COLLATE "C",
    name text NOT NULL,
    phase text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('active', 'paused', 'at_risk', 'waiting', 'blocked')),
    started_at timestamptz NOT NULL,
    completed_at timestamptz,
    target_launch_date timestamptz,
    csm_id text COLLATE "C",
    se_id text COLLATE "C",
    designer_id text COLLATE "C",
    product_ops_id text COLLATE "C",
    notes text,
    waiting_on_customer_since timestamptz,
    wizard_completed_at timestamptz,
    reminder_email boolean NOT NULL,
    reminder_slack boolean NOT NULL,
    reminder_frequency_days integer NOT NULL CHECK (reminder_frequency_days BETWEEN 1 AND 365),
    -- The SLA clock: it runs from phase_entered_at, less the waits in this phase that are over (phase_waited) and, while
    -- waiting_on_customer_since is set, the one that is still going on.
    phase_entered_at timestamptz NOT NULL,
    phase_waited interval NOT NULL DEFAULT '0',
    metadata json NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id),
    FOREIGN KEY (workspace_id, phase) REFERENCES phases (workspace_id, key),
    -- Named, because a write that one of them refuses is told with the field at fault.
    CONSTRAINT onboardings_csm_id_fkey FOREIGN KEY (workspace_id, csm_id)
        REFERENCES memberships (workspace_id, person_id),
    CONSTRAINT onboardings_se_id_fkey FOREIGN KEY (workspace_id, se_id)
        REFERENCES memberships (workspace_id, person_id),
    CONSTRAINT onboardings_designer_id_fkey FOREIGN KEY (workspace_id, designer_id)
        REFERENCES memberships (workspace_id, person_id),
    CONSTRAINT onboardings_product_ops_id_fkey FOREIGN KEY (workspace_id, product_ops_id)
        REFERENCES memberships (workspace_id, person_id),
    CHECK ((state = 'waiting') = (waiting_on_customer_since IS NOT NULL))
);
CREATE UNIQUE INDEX onboardings_listed ON onboardings (workspace_id, created_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX onboardings_by_phase ON onboardings (workspace_id, phase, created_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX onboardings_by_state ON onboardings (workspace_id, state, created_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX onboardings_of_customer ON onboardings (workspace_id, customer_id, created_at DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX onboardings_by_update ON onboardings (workspace_id, updated_at DESC) WHERE deleted_at IS NULL;

-- One row for every phase that an onboarding entered: what the SLA reports are made of.
CREATE TABLE phase_transitions (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    from_phase text COLLATE "C",
    to_phase text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    reason text,
    -- What the left phase took: whole seconds in which its clock ran, and in which it stood still.
    seconds_in_phase bigint,
    seconds_waiting bigint,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id)
);
CREATE UNIQUE INDEX phase_transitions_of_onboarding
    ON phase_transitions (workspace_id, onboarding_id, created_at DESC);
