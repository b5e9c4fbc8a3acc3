"""Presets of phases over the API (documentation: Phases, presets)."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.pagination import list_example
from pivotal_server.core.validation import OneOf, RequestModel, shown_as
from pivotal_server.onboardings.phase_schemas import PhaseResource, present_phase
from pivotal_server.onboardings.phases import PhaseKind
from pivotal_server.onboardings.presets import PRESETS, PhaseMoved, Preset

_FIVE = PRESETS["five_phases"]
_MAPPING = {
    "before_getting_started": "kickoff",
    "program_design": "kickoff",
    "review": "integration",
    "program_buildout": "integration",
    "internal_qa": "uat",
    "launch": "launch",
    "completed": "adoption",
}

PresetKey = Annotated[str, OneOf(tuple(PRESETS))]


def present_preset(preset: Preset) -> dict[str, Any]:
    """Return the preset as the API shows it."""
    shown = ("key", "name", "position", "target_days", "kind")
    phases = [{name: getattr(phase, name) for name in shown} for phase in preset.phases]
    return {"object": "phase_preset", "key": preset.key, "name": preset.name, "phases": phases}


EXAMPLE_SWITCH: dict[str, Any] = {
    "object": "phase_preset_switch",
    "preset": _FIVE.key,
    "dry_run": True,
    "mapping": _MAPPING,
    "moves": [
        {"from_phase": "program_design", "to_phase": "kickoff", "onboardings": 4, "clock": "restarts"},
        {"from_phase": "internal_qa", "to_phase": "uat", "onboardings": 2, "clock": "continues"},
    ],
    "phases": [present_phase(phase) for phase in _FIVE.phases],
}


class PresetPhase(TypedDict):
    """A phase of a preset."""

    key: Annotated[str, Field(description="What `phase` of an onboarding will hold.")]
    name: Annotated[str, Field(description="For people.")]
    position: Annotated[int, Field(description="Its place in the order, from 1.")]
    target_days: Annotated[int, Field(description="Days that the phase should take; 0 where it has no target.")]
    kind: Annotated[
        PhaseKind, Field(description="Entering `launch` launches an onboarding, entering `terminal` completes it.")
    ]


class PhasePreset(TypedDict):
    """A ready-made set of phases."""

    __pydantic_config__ = shown_as(present_preset(_FIVE))  # type: ignore[misc]

    object: Literal["phase_preset"]
    key: Annotated[str, Field(description="What apply-phase-preset calls it.")]
    name: Annotated[str, Field(description="For people.")]
    phases: Annotated[list[PresetPhase], Field(description="Its phases, in order.")]


class PhasePresetList(TypedDict):
    """All presets; the first is what a new workspace has."""

    __pydantic_config__ = shown_as(list_example(present_preset(_FIVE)))  # type: ignore[misc]

    object: Literal["list"]
    data: list[PhasePreset]
    has_more: bool
    next_cursor: str | None


class PresetApply(RequestModel):
    """Body of apply-phase-preset."""

    model_config = shown_as({"preset": _FIVE.key, "dry_run": True})

    preset: Annotated[PresetKey, Field(description="Key of the preset, as list-phase-presets tells it.")]
    mapping: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description="To which phase of the preset the onboardings of each of your phases go. A phase that the "
            "preset has too may be left out, and so may one without onboardings; a preview proposes what is left out.",
        ),
    ]
    dry_run: Annotated[bool, Field(description="Show what would happen, and change nothing.")] = False


class PresetMove(TypedDict):
    """What becomes of the onboardings of one of your phases."""

    from_phase: Annotated[str, Field(description="Key of your phase.")]
    to_phase: Annotated[str, Field(description="Key of the preset's phase.")]
    onboardings: Annotated[int, Field(description="How many there are.")]
    clock: Annotated[
        Literal["continues", "restarts"],
        Field(description="`continues` where the phase stays or only gets another name."),
    ]


class PresetSwitch(TypedDict):
    """What a switch to a preset did, or would do."""

    __pydantic_config__ = shown_as(EXAMPLE_SWITCH)  # type: ignore[misc]

    object: Literal["phase_preset_switch"]
    preset: Annotated[str, Field(description="Key of the preset.")]
    dry_run: Annotated[bool, Field(description="Whether this only tells what would happen.")]
    mapping: Annotated[dict[str, str], Field(description="The whole table; what a preview shows can be sent as it is.")]
    moves: Annotated[
        list[PresetMove], Field(description="What becomes of the onboardings of each of your phases, in their order.")
    ]
    phases: Annotated[list[PhaseResource], Field(description="The workspace's phases after the switch.")]


def present_switch(body: PresetApply, moved: Sequence[PhaseMoved]) -> dict[str, Any]:
    """Return what a switch did to each phase of the workspace, in their order, as the API shows it."""
    return {
        "object": "phase_preset_switch",
        "preset": body.preset,
        "dry_run": body.dry_run,
        "mapping": {each.left.key: each.entered.key for each in moved},
        "moves": [
            {
                "from_phase": each.left.key,
                "to_phase": each.entered.key,
                "onboardings": each.onboardings,
                "clock": "continues" if each.keeps_clock else "restarts",
            }
            for each in moved
        ],
        "phases": [present_phase(phase) for phase in PRESETS[body.preset].phases],
    }
