"""The page that starts an onboarding, and shows beforehand the plan that would land."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData

from pivotal_server.calendars.queries import working_days_of
from pivotal_server.core.errors import ApiError
from pivotal_server.customer_pages.detail_queries import find_customer
from pivotal_server.identity.people import list_members
from pivotal_server.onboardings.models import ROLE_NAMES
from pivotal_server.onboardings.phases import list_phases
from pivotal_server.plans.detail import path_of
from pivotal_server.starting.actions import start_onboarding
from pivotal_server.starting.choices import offer_customers, suggest_customers
from pivotal_server.starting.schemas import EXISTING, NEW, Start
from pivotal_server.tasks.plan_view import read_plan
from pivotal_server.templates.choices import list_template_choices
from pivotal_server.web.forms import Form
from pivotal_server.web.page import UNPROCESSABLE
from pivotal_server.web.routes import PageRoutes

if TYPE_CHECKING:
    from datetime import date

    from starlette.responses import Response

    from pivotal_server.tasks.plan_view import PlanView
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

pages = PageRoutes()

# Whoever looks at the plan first need not have said whose it is.
_NOBODY = "A new customer"


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan that would land.

    Attributes:
        view: the plan, or None where the action refuses; ``problem`` says why then.
        target: the target launch date.
        late: working days by which the last task before the launch is due after the target; below 0 before it.
    """

    view: PlanView | None = None
    problem: str = ""
    target: date | None = None
    late: int = 0


@pages.get("/onboardings/new")
async def new_onboarding(page: Page) -> Response:
    """Show the form of a new onboarding, of the customer that the address names."""
    now = page.services.clock.now()
    values: dict[str, Any] = {"csm_id": page.visitor.person_id}
    if asked := page.query_params.get("customer"):
        values["customer_id"] = (await find_customer(page.connection, page.actor, asked)).id
    values["name"] = page.query_params.get("name", "")
    customer_id = values.get("customer_id")
    _, time_zone = await working_days_of(page.connection, page.actor.workspace_id, customer_id)
    values["starts_on"] = now.astimezone(time_zone).date().isoformat()
    return await _show(page, Form(values))


@pages.get("/onboardings/new/customers")
async def customer_options(page: Page) -> Response:
    """Give the customers that fit what was typed, as options."""
    found = await suggest_customers(page.connection, page.actor, page.query_params.get("q", "").strip()[:200])
    return page.fragment("starting/new.html", "customers", customers=found)


@pages.post("/onboardings/new")
async def start(page: Page) -> Response:
    """Start an onboarding and go on to it; where ``preview`` or ``launch`` is sent, show the plan that would land."""
    if launch := page.field("launch"):  # the button that makes the end of the plan the target
        kept = [pair for pair in page.sent.multi_items() if pair[0] != "target_launch_date"]
        page.sent = FormData([*kept, ("target_launch_date", launch)])
    day = page.field("target_launch_date")
    form = page.read_form(Start, {"target_launch_date": f"{day}T00:00:00Z" if day else None})
    if launch or page.field("preview"):
        preview = await _preview(page, form)
        if page.wants_fragment:
            return page.fragment("starting/new.html", "plan", preview=preview, form=form)
        form.errors.clear()  # nothing was to be saved yet
        return await _show(page, form, preview=preview)
    row = await page.submit(form, start_onboarding)
    if row is None:
        return await _show(page, form, preview=await _preview(page, form), status=UNPROCESSABLE)
    return page.redirect(path_of(row), toast=f"Started {row.name}")


async def _preview(page: Page, form: Form[Start]) -> Preview:
    """Return the plan that would land by what is right in a form; the same action makes it, and is taken back."""
    body = _as_far_as_right(page, form)

    async def work(change: Change) -> PlanView:
        row = await start_onboarding(change, body)
        return await read_plan(change.connection, change.actor, row, change.at)

    try:
        view = await page.preview(work)
    except ApiError as error:
        return Preview(problem=error.message)
    target = view.onboarding.target_launch_date
    day = target.date() if target else None
    late = view.working_days.between(day, view.end) if day and view.end else 0
    return Preview(view, target=day, late=late)


def _as_far_as_right(page: Page, form: Form[Start]) -> Start:
    """Return the form's body without the fields at fault, for a customer of no name where none is told yet."""
    sent = [(name, value) for name, value in page.sent.multi_items() if name not in form.errors]
    day = page.field("target_launch_date") if "target_launch_date" not in form.errors else ""
    given = {"target_launch_date": f"{day}T00:00:00Z" if day else None}
    body = Form.read(FormData(sent), Start, given).body or Start()
    told: dict[str, Any] = {} if "name" in body.model_fields_set else {"name": _NOBODY}
    if body.whose == NEW or body.customer_id is None:
        told |= {"whose": NEW, "customer_name": body.customer_name or _NOBODY, "domain": None}
    return body.model_copy(update=told)


async def _show(page: Page, form: Form[Start], *, preview: Preview | None = None, status: int = 200) -> Response:
    connection, actor = page.connection, page.actor
    customers, form.values["customer_id"] = await offer_customers(connection, actor, form.values.get("customer_id"))
    templates = await list_template_choices(connection, actor)
    team = await list_members(connection, actor.workspace_id)
    form.values.setdefault("whose", EXISTING if customers else NEW)
    return page.render(
        "starting/new.html",
        status=status,
        form=form,
        customers=customers,
        phases=[(phase.key, phase.name) for phase in await list_phases(connection, actor.workspace_id)],
        templates=[(one.id, one.name, f"{one.task_count} tasks") for one in templates],
        roles=list(ROLE_NAMES.items()),
        team=[(person.id, person.name, person.email) for person in team],
        preview=preview,
    )
