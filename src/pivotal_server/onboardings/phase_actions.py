"""Changes to a workspace's phases: add, change and reorder, retire, restore.

Whatever happens there is one terminal phase, the last, at most one launch phase, and at least one normal phase.
"""

from collections.abc import Collection, Sequence
from typing import Any

from pivotal_server.core.derived_keys import derive_key
from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.resources import changes
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.mass_moves import close_phases, move_onboardings
from pivotal_server.onboardings.phase_schemas import PhaseCreate, PhaseUpdate, present_phase
from pivotal_server.onboardings.phases import Move, Phase, find_phase, get_phase, list_phases, list_retired_phases
from pivotal_server.timeline.change import Change, Subject

MAX_PHASES = 30
MAX_WITH_RETIRED = 100
# /phases/apply_preset is something else.
_RESERVED_KEYS = frozenset({"apply_preset"})

# One at a time edits the phases of a workspace. Who only refers to the workspace does not wait for that.
_LOCK_WORKSPACE = "SELECT FROM workspaces w WHERE w.id = $1 FOR NO KEY UPDATE"
_ADD = "INSERT INTO phases (workspace_id, key, name, position, target_days, kind) VALUES ($1, $2, $3, $4, $5, $6)"
_UPDATE = "UPDATE phases SET name = $3, target_days = $4, kind = $5 WHERE workspace_id = $1 AND key = $2"
_RETIRE = "UPDATE phases SET retired_at = $3, moved_to = $4 WHERE workspace_id = $1 AND key = $2"
_RESTORE = "UPDATE phases SET retired_at = NULL, moved_to = NULL, kind = $3 WHERE workspace_id = $1 AND key = $2"
# A key that is not in the table yet only leaves its place free.
_ORDER = """
UPDATE phases p SET position = o.position
FROM unnest($2::text[]) WITH ORDINALITY o (key, position)
WHERE p.workspace_id = $1 AND p.key = o.key AND p.position <> o.position
"""


async def lock_phases(change: Change) -> list[Phase]:
    """Return the workspace's phases in their order, which nobody else edits before the transaction ends."""
    await change.connection.execute(_LOCK_WORKSPACE, change.actor.workspace_id)
    return await list_phases(change.connection, change.actor.workspace_id)


async def create_phase(change: Change, body: PhaseCreate) -> Phase:
    """Add a phase, before the terminal one unless the body names a position.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``invalid_field`` for a position that is none; 409 ``phase_key_taken``,
            ``phase_kind_taken`` or ``phase_limit_reached``.
    """
    require(change.actor, "admin")
    phases = await lock_phases(change)
    retired = await list_retired_phases(change.connection, change.actor.workspace_id)
    _check_room(len(phases) + 1, len(phases) + len(retired) + 1)
    taken = _RESERVED_KEYS | {phase.key for phase in (*phases, *retired)}
    if body.key in taken:
        message = "A phase of this workspace, maybe a retired one, has this key."
        raise ApiError(409, "phase_key_taken", message, field="key")
    _check_kind_is_free(phases, body.kind)
    position = _check_position(body.position or len(phases), 1, len(phases))
    phase = Phase(body.key or derive_key(body.name, taken, "phase"), body.name, position, body.target_days, body.kind)
    keys = [known.key for known in phases]
    await _order(change, [*keys[: position - 1], phase.key, *keys[position - 1 :]])
    await change.connection.execute(
        _ADD, change.actor.workspace_id, phase.key, phase.name, position, phase.target_days, phase.kind
    )
    change.note("phase.created", f"Added the phase {phase.name}", _subject(phase))
    return phase


async def update_phase(change: Change, key: str, body: PhaseUpdate) -> Phase:
    """Change a phase; a new position shifts the others. Onboardings stay where they are, whatever its kind becomes.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``phase_not_found``; 400 ``invalid_field`` for a position that is none;
            409 ``phase_retired``, ``phase_kind_taken`` or ``phase_required``.
    """
    require(change.actor, "admin")
    phases = await lock_phases(change)
    before = await get_phase(change.connection, change.actor.workspace_id, key)
    if before.retired_at is not None:
        raise ApiError(409, "phase_retired", f"{before.name} is retired. Restore it first.")
    phase = before._replace(**body.changes())
    if phase == before:
        return before
    others = [other for other in phases if other.key != key]
    if phase.kind != before.kind:
        if before.kind == "terminal":
            raise _required("The last phase is the terminal one.", field="kind")
        _check_kind_is_free(others, phase.kind)
        _check_normal_remains((*others, phase), field="kind")
    if phase.position != before.position:
        _check_position(phase.position, *((len(phases),) * 2 if before.kind == "terminal" else (1, len(others))))
        keys = [other.key for other in others]
        await _order(change, [*keys[: phase.position - 1], key, *keys[phase.position - 1 :]])
    await change.connection.execute(
        _UPDATE, change.actor.workspace_id, key, phase.name, phase.target_days, phase.kind
    )  # fmt: skip
    _note_update(change, before, phase)
    return phase


async def retire_phase(change: Change, key: str, move_to: str | None) -> Phase:
    """Take a phase out of the way; its onboardings move on. Retiring it again changes nothing.

    Args:
        change: where to write it.
        key: the phase's.
        move_to: key of the phase that its onboardings move to; None for the one before, or after the first.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``phase_not_found``; 400 ``invalid_enum_value`` for a ``move_to`` that
            is none of the others; 409 ``phase_required`` or ``too_many_onboardings``.
    """
    require(change.actor, "admin")
    phases = await lock_phases(change)
    phase = await get_phase(change.connection, change.actor.workspace_id, key)
    if phase.retired_at is not None:
        return phase
    if phase.kind == "terminal":
        raise _required("The terminal phase cannot be retired.")
    others = [other for other in phases if other.key != key]
    _check_normal_remains(others)
    target = others[max(phase.position - 2, 0)] if move_to is None else find_phase(others, move_to, "move_to")
    rows = await close_phases(change, [key])
    await move_onboardings(change, rows, {key: Move(phase, target)}, f"The phase {phase.name} was retired")
    await change.connection.execute(_RETIRE, change.actor.workspace_id, key, change.at, target.key)
    await _order(change, [other.key for other in others])
    data = {"moved_to": target.key, "moved_onboardings": len(rows)}
    change.note("phase.retired", f"Retired the phase {phase.name} in favour of {target.name}", _subject(phase), data)
    return phase._replace(retired_at=change.at, moved_to=target.key)


async def restore_phase(change: Change, key: str) -> Phase:
    """Make a retired phase one of the workspace's again, where it was; its onboardings do not come back.

    A kind that another phase has by now becomes ``normal``.

    Raises:
        ApiError: 403 ``insufficient_role``; 404 ``phase_not_found``; 409 ``phase_limit_reached``.
    """
    require(change.actor, "admin")
    phases = await lock_phases(change)
    phase = await get_phase(change.connection, change.actor.workspace_id, key)
    if phase.retired_at is None:
        return phase
    _check_room(len(phases) + 1, 0)
    position = min(phase.position, len(phases))
    kind = "normal" if phase.kind in {other.kind for other in phases} else phase.kind
    keys = [other.key for other in phases]
    await _order(change, [*keys[: position - 1], key, *keys[position - 1 :]])
    await change.connection.execute(_RESTORE, change.actor.workspace_id, key, kind)
    change.note("phase.restored", f"Restored the phase {phase.name}", _subject(phase))
    return phase._replace(retired_at=None, moved_to=None, position=position, kind=kind)


async def _order(change: Change, keys: Sequence[str]) -> None:
    await change.connection.execute(_ORDER, change.actor.workspace_id, keys)


def _check_room(active: int, together: int) -> None:
    if active > MAX_PHASES or together > MAX_WITH_RETIRED:
        message = f"A workspace has at most {MAX_PHASES} phases, and {MAX_WITH_RETIRED} with the retired ones."
        raise ApiError(409, "phase_limit_reached", message)


def _check_position(position: int, first: int, last: int) -> int:
    if not first <= position <= last:
        message = f"The position must be {first} to {last}: the terminal phase is always the last."
        raise invalid_field("position", message)
    return position


def _check_kind_is_free(others: Sequence[Phase], kind: str) -> None:
    for other in others:
        if kind != "normal" and other.kind == kind:
            raise ApiError(409, "phase_kind_taken", f"{other.name} is the {kind} phase already.", field="kind")


def _check_normal_remains(phases: Collection[Phase], field: str | None = None) -> None:
    if not any(phase.kind == "normal" for phase in phases):
        raise _required("At least one normal phase has to remain.", field=field)


def _required(message: str, field: str | None = None) -> ApiError:
    return ApiError(409, "phase_required", message, field=field)


def _note_update(change: Change, before: Phase, after: Phase) -> None:
    shown: dict[str, Any] = present_phase(after)
    previous = {name: value for name, value in present_phase(before).items() if value != shown[name]}
    summary = f"Changed the phase {before.name}: {', '.join(name.replace('_', ' ') for name in previous)}"
    change.note("phase.updated", summary, _subject(after), changes(previous, shown))


def _subject(phase: Phase) -> Subject:
    return Subject("phase", phase.key)
