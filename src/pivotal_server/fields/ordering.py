"""The order in which custom fields stand on a page."""

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.fields.models import FieldRow
from pivotal_server.fields.queries import get_field, list_fields
from pivotal_server.fields.schemas import CustomFieldListQuery
from pivotal_server.identity.rights import require
from pivotal_server.timeline.change import Change, Subject

_WAIT_FOR_TURN = "SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE"
_ORDER = """
UPDATE custom_fields f
SET position = o.position, updated_at = greatest($3::timestamptz, f.updated_at + interval '1 microsecond')
FROM unnest($2::text[]) WITH ORDINALITY o (id, position)
WHERE f.workspace_id = $1 AND f.id = o.id AND f.position <> o.position
"""


async def move_field(change: Change, reference: str, place: int) -> tuple[FieldRow, int]:
    """Put a field at another place among those of its resource; return it as it was, and its place of before.

    The positions of all of them count from 1 afterwards. At the place where it is, nothing happens.

    Args:
        change: where it is written.
        reference: cuid or display_id.
        place: from 1.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``custom_field_not_found``; 400 ``invalid_field`` for a place that is
            none; 409 for an archived field, which has none.
    """
    require(change.actor, "admin")
    await change.connection.execute(_WAIT_FOR_TURN, change.actor.workspace_id)
    field = await get_field(change.connection, change.actor, reference, lock=True)
    if field.archived_at is not None:
        raise ApiError(409, "http_exception", f"{field.name} is archived. Restore it first.")
    rows = await list_fields(change.connection, change.actor, CustomFieldListQuery(resource=field.resource))
    ids = [row.id for row in rows]
    before = ids.index(field.id) + 1
    if not 1 <= place <= len(ids):
        raise invalid_field("position", f"The place must be 1 to {len(ids)}.")
    if place == before:
        return field, before
    ids.remove(field.id)
    ids.insert(place - 1, field.id)
    await change.connection.execute(_ORDER, change.actor.workspace_id, ids, change.at)
    data = {"changes": {"position": [before, place]}}
    change.note("custom_field.updated", f"Moved custom field {field.name}", Subject("custom_field", field.id), data)
    return field, before
