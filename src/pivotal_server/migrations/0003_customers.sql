CREATE TABLE customers (
    workspace_id text COLLATE "C" NOT NULL REFERENCES workspaces (id),
    id text COLLATE "C" NOT NULL,
    display_id bigint NOT NULL,
    name text NOT NULL,
    slug text COLLATE "C",
    domain text COLLATE "C",
    status text COLLATE "C" NOT NULL CHECK (status IN ('active', 'onboarding', 'at_risk', 'churned', 'low_touch')),
    plan text,
    mrr bigint,
    arr bigint,
    monthly_orders bigint,
    hubspot_company_id text COLLATE "C",
    hubspot_deal_id text COLLATE "C",
    stripe_customer_id text COLLATE "C",
    intercom_company_id text COLLATE "C",
    slack_channel_id text COLLATE "C",
    owner_id text COLLATE "C",
    health_score smallint CHECK (health_score BETWEEN 0 AND 100),
    tags text[] NOT NULL DEFAULT '{}',
    custom_fields json NOT NULL DEFAULT '{}',
    metadata json NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    archived_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, display_id),
    FOREIGN KEY (workspace_id, owner_id) REFERENCES memberships (workspace_id, person_id)
);
-- Soft-deleted rows leave uniqueness: a deleted customer's slug and domain are free again.
CREATE UNIQUE INDEX customers_slug_key ON customers (workspace_id, slug) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX customers_domain_key ON customers (workspace_id, domain) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX customers_listed ON customers (workspace_id, created_at DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX customers_archived ON customers (workspace_id, created_at DESC)
    WHERE deleted_at IS NULL AND archived_at IS NOT NULL;
CREATE INDEX customers_by_status ON customers (workspace_id, status, created_at DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX customers_by_update ON customers (workspace_id, updated_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX customers_by_hubspot_company ON customers (workspace_id, hubspot_company_id)
    WHERE hubspot_company_id IS NOT NULL;
CREATE INDEX customers_by_hubspot_deal ON customers (workspace_id, hubspot_deal_id) WHERE hubspot_deal_id IS NOT NULL;
CREATE INDEX customers_by_stripe ON customers (workspace_id, stripe_customer_id) WHERE stripe_customer_id IS NOT NULL;
CREATE INDEX customers_by_intercom ON customers (workspace_id, intercom_company_id)
    WHERE intercom_company_id IS NOT NULL;
CREATE INDEX customers_by_slack ON customers (workspace_id, slack_channel_id) WHERE slack_channel_id IS NOT NULL;
