"""Customers over the API, in and out (documentation: API reference, Customers)."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from pivotal_server.core.clock import to_iso
from pivotal_server.core.pagination import PageQuery, list_example
from pivotal_server.core.validation import (
    UNSENT,
    Count,
    DateTime,
    Email,
    ExternalId,
    JsonObject,
    Name,
    OneOf,
    RequestModel,
    Timestamp,
    shown_as,
)
from pivotal_server.customers.models import STATUSES, CustomerRow
from pivotal_server.fields.schemas import CustomFields, FieldFilters, Tags

Status = Annotated[str, OneOf(STATUSES)]
Slug = Annotated[str, Field(min_length=1, max_length=100, pattern="^[a-z0-9_-]+$")]

EXAMPLE: dict[str, Any] = {
    "object": "customer",
    "id": "cmg8x0k4t0000a1b2c3d4e5f6",
    "display_id": 42,
    "name": "Aurora Outfitters",
    "slug": "aurora",
    "domain": "aurora.example",
    "status": "onboarding",
    "plan": "Pro",
    "mrr": 49900,
    "arr": 598800,
    "monthly_orders": 1800,
    "hubspot_company_id": "8812345",
    "hubspot_deal_id": None,
    "stripe_customer_id": "cus_Q1w2e3",
    "intercom_company_id": None,
    "slack_channel_id": None,
    "owner_email": "maya@northwind.example",
    "health_score": None,
    "at_risk": False,
    "churned": False,
    "tags": ["retail"],
    "custom_fields": {"sales_region": "EMEA", "stores": 12},
    "metadata": {"lead_source": "outbound"},
    "archived": False,
    "created_at": "2026-05-26T17:21:09.412Z",
    "updated_at": "2026-05-26T17:21:09.412Z",
}
EXAMPLE_CREATE = {"name": "Aurora Outfitters", "slug": "aurora", "domain": "aurora.example", "status": "onboarding"}
EXAMPLE_UPDATE = {"status": "active", "plan": "Pro"}


class CustomerFields(RequestModel):
    """What may be set on a customer, in the order in which problems are told; ``null`` clears."""

    name: Name = UNSENT
    slug: Slug | None = None
    domain: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    status: Status = UNSENT
    plan: Annotated[str, Field(max_length=255)] | None = None
    mrr: Annotated[Count | None, Field(description="Monthly recurring revenue in cents.")] = None
    arr: Annotated[Count | None, Field(description="Annual recurring revenue in cents.")] = None
    monthly_orders: Count | None = None
    hubspot_company_id: ExternalId | None = None
    hubspot_deal_id: ExternalId | None = None
    stripe_customer_id: ExternalId | None = None
    intercom_company_id: ExternalId | None = None
    slack_channel_id: ExternalId | None = None
    owner_email: Annotated[Email | None, Field(description="E-mail of a teammate in this workspace.")] = None
    tags: Tags = Field(default_factory=list)
    custom_fields: CustomFields = None
    metadata: Annotated[JsonObject | None, Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")] = (
        None
    )


class CustomerCreate(CustomerFields):
    """Body of create-customer; only the name is required."""

    model_config = shown_as(EXAMPLE_CREATE)

    name: Name
    status: Status = "active"


class CustomerUpdate(CustomerFields):
    """Body of update-customer: only what is sent changes."""

    model_config = shown_as(EXAMPLE_UPDATE)

    archived: Annotated[bool, Field(description="Takes the customer out of default lists, or back in.")] = UNSENT


class CustomerFilters(FieldFilters):
    """Filters of the customer list and count."""

    status: Annotated[Status | None, Field(description="Only customers with this status.")] = None
    slug: Annotated[str | None, Field(description="Only the customer with this slug.")] = None
    domain: Annotated[str | None, Field(description="Only the customer with this domain, in upper or lower case.")] = (
        None
    )
    hubspot_company_id: Annotated[str | None, Field(description="Only the customer with this id in HubSpot.")] = None
    hubspot_deal_id: Annotated[str | None, Field(description="Only customers with this deal in HubSpot.")] = None
    stripe_customer_id: Annotated[str | None, Field(description="Only the customer with this id in Stripe.")] = None
    intercom_company_id: Annotated[str | None, Field(description="Only the customer with this id in Intercom.")] = None
    slack_channel_id: Annotated[str | None, Field(description="Only customers with this Slack channel.")] = None
    updated_since: Annotated[
        DateTime | None,
        Field(description="Only what was updated at this instant or later."),
        WithJsonSchema({"type": "string", "format": "date-time"}),
    ] = None
    archived: Annotated[
        str, OneOf(("true", "false")), Field(description="`true` shows the archived customers instead.")
    ] = "false"


class CustomerListQuery(CustomerFilters, PageQuery):
    """Query of list-customers."""


class Customer(TypedDict):
    """A customer."""

    __pydantic_config__ = shown_as(EXAMPLE)  # type: ignore[misc]

    object: Literal["customer"]
    id: str
    display_id: int
    name: Annotated[str, Field(description="The company's name.")]
    slug: Annotated[
        str | None,
        Field(description="A short name of your own, of `a-z`, `0-9`, `_` and `-`; no two customers share one."),
    ]
    domain: Annotated[
        str | None, Field(description="The company's or shop's domain, in lower case; no two customers share one.")
    ]
    status: Annotated[
        str,
        Field(description="`active`, `onboarding`, `at_risk`, `churned` or `low_touch`; a later version may add some."),
    ]
    plan: Annotated[str | None, Field(description="What the customer pays for, as you call it.")]
    mrr: Annotated[int | None, Field(description="Monthly recurring revenue in cents.")]
    arr: Annotated[int | None, Field(description="Annual recurring revenue in cents.")]
    monthly_orders: Annotated[int | None, Field(description="Orders a month.")]
    hubspot_company_id: Annotated[str | None, Field(description="The customer's id in HubSpot.")]
    hubspot_deal_id: Annotated[str | None, Field(description="Id of its deal in HubSpot.")]
    stripe_customer_id: Annotated[str | None, Field(description="The customer's id in Stripe.")]
    intercom_company_id: Annotated[str | None, Field(description="The customer's id in Intercom.")]
    slack_channel_id: Annotated[
        str | None, Field(description="Id of the Slack channel that you share with the customer.")
    ]
    owner_email: Annotated[str | None, Field(description="E-mail of the teammate who owns the customer.")]
    health_score: Annotated[
        int | None, Field(description="Of 0 to 100, higher is better; `null` as long as there is none.")
    ]
    at_risk: Annotated[bool, Field(description="Whether `status` is `at_risk`.")]
    churned: Annotated[bool, Field(description="Whether `status` is `churned`.")]
    tags: Annotated[list[str], Field(description="Words to find customers by; lists filter by `tag`.")]
    custom_fields: Annotated[
        dict[str, Any], Field(description="Values by key; the workspace's custom fields say which there are.")
    ]
    metadata: Annotated[dict[str, Any], Field(description="Opaque to Pivotal, returned as sent; up to 16 KiB.")]
    archived: Annotated[bool, Field(description="Whether default lists leave it out.")]
    created_at: Timestamp
    updated_at: Timestamp


class CustomerList(TypedDict):
    """A page of customers, newest first."""

    __pydantic_config__ = shown_as(list_example(EXAMPLE))  # type: ignore[misc]

    object: Literal["list"]
    data: list[Customer]
    has_more: bool
    next_cursor: str | None


class CustomerCount(TypedDict):
    """How many customers match."""

    __pydantic_config__ = shown_as({"object": "count", "count": 245})  # type: ignore[misc]

    object: Literal["count"]
    count: Annotated[int, Field(description="How many customers fit the filters.")]


def present(row: CustomerRow) -> dict[str, Any]:
    """Return the customer as the API, events and the timeline show it: a ``Customer`` whose JSON parts are text.

    The row is taken apart once: a list of a hundred reads 2,600 fields, and each attribute costs more than a name.
    """
    (
        id_, display_id, name, slug, domain, status, plan, mrr, arr, monthly_orders,
        hubspot_company_id, hubspot_deal_id, stripe_customer_id, intercom_company_id, slack_channel_id,
        _, owner_email, health_score, tags, custom_fields, metadata, created_at, updated_at, archived_at, _,
    ) = row  # fmt: skip
    created = to_iso(created_at)
    return {
        "object": "customer",
        "id": id_,
        "display_id": display_id,
        "name": name,
        "slug": slug,
        "domain": domain,
        "status": status,
        "plan": plan,
        "mrr": mrr,
        "arr": arr,
        "monthly_orders": monthly_orders,
        "hubspot_company_id": hubspot_company_id,
        "hubspot_deal_id": hubspot_deal_id,
        "stripe_customer_id": stripe_customer_id,
        "intercom_company_id": intercom_company_id,
        "slack_channel_id": slack_channel_id,
        "owner_email": owner_email,
        "health_score": health_score,
        "at_risk": status == "at_risk",
        "churned": status == "churned",
        "tags": tags,
        "custom_fields": orjson.Fragment(custom_fields),
        "metadata": orjson.Fragment(metadata),
        "archived": archived_at is not None,
        "created_at": created,
        "updated_at": created if updated_at == created_at else to_iso(updated_at),
    }
