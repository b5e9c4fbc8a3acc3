"""The form of a custom field: its words, and its options as rows that are added, carried and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pivotal_server.core.validation import RequestModel
from pivotal_server.fields.schemas import CustomFieldCreate, CustomFieldUpdate
from pivotal_server.web.forms import Form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pivotal_server.fields.models import FieldRow
    from pivotal_server.web.page import Page

TYPE_WORDS = {"string": "Text", "number": "Number", "date": "Date", "select": "One of several options"}
RESOURCE_WORDS = {"customer": "Customers", "onboarding": "Onboardings"}


class OptionLine(NamedTuple):
    """A row of the form: an option as it was saved, empty for a new one, and as it is typed."""

    was: str
    now: str


class FieldForm(NamedTuple):
    """A form as it was sent, or as it is shown first."""

    form: Form[Any]
    lines: list[OptionLine]

    @property
    def options(self) -> list[str]:
        """The options in their order, without rows that are empty."""
        return [line.now for line in self.lines if line.now]

    @property
    def renamed(self) -> dict[str, str]:
        """New names of options, by the old ones; a row that was emptied is an option that goes."""
        return {line.was: line.now for line in self.lines if line.was and line.now}


def read_form(page: Page, model: type[RequestModel], more: Mapping[str, Any]) -> FieldForm:
    """Return what was sent; ``more`` is what the model needs beyond the fields of the form."""
    lines = _lines(page)
    options = [line.now for line in lines if line.now]
    form: Form[Any] = page.read_form(model, {**more, **({"options": options} if options else {})})
    return FieldForm(form, lines)


def form_of(row: FieldRow) -> FieldForm:
    """Return the form that changes a field."""
    values = {"name": row.name, "description": row.description or "", "seen": row.updated_at.isoformat()}
    return FieldForm(Form(values), [OptionLine(option, option) for option in row.options])


def read_create(page: Page, key: str) -> FieldForm:
    """Return the form of a new field, with the key that its name makes."""
    found = read_form(page, CustomFieldCreate, {"key": key})
    if page.field("type") != "select" and found.form.body is not None:
        found.form.body = found.form.body.model_copy(update={"options": None})
    return found


def read_update(page: Page, row: FieldRow) -> FieldForm:
    """Return the form that changes a field; a select without options is told of as such."""
    found = read_form(page, CustomFieldUpdate, {"name": page.field("name")})
    if row.type == "select" and not found.options:
        found.form.errors["options"] = "Keep at least one option."
        found.form.body = None
    return found


def rearranged(page: Page) -> FieldForm:
    """Return the form with its options as a button of theirs asks: ``add``, ``up-2``, ``down-2`` or ``remove-2``."""
    lines = _lines(page)
    verb, _, number = page.field("do").partition("-")
    # Rows keep the numbers that they were shown with, wherever they were carried since.
    numbers = _texts(page.sent.getlist("row"))
    place = numbers.index(number) if number in numbers else -1
    if verb == "add":
        lines.append(OptionLine("", ""))
    elif verb == "remove" and 0 <= place < len(lines):
        del lines[place]
    elif verb in {"up", "down"}:
        _swap(lines, place, place - 1 if verb == "up" else place + 1)
    return FieldForm(Form(dict(page.sent)), lines)


def _swap(lines: list[OptionLine], one: int, other: int) -> None:
    if 0 <= one < len(lines) and 0 <= other < len(lines):
        lines[one], lines[other] = lines[other], lines[one]


def _lines(page: Page) -> list[OptionLine]:
    return [
        OptionLine(was.strip(), now.strip())
        for was, now in zip(_texts(page.sent.getlist("was")), _texts(page.sent.getlist("option")), strict=False)
    ]


def _texts(values: Sequence[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
