"""The shape of a customer."""

from datetime import datetime
from typing import NamedTuple

STATUSES = ("active", "onboarding", "at_risk", "churned", "low_touch")
EXTERNAL_IDS = (
    "hubspot_company_id",
    "hubspot_deal_id",
    "stripe_customer_id",
    "intercom_company_id",
    "slack_channel_id",
)


class CustomerRow(NamedTuple):
    """A customer as stored. Money is in cents; ``custom_fields`` and ``metadata`` are JSON text."""

    id: str
    display_id: int
    name: str
    slug: str | None
    domain: str | None
    status: str
    plan: str | None
    mrr: int | None
    arr: int | None
    monthly_orders: int | None
    hubspot_company_id: str | None
    hubspot_deal_id: str | None
    stripe_customer_id: str | None
    intercom_company_id: str | None
    slack_channel_id: str | None
    owner_id: str | None
    owner_email: str | None
    health_score: int | None
    tags: list[str]
    custom_fields: str
    metadata: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None
