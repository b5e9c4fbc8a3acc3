"""Saving a custom field with everything that its form holds; whoever has a renamed option follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.customers.actions import update_customer
from pivotal_server.customers.queries import get_customer
from pivotal_server.customers.schemas import CustomerUpdate
from pivotal_server.field_pages.queries import find_with_option
from pivotal_server.fields.actions import update_field
from pivotal_server.fields.queries import get_field
from pivotal_server.fields.schemas import CustomFieldUpdate
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.actions import update_onboarding
from pivotal_server.onboardings.queries import get_onboarding
from pivotal_server.onboardings.schemas import OnboardingUpdate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pivotal_server.fields.models import FieldRow
    from pivotal_server.timeline.change import Change

# Each is a change of its own, with its entry and event, all in one transaction.
MAX_RENAMED = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """A field as it was saved, and how many customers or onboardings followed a renamed option."""

    row: FieldRow
    followed: int


async def save_field(change: Change, reference: str, body: CustomFieldUpdate, renamed: Mapping[str, str]) -> Saved:
    """Change a field; those that have an option of a new name get that name.

    Args:
        change: where it is written.
        reference: cuid or display_id.
        body: as update-custom-field takes it.
        renamed: the new names of options, by the old ones; what are no options of the field are left out.

    Raises:
        ApiError: as ``fields.actions.update_field``; 409 ``option_in_use`` where too many have one that is renamed.
    """
    require(change.actor, "admin")
    field = await get_field(change.connection, change.actor, reference, lock=True)
    new_names = {old: new for old, new in renamed.items() if old in field.options and old != new}
    if not new_names:
        return Saved(await update_field(change, field.id, body), 0)
    found = await _find(change, field, new_names)
    # Both names hold while the values go over from one to the other.
    both = list(dict.fromkeys((*field.options, *new_names.values())))
    await update_field(change, field.id, CustomFieldUpdate.model_construct(_fields_set={"options"}, options=both))
    for id_ in sorted(found):  # in one order, so that two changes at once cannot wait for each other
        await _set_value(change, field, id_, *found[id_])
    return Saved(await update_field(change, field.id, body), len(found))


async def _find(change: Change, field: FieldRow, new_names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the old and the new option of everything that has a renamed one, by cuid."""
    found: dict[str, tuple[str, str]] = {}
    for old, new in new_names.items():
        left = MAX_RENAMED + 1 - len(found)
        ids = await find_with_option(change.connection, change.actor, field, old, left)
        found |= dict.fromkeys(ids, (old, new))
        if len(found) > MAX_RENAMED:
            message = (
                f"More than {MAX_RENAMED} {field.resource}s have an option that gets another name. "
                "Add the new one beside it, and move them over in parts."
            )
            raise ApiError(409, "option_in_use", message, field="options")
    return found


async def _set_value(change: Change, field: FieldRow, id_: str, old: str, new: str) -> None:
    connection, actor = change.connection, change.actor
    if field.resource == "customer":
        customer = await get_customer(connection, actor, id_, lock=True)
        values = orjson.loads(customer.custom_fields)
        if values.get(field.key) == old:
            await update_customer(change, id_, CustomerUpdate(custom_fields=values | {field.key: new}))
    else:
        onboarding = await get_onboarding(connection, actor, id_, lock=True)
        values = orjson.loads(onboarding.custom_fields)
        if values.get(field.key) == old:
            await update_onboarding(change, id_, OnboardingUpdate(custom_fields=values | {field.key: new}))
