"""Properties: what is known of a thing, field by field, each edited in place; two who do so at once are told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import orjson

from pivotal_server.core.errors import ApiError
from pivotal_server.web.page import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel
    from starlette.responses import Response

    from pivotal_server.core.db import Connection
    from pivotal_server.identity.models import Actor
    from pivotal_server.timeline.change import Change
    from pivotal_server.web.page import Page

# What the names of a workspace's own fields begin with.
CUSTOM = "custom_"
_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that is known of a customer, an onboarding, a lead.

    Attributes:
        name: of the field in its form.
        kind: ``text``, ``email``, ``url``, ``number``, ``money``, ``date``, ``select``, ``tags``, ``notes``, ``check``
            or ``people``, which is chosen in a dialog.
        value: what is in the field; of people their ids, with commas between.
        field: what the update's body calls it, and its changes on the timeline.
        choices: value and words of what is offered.
        required: whether an empty field is refused; one of the others becomes null then.
        suggests: the path that suggests ends to what is typed.
    """

    name: str
    label: str
    icon: str
    kind: str
    value: str
    field: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str | None = None
    required: bool = False
    suggests: str | None = None

    def words(self, value: str) -> str:
        """Return a value as people read it."""
        if self.kind == "check":
            return "on" if value == "true" else "off"
        if self.kind == "people":
            return ", ".join(dict(self.choices).get(id_, id_) for id_ in listed(value))
        return dict(self.choices).get(value, value)


class Known(NamedTuple):
    """What is known of a thing now.

    Attributes:
        name: what people call it.
        path: where its page is.
        custom_fields: JSON text of the workspace's own fields, where it has any.
    """

    name: str
    path: str
    properties: Sequence[Property]
    custom_fields: str | None = None


class Editable(Protocol):
    """A thing whose properties are edited in place."""

    @property
    def model(self) -> type[BaseModel]:
        """The body of its update."""

    @property
    def action(self) -> str:
        """The path below which each property has its form."""

    async def read(self, connection: Connection, actor: Actor, *, lock: bool = False) -> Known:
        """Return what is known of it; with ``lock``, held until the end of the transaction."""

    async def save(self, change: Change, body: Any) -> object:  # noqa: ANN401 - an instance of its model
        """Update it."""

    async def who_changed(self, connection: Connection, actor: Actor, field: str) -> str:
        """Return who changed a field of it last."""


class MeanwhileError(ApiError):
    """Somebody else has changed the same field since the page was shown."""

    def __init__(self, theirs: Property, who: str) -> None:
        super().__init__(_CONFLICT, "changed_meanwhile", f"{who} changed this meanwhile.")
        self.theirs, self.who = theirs, who


async def change_in_place(page: Page, thing: Editable, name: str) -> Response:
    """Change the property of this name as a form says; what somebody else made of it meanwhile is shown instead.

    Raises:
        ApiError: 404 where there is no such property.
    """
    known = await thing.read(page.connection, page.actor)
    shown = find_property(known.properties, name)
    text = typed(page, shown)
    error, conflict = await save_property(page, thing, known, shown, text)
    if error or conflict:
        return page.render(
            "web/property_page.html",
            block="property",
            status=_CONFLICT if conflict else UNPROCESSABLE,
            known=known,
            action=thing.action,
            one=shown,
            saved=False,
            text=text,
            error=error,
            conflict=conflict,
        )
    if not page.wants_fragment:
        known = await thing.read(page.connection, page.actor)
        return page.redirect(known.path, toast=f"Saved {shown.label}")
    one = find_property((await thing.read(page.connection, page.actor)).properties, name)
    context: dict[str, Any] = {"action": thing.action, "text": None, "error": None, "conflict": None}
    return page.fragment("web/property_page.html", "property", one=one, saved=True, **context)


async def save_property(
    page: Page, thing: Editable, known: Known, shown: Property, text: str
) -> tuple[str | None, MeanwhileError | None]:
    """Save a property; return what is wrong with it, or what somebody else made of it since the form was shown."""
    was = page.field("was")

    async def work(change: Change) -> None:
        held = await thing.read(change.connection, change.actor, lock=True)
        now = find_property(held.properties, shown.name)
        if "was" in page.sent and now.value not in {was, text}:
            raise MeanwhileError(now, await thing.who_changed(change.connection, change.actor, now.field))
        body = body_of(now, text, held.custom_fields)
        await thing.save(change, thing.model.model_validate(body, strict=False))

    form = page.read_form(thing.model, body_of(shown, text, known.custom_fields))
    try:
        if form.body is not None:
            await page.commit(work)
            return None, None
    except MeanwhileError as error:
        return None, error
    except ApiError as error:
        form.refuse(error)
    return form.errors.get(shown.field) or form.error or "This cannot be saved.", None


def find_property(properties: Sequence[Property], name: str) -> Property:
    """Return the property with this name.

    Raises:
        ApiError: 404 where there is none.
    """
    for one in properties:
        if one.name == name:
            return one
    raise ApiError(404, "http_exception", "There is no such field.")


def typed(page: Page, one: Property) -> str:
    """Return what a form has for a property: that of somebody else, where that was chosen instead."""
    if "theirs" in page.sent:
        return page.field("theirs")
    if one.kind == "people":
        return ", ".join(sorted(str(id_) for id_ in page.sent.getlist(one.name) if id_))
    return page.field(one.name)


def body_of(one: Property, text: str, custom_fields: str | None = None) -> dict[str, Any]:
    """Return the fields of an update's body that give a property the value in its form.

    Args:
        one: the property.
        text: what is in the field.
        custom_fields: JSON text of the workspace's own fields, of which the others stay.
    """
    if one.name.startswith(CUSTOM):
        values, key = orjson.loads(custom_fields or "{}"), one.name.removeprefix(CUSTOM)
        values.pop(key, None)
        return {one.field: values | ({key: _as_json(one, text)} if text else {})}
    if one.kind in ("tags", "people"):
        return {one.field: listed(text)}
    if one.kind == "money":
        return {one.field: _cents(text) if text else None}
    return {one.field: text if text or one.required else None}


def listed(text: str) -> list[str]:
    """Return what stands between commas, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def in_units(cents: int | None) -> str:
    """Return an amount as its field has it."""
    if cents is None:
        return ""
    return f"{cents // 100}" if cents % 100 == 0 else f"{cents // 100}.{cents % 100:02d}"


def in_groups(
    properties: Sequence[Property], headings: Mapping[str, str], rest: str
) -> list[tuple[str, list[Property]]]:
    """Return the properties below headings, as a page has them beside the work.

    Args:
        properties: all of them.
        headings: where a name is found; ``""`` for what stands elsewhere.
        rest: where all others stand.
    """
    groups: dict[str, list[Property]] = {heading: [] for heading in (*headings.values(), rest) if heading}
    for one in properties:
        if heading := headings.get(one.name, rest):
            groups[heading].append(one)
    return list(groups.items())


def _as_json(one: Property, text: str) -> object:
    """Return a custom field's value as JSON has it; what is no number goes on as text, to be refused as that."""
    if one.kind != "number":
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def _cents(text: str) -> object:
    """Return an amount in cents; what is none goes on as text, to be refused as that."""
    try:
        cents = Decimal(text.replace(",", "").replace(" ", "")) * 100
        return int(cents) if cents == int(cents) else text
    except (InvalidOperation, ValueError, OverflowError):
        return text
