-- Views of lists that somebody keeps, and how each teammate likes a list.

CREATE TABLE saved_views (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('customers', 'onboardings')),
    name text NOT NULL,
    -- Filters, order, columns and layout, as the address of the list says them, in one order.
    query text COLLATE "C" NOT NULL,
    owner_id text COLLATE "C" NOT NULL,
    shared boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, owner_id) REFERENCES memberships (workspace_id, person_id)
);
CREATE INDEX saved_views_of_owner ON saved_views (workspace_id, owner_id, kind) WHERE deleted_at IS NULL;
CREATE INDEX saved_views_shared ON saved_views (workspace_id, kind) WHERE shared AND deleted_at IS NULL;

CREATE TABLE list_habits (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    person_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('customers', 'onboardings')),
    -- NULL: the columns that the list has by itself.
    columns text[],
    -- The view that the list opens with; NULL: everything.
    default_view_id text COLLATE "C",
    -- In which the person has the views; those that are not in it follow by age.
    view_order text[] NOT NULL,
    PRIMARY KEY (workspace_id, person_id, kind),
    FOREIGN KEY (workspace_id, person_id) REFERENCES memberships (workspace_id, person_id),
    FOREIGN KEY (workspace_id, default_view_id) REFERENCES saved_views (workspace_id, id)
);
