-- Phases that a workspace edits. A retired one keeps its row, because transitions and deleted onboardings name it; it
-- gives up its position, and its kind may be another's.
ALTER TABLE phases
    ADD COLUMN retired_at timestamptz,
    -- Where its onboardings went.
    ADD COLUMN moved_to text COLLATE "C",
    -- Deferred, because a switch retires phases before it adds those that take their place.
    ADD FOREIGN KEY (workspace_id, moved_to) REFERENCES phases (workspace_id, key) DEFERRABLE INITIALLY DEFERRED,
    ADD CHECK (retired_at IS NOT NULL OR moved_to IS NULL),
    DROP CONSTRAINT phases_workspace_id_position_key,
    -- Deferrable as a partial unique index could not be: one statement reorders all phases.
    ADD CONSTRAINT phases_in_order EXCLUDE USING btree (workspace_id WITH =, position WITH =)
        WHERE (retired_at IS NULL) DEFERRABLE;
DROP INDEX phases_one_terminal;
CREATE UNIQUE INDEX phases_one_terminal ON phases (workspace_id) WHERE kind = 'terminal' AND retired_at IS NULL;
CREATE UNIQUE INDEX phases_one_launch ON phases (workspace_id) WHERE kind = 'launch' AND retired_at IS NULL;

-- The first target that was ever set: slippage is counted from it.
ALTER TABLE onboardings ADD COLUMN original_launch_date timestamptz;
UPDATE onboardings SET original_launch_date = target_launch_date WHERE target_launch_date IS NOT NULL;

-- One row for every change of a target launch date.
CREATE TABLE launch_date_shifts (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    onboarding_id text COLLATE "C" NOT NULL,
    from_date timestamptz,
    to_date timestamptz,
    -- Later by so many calendar days; NULL where a date was set or cleared.
    days integer,
    reason text,
    actor_type text NOT NULL,
    actor_id text NOT NULL,
    actor_name text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, onboarding_id) REFERENCES onboardings (workspace_id, id)
);
CREATE UNIQUE INDEX launch_date_shifts_of_onboarding
    ON launch_date_shifts (workspace_id, onboarding_id, created_at DESC);
