"""The form that starts an onboarding."""

from typing import Annotated

from pydantic import Field

from pivotal_server.core.validation import UNSENT, Date, ExternalId, Name, OneOf, RequestModel
from pivotal_server.onboardings.schemas import Moment, PhaseKey, TeammateId

EXISTING, NEW = "existing", "new"


class Start(RequestModel):
    """What starts an onboarding.

    Attributes:
        whose: whether ``customer_id`` says whose it is, or a customer is added with ``customer_name`` and ``domain``.
        starts_on: the first day, where the customer is; today unless it is sent.
    """

    whose: Annotated[str, OneOf((EXISTING, NEW))] = EXISTING
    customer_id: ExternalId | None = None
    customer_name: Name | None = None
    domain: Annotated[str, Field(max_length=253)] | None = None
    name: Name = UNSENT
    phase: PhaseKey = UNSENT
    template_id: ExternalId | None = None
    starts_on: Date | None = None
    target_launch_date: Moment | None = None
    csm_id: TeammateId = None
    se_id: TeammateId = None
    designer_id: TeammateId = None
    product_ops_id: TeammateId = None
