"""One edit of many customers, in one transaction, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pivotal_server.core.errors import ApiError
from pivotal_server.core.validation import validate
from pivotal_server.customers.actions import update_customer
from pivotal_server.customers.queries import get_customer
from pivotal_server.customers.schemas import CustomerUpdate, present
from pivotal_server.timeline.edits import Outcome, changes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pivotal_server.customers.models import CustomerRow
    from pivotal_server.timeline.change import Change

MAX_CUSTOMERS = 500


async def edit_all(change: Change, ids: Iterable[str], action: str, value: str) -> Outcome:
    """Do the same to many customers: all of it, or nothing.

    Args:
        change: where it is written.
        ids: of the customers.
        action: ``owner``, ``status``, ``add_tag``, ``remove_tag``, ``archive`` or ``restore``.
        value: the owner's e-mail, empty for nobody; the status; the tag.

    Raises:
        ApiError: 404 for a customer that there is not; 400 for a value that does not fit.
    """
    changed = same = 0
    for id_ in sorted(set(ids)):  # in one order, so that two edits at once cannot wait for each other
        before = await get_customer(change.connection, change.actor, id_, lock=True)
        after = await update_customer(change, id_, validate(CustomerUpdate, _body(before, action, value)))
        changed, same = (changed, same + 1) if after == before else (changed + 1, same)
    return Outcome(changed, same)


async def take_back(change: Change, name: str) -> Outcome:
    """Undo an edit wherever nobody has changed the same since; the others stay.

    Raises:
        ApiError: 404 for no such edit; 409 ``undo_expired`` after thirty days.
    """
    undone = left = 0
    for id_, changes in await changes_of(change, name, ["customer.updated"]):
        restored = await _restore(change, id_, changes)
        undone, left = (undone + 1, left) if restored else (undone, left + 1)
    return Outcome(undone, left)


async def _restore(change: Change, id_: str, changes: Mapping[str, Any]) -> bool:
    try:
        row = await get_customer(change.connection, change.actor, id_, lock=True)
        shown, body = present(row), {}
        for field, (before, after) in changes.items():
            if field == "tags":
                kept = [tag for tag in row.tags if tag in before or tag not in after]
                body["tags"] = [*kept, *(tag for tag in before if tag not in after and tag not in kept)]
            elif shown[field] == after:
                body[field] = before
        return bool(body) and await update_customer(change, id_, validate(CustomerUpdate, body)) != row
    except ApiError:  # deleted since, or its former owner has left
        return False


def _body(row: CustomerRow, action: str, value: str) -> dict[str, Any]:
    match action:
        case "owner":
            return {"owner_email": value or None}
        case "status":
            return {"status": value}
        case "add_tag":
            return {"tags": row.tags if value in row.tags else [*row.tags, value]}
        case "remove_tag":
            return {"tags": [tag for tag in row.tags if tag != value]}
        case _:
            return {"archived": action == "archive"}
