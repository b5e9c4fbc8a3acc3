"""Each resource has an id for machines and one for people (documentation: display_id vs id)."""

import httpx

from tests.journeys.steps import ids
from tests.support import Json, body_of, create_contact, create_customer, create_onboarding, error_of


async def load_customer(api: httpx.AsyncClient, id_like: str) -> Json | None:
    """Return the customer that somebody named, in whichever form, or None."""
    response = await api.get(f"/customers/{id_like}")
    return body_of(response) if response.is_success else None


async def test_both_ids_lead_to_the_same_row(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, slug="aurora")
    contact = await create_contact(api, customer["id"])
    onboarding = await create_onboarding(api, customer["id"])
    for path, resource in (("customers", customer), ("contacts", contact), ("onboardings", onboarding)):
        assert isinstance(resource["display_id"], int)
        assert len(resource["id"]) == 25
        for reference in (resource["id"], resource["display_id"]):
            assert body_of(await api.get(f"/{path}/{reference}")) == resource
            changed = body_of(await api.patch(f"/{path}/{reference}", json={"metadata": {"by": str(reference)}}))
            assert changed["id"] == resource["id"]
            resource |= {"metadata": changed["metadata"], "updated_at": changed["updated_at"]}
    for reference in (customer["id"], customer["display_id"]):
        assert await ids(api, f"/customers/{reference}/contacts") == [contact["id"]]
        assert await ids(api, f"/customers/{reference}/onboardings") == [onboarding["id"]]
        assert await ids(api, "/onboardings", customer_id=str(reference)) == [onboarding["id"]]


async def test_ids_of_either_form_are_normalised_by_loading(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api)
    for id_like in (customer["id"], str(customer["display_id"])):
        assert await load_customer(api, id_like) == customer
    assert await load_customer(api, "2") is None
    assert await load_customer(api, "cl9bn00of0000g7l8gcq8c4xk") is None


async def test_a_slug_is_no_id_but_a_filter(api: httpx.AsyncClient) -> None:
    customer = await create_customer(api, slug="aurora")
    await create_customer(api, slug="borealis")
    for path in ("aurora", f"{customer['display_id']}-aurora"):
        assert error_of(await api.get(f"/customers/{path}"), 404)["code"] == "customer_not_found"
    assert await ids(api, "/customers", slug="aurora", limit="1") == [customer["id"]]
    assert await ids(api, "/customers", slug="aurora-2", limit="1") == []


async def test_the_same_display_id_means_another_customer_in_another_workspace(
    api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient
) -> None:
    ours, theirs = await create_customer(api), await create_customer(fabrikam_api)
    assert ours["display_id"] == theirs["display_id"] == 1
    assert ours["id"] != theirs["id"]
    assert body_of(await fabrikam_api.get("/customers/1")) == theirs
    assert error_of(await fabrikam_api.get(f"/customers/{ours['id']}"), 404)["code"] == "customer_not_found"


async def test_a_display_id_is_never_given_out_again(api: httpx.AsyncClient) -> None:
    first = await create_customer(api)
    body_of(await api.delete(f"/customers/{first['id']}"))
    assert (await create_customer(api))["display_id"] == first["display_id"] + 1
