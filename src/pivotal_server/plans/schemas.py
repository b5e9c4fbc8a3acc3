"""Previews of changes to whole plans over the API."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from pivotal_server.core.validation import shown_as
from pivotal_server.onboardings.schemas import EXAMPLE, Onboarding
from pivotal_server.tasks.plan_schemas import EXAMPLE_MOVE, TaskMove


class OnboardingPreview(TypedDict):
    """What a change to an onboarding would do; nothing of it is done."""

    __pydantic_config__ = shown_as(  # type: ignore[misc]
        {"object": "onboarding_preview", "onboarding": EXAMPLE, "moves": [EXAMPLE_MOVE]}
    )

    object: Literal["onboarding_preview"]
    onboarding: Annotated[Onboarding, Field(description="The onboarding as it would be.")]
    moves: Annotated[list[TaskMove], Field(description="All tasks whose due date would move, soonest due first.")]
