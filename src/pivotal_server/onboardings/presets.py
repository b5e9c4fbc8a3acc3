"""Ready-made sets of phases, and the table by which onboardings go over from one set to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pivotal_server.onboardings.phases import DEFAULT_PHASES, Phase


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of phases to choose."""

    key: str
    name: str
    phases: tuple[Phase, ...]

    def phase(self, key: str) -> Phase | None:
        """Return its phase with this key, if it has one."""
        return next((phase for phase in self.phases if phase.key == key), None)


@dataclass(frozen=True, slots=True)
class PhaseMoved:
    """What became of the onboardings of a phase: how many went from which to which, and whether their clock goes on."""

    left: Phase
    entered: Phase
    onboardings: int
    keeps_clock: bool


PRESETS = {
    preset.key: preset
    for preset in (
        Preset("seven_phases", "Seven phases, from before the start to completion", DEFAULT_PHASES),
        Preset(
            "five_phases",
            "Five phases, from kickoff to adoption",
            (
                Phase("kickoff", "Kickoff", 1, 7, "normal"),
                Phase("integration", "Integration", 2, 21, "normal"),
                Phase("uat", "UAT", 3, 14, "normal"),
                Phase("launch", "Launch", 4, 7, "launch"),
                Phase("adoption", "Adoption", 5, 0, "terminal"),
            ),
        ),
    )
}

# Which phase of the other preset means the same, or comes closest; launch and terminal phases find each other.
_COUNTERPARTS = {
    "before_getting_started": "kickoff",
    "program_design": "kickoff",
    "review": "integration",
    "program_buildout": "integration",
    "internal_qa": "uat",
    "kickoff": "before_getting_started",
    "integration": "program_buildout",
    "uat": "internal_qa",
}


def propose_mapping(phases: Sequence[Phase], preset: Preset) -> dict[str, str]:
    """Return, for each of a workspace's phases, the phase of the preset that its onboardings should go to.

    A phase that nothing is known of goes where the phase before it goes, the first to the preset's first.
    """
    by_kind = {phase.kind: phase.key for phase in preset.phases if phase.kind != "normal"}
    mapping: dict[str, str] = {}
    before = preset.phases[0].key
    for phase in phases:
        same = preset.phase(phase.key) or preset.phase(_COUNTERPARTS.get(phase.key, ""))
        if phase.kind in by_kind:
            before = by_kind[phase.kind]
        elif same is not None and same.kind != "terminal":
            before = same.key
        mapping[phase.key] = before
    return mapping


def keeps_clock(key: str, mapping: Mapping[str, str], preset: Preset) -> bool:
    """Return whether a phase only gets another name: no other goes to the same, and those around it stay around it.

    Args:
        key: the phase's.
        mapping: from each of the workspace's phases, in their order, to one of the preset's.
        preset: gives the order of its phases.
    """
    positions = {phase.key: phase.position for phase in preset.phases}
    places = [positions[new] for new in mapping.values()]
    here = list(mapping).index(key)
    earlier, later = places[:here], places[here + 1 :]
    return all(place < places[here] for place in earlier) and all(place > places[here] for place in later)
