-- Custom fields and tags of customers and onboardings, and what lists are filtered by them with.

-- The fields that a workspace has given to its customers or onboardings.
CREATE TABLE custom_fields (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    resource text COLLATE "C" NOT NULL CHECK (resource IN ('customer', 'onboarding')),
    key text COLLATE "C" NOT NULL,
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('string', 'number', 'date', 'select')),
    options text[] NOT NULL CHECK ((type = 'select') = (cardinality(options) > 0)),
    position integer NOT NULL,
    description text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id)
);
CREATE UNIQUE INDEX custom_fields_key_key ON custom_fields (workspace_id, resource, key) WHERE deleted_at IS NULL;

-- A constant default is no rewrite of the table.
ALTER TABLE onboardings
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN custom_fields json NOT NULL DEFAULT '{}';

-- What a tag or a field's value finds: an index across customers and onboardings, kept by triggers as any index is kept
-- by the database. Whatever is looked for, its entries lie beside each other in the order of created_at, as a list reads
-- them; an index of the whole column (GIN) finds, but would have to sort whatever many have.
CREATE TABLE facets (
    workspace_id text COLLATE "C" NOT NULL,
    -- The list that the row is in: archived customers have one of their own, what is deleted is in none.
    list text COLLATE "C" NOT NULL CHECK (list IN ('customers', 'archived_customers', 'onboardings')),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('tag', 'text', 'number', 'date')),
    -- Of the custom field; a tag has none.
    key text COLLATE "C" NOT NULL,
    -- A tag, or the beginning of a text.
    value text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    -- A number, or a date in days since 1970.
    number double precision,
    PRIMARY KEY (workspace_id, list, kind, key, value, created_at, resource_id) INCLUDE (number)
);
CREATE INDEX facets_by_number ON facets (workspace_id, list, kind, key, number, created_at, resource_id)
    WHERE number IS NOT NULL;

-- How many customers or onboardings have a tag, archived ones included.
CREATE TABLE tags (
    workspace_id text COLLATE "C" NOT NULL,
    resource text COLLATE "C" NOT NULL CHECK (resource IN ('customer', 'onboarding')),
    tag text COLLATE "C" NOT NULL,
    uses bigint NOT NULL,
    PRIMARY KEY (workspace_id, resource, tag)
) WITH (fillfactor = 50);
CREATE INDEX tags_by_prefix ON tags (workspace_id, resource, lower(tag));

-- The days since 1970 of a text that is a date, else NULL.
CREATE FUNCTION facet_day(value text) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value ~ '^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$' THEN (
    SELECT CASE WHEN extract(month FROM m + d) = extract(month FROM m) THEN m + d - date '1970-01-01' END
    FROM (SELECT
        make_date(left(value, 4)::integer, substr(value, 6, 2)::integer, 1) AS m,
        right(value, 2)::integer - 1 AS d
    ) month
) END;

-- The entries of a row. A text that is a date has two, so that it is found whichever type its field has.
CREATE FUNCTION facets_of(tags text[], custom_fields json)
RETURNS TABLE (kind text, key text, value text, number double precision) LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH scalars AS (
        SELECT f.key, json_typeof(f.value) AS type, f.value #>> '{}' AS value FROM json_each(custom_fields) f
        WHERE f.key ~ '^[a-z][a-z0-9_]{0,49}$'
    )
    SELECT 'tag', '', t, NULL::double precision FROM unnest(tags) t
    UNION
    SELECT 'text', s.key, left(s.value, 255), NULL FROM scalars s WHERE s.type = 'string'
    UNION
    SELECT 'date', s.key, '', facet_day(s.value) FROM scalars s
    WHERE s.type = 'string' AND facet_day(s.value) IS NOT NULL
    UNION
    SELECT 'number', s.key, '', s.value::double precision FROM scalars s WHERE s.type = 'number';
END;

-- Brings the entries of a row from what it was to what it is; no list stands for not being there.
CREATE FUNCTION move_facets(
    workspace text, of_resource text, id text, at timestamptz,
    old_list text, old_tags text[], old_fields json, new_list text, new_tags text[], new_fields json
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM facets f USING (
        SELECT old_list AS list, o.* FROM facets_of(old_tags, old_fields) o WHERE old_list IS NOT NULL
        EXCEPT SELECT new_list, n.* FROM facets_of(new_tags, new_fields) n WHERE new_list IS NOT NULL
    ) gone
    WHERE f.workspace_id = workspace AND f.list = gone.list AND f.kind = gone.kind AND f.key = gone.key
        AND f.value = gone.value AND f.created_at = at AND f.resource_id = id;

    INSERT INTO facets (workspace_id, resource_id, created_at, list, kind, key, value, number)
    SELECT workspace, id, at, new_list, n.* FROM facets_of(new_tags, new_fields) n WHERE new_list IS NOT NULL
    EXCEPT SELECT workspace, id, at, old_list, o.* FROM facets_of(old_tags, old_fields) o WHERE old_list IS NOT NULL;

    -- In the order of the tags, so that two changes at once cannot wait for each other.
    INSERT INTO tags AS t (workspace_id, resource, tag, uses)
    SELECT workspace, of_resource, c.tag, sum(c.uses) FROM (
        SELECT n.tag, 1 AS uses FROM unnest(new_tags) n (tag) WHERE new_list IS NOT NULL GROUP BY n.tag
        UNION ALL SELECT o.tag, -1 FROM unnest(old_tags) o (tag) WHERE old_list IS NOT NULL GROUP BY o.tag
    ) c
    GROUP BY c.tag HAVING sum(c.uses) <> 0 ORDER BY c.tag
    ON CONFLICT (workspace_id, resource, tag) DO UPDATE SET uses = t.uses + excluded.uses;
END
$$;

CREATE FUNCTION customer_list(archived_at timestamptz, deleted_at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN deleted_at IS NULL THEN
    CASE WHEN archived_at IS NULL THEN 'customers' ELSE 'archived_customers' END
END;

CREATE FUNCTION keep_customer_facets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_facets(NEW.workspace_id, 'customer', NEW.id, NEW.created_at,
        CASE TG_OP WHEN 'UPDATE' THEN customer_list(OLD.archived_at, OLD.deleted_at) END, OLD.tags, OLD.custom_fields,
        customer_list(NEW.archived_at, NEW.deleted_at), NEW.tags, NEW.custom_fields);
    RETURN NULL;
END
$$;

CREATE FUNCTION keep_onboarding_facets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM move_facets(NEW.workspace_id, 'onboarding', NEW.id, NEW.created_at,
        CASE WHEN TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL THEN 'onboardings' END, OLD.tags, OLD.custom_fields,
        CASE WHEN NEW.deleted_at IS NULL THEN 'onboardings' END, NEW.tags, NEW.custom_fields);
    RETURN NULL;
END
$$;

-- A row without tags and fields, as most are when they are made, costs no call.
CREATE TRIGGER customer_made AFTER INSERT ON customers FOR EACH ROW
    WHEN (NEW.tags <> '{}' OR NEW.custom_fields::text <> '{}') EXECUTE FUNCTION keep_customer_facets();
CREATE TRIGGER customer_changed AFTER UPDATE OF tags, custom_fields, archived_at, deleted_at ON customers FOR EACH ROW
    WHEN (NEW.tags <> '{}' OR NEW.custom_fields::text <> '{}' OR OLD.tags <> '{}' OR OLD.custom_fields::text <> '{}')
    EXECUTE FUNCTION keep_customer_facets();
CREATE TRIGGER onboarding_made AFTER INSERT ON onboardings FOR EACH ROW
    WHEN (NEW.tags <> '{}' OR NEW.custom_fields::text <> '{}') EXECUTE FUNCTION keep_onboarding_facets();
CREATE TRIGGER onboarding_changed AFTER UPDATE OF tags, custom_fields, deleted_at ON onboardings FOR EACH ROW
    WHEN (NEW.tags <> '{}' OR NEW.custom_fields::text <> '{}' OR OLD.tags <> '{}' OR OLD.custom_fields::text <> '{}')
    EXECUTE FUNCTION keep_onboarding_facets();

-- Customers have had tags and fields before; nobody else is at work on them while the schema moves.
INSERT INTO facets (workspace_id, list, resource_id, created_at, kind, key, value, number)
SELECT c.workspace_id, customer_list(c.archived_at, c.deleted_at), c.id, c.created_at, f.*
FROM customers c, facets_of(c.tags, c.custom_fields) f WHERE c.deleted_at IS NULL;
INSERT INTO tags (workspace_id, resource, tag, uses)
SELECT f.workspace_id, 'customer', f.value, count(*) FROM facets f WHERE f.kind = 'tag' GROUP BY f.workspace_id, f.value;
