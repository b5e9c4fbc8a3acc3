"""Switching a workspace to a preset of phases: its onboardings go over by an explicit table."""

from collections import Counter

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.validation import enum_message
from pivotal_server.identity.rights import require
from pivotal_server.onboardings.mass_moves import close_phases, move_onboardings
from pivotal_server.onboardings.phase_actions import lock_phases
from pivotal_server.onboardings.phases import Move, Phase
from pivotal_server.onboardings.preset_schemas import PresetApply
from pivotal_server.onboardings.presets import PRESETS, PhaseMoved, Preset, keeps_clock, propose_mapping
from pivotal_server.timeline.change import Change, Subject

_COUNT = """
SELECT o.phase, count(*) FROM onboardings o
WHERE o.workspace_id = $1 AND o.phase = ANY($2::text[]) AND o.deleted_at IS NULL GROUP BY o.phase
"""
_RETIRE = """
UPDATE phases p SET retired_at = $2, moved_to = m.moved_to
FROM unnest($3::text[], $4::text[]) m (key, moved_to) WHERE p.workspace_id = $1 AND p.key = m.key
"""
# There may be one launch and one terminal phase at any moment: those that stay give up their kind before others get it.
_GIVE_UP_KIND = """
UPDATE phases p SET kind = 'normal' WHERE p.workspace_id = $1 AND p.retired_at IS NULL AND p.kind <> 'normal'
"""
_PUT = """
INSERT INTO phases AS p (workspace_id, key, name, position, target_days, kind)
SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[]) n
ON CONFLICT (workspace_id, key) DO UPDATE SET name = excluded.name, position = excluded.position,
    target_days = excluded.target_days, kind = excluded.kind, retired_at = NULL, moved_to = NULL
"""


async def apply_preset(change: Change, body: PresetApply) -> list[PhaseMoved]:
    """Give the workspace the phases of a preset and return what became of each phase that it had, in their order.

    Phases that the preset has as well stay, and take over its names, targets and order; the others are retired.

    Raises:
        ApiError: 403 ``insufficient_role``; 400 ``invalid_enum_value`` or ``invalid_field`` for a mapping from or to
            what is no phase; 400 ``missing_field`` where a phase has onboardings and the mapping does not say where
            they go; 409 ``too_many_onboardings``.
    """
    require(change.actor, "admin")
    preset = PRESETS[body.preset]
    phases = await lock_phases(change)
    mapping = _complete(phases, preset, body.mapping)
    leaving = [phase for phase in phases if mapping[phase.key] != phase.key]
    rows = await close_phases(change, [phase.key for phase in leaving])
    counts = Counter(row.phase for row in rows)
    if not body.dry_run:
        _check_all_is_said(leaving, body, counts)
    staying = [phase.key for phase in phases if phase not in leaving]
    for key, count in await change.connection.fetch(_COUNT, change.actor.workspace_id, staying):
        counts[key] = count
    moved = [_moved(phase, preset, mapping, counts[phase.key]) for phase in phases]
    await _put(change, phases, preset, mapping)
    moves = {each.left.key: Move(each.left, each.entered, each.keeps_clock) for each in moved}
    await move_onboardings(change, rows, moves, f"Switched to the preset {preset.name}")
    change.note(
        "phases.preset_applied",
        f"Switched to the preset {preset.name}",
        Subject("workspace", change.actor.workspace_id),
        {"preset": preset.key, "mapping": mapping, "moved_onboardings": len(rows)},
    )
    return moved


def _complete(phases: list[Phase], preset: Preset, sent: dict[str, str]) -> dict[str, str]:
    """Return the mapping of all phases: as sent, and as proposed where nothing was."""
    own = [phase.key for phase in phases]
    if not sent.keys() <= set(own):
        raise invalid_field("mapping", f"A mapping is from phases that the workspace has: {', '.join(own)}.")
    for key, target in sent.items():
        if preset.phase(target) is None:
            known = tuple(phase.key for phase in preset.phases)
            raise ApiError(400, "invalid_enum_value", enum_message(known, target), field=f"mapping.{key}")
    mapping = propose_mapping(phases, preset) | sent
    for phase in phases:
        same = preset.phase(phase.key)
        if same and mapping[phase.key] == phase.key and (same.kind == "terminal") != (phase.kind == "terminal"):
            message = f"{phase.name} begins or ceases to be the terminal phase: map its onboardings to another one."
            raise invalid_field(f"mapping.{phase.key}", message)
    return mapping


def _check_all_is_said(leaving: list[Phase], body: PresetApply, counts: Counter[str]) -> None:
    unsaid = [phase.key for phase in leaving if counts[phase.key] and phase.key not in body.mapping]
    if unsaid:
        message = f"Say where the onboardings of {', '.join(unsaid)} go. A dry run proposes it."
        raise ApiError(400, "missing_field", message, field=f"mapping.{unsaid[0]}")


def _moved(phase: Phase, preset: Preset, mapping: dict[str, str], count: int) -> PhaseMoved:
    entered = preset.phase(mapping[phase.key])
    assert entered is not None  # noqa: S101 - the mapping was checked
    stays = entered.key == phase.key
    return PhaseMoved(phase, entered, count, stays or keeps_clock(phase.key, mapping, preset))


async def _put(change: Change, phases: list[Phase], preset: Preset, mapping: dict[str, str]) -> None:
    """Write the preset's phases, and retire those that it does not have."""
    workspace_id, connection = change.actor.workspace_id, change.connection
    gone = [phase.key for phase in phases if preset.phase(phase.key) is None]
    await connection.execute(_RETIRE, workspace_id, change.at, gone, [mapping[key] for key in gone])
    await connection.execute(_GIVE_UP_KIND, workspace_id)
    columns = zip(*((p.key, p.name, p.position, p.target_days, p.kind) for p in preset.phases), strict=True)
    await connection.execute(_PUT, workspace_id, *columns)
