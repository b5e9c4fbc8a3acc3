"""What the form has with which an operation is tried from its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivotal_server.site.reference.pages import in_json

if TYPE_CHECKING:
    from pivotal_server.site.reference.spec import Operation, Parameter

_LINES = 4, 18


@dataclass(frozen=True, slots=True)
class Control:
    """A control of the form.

    Attributes:
        name: of the parameter.
        place: ``path`` or ``query``.
        value: what it begins with.
        is_required: whether it has to be filled in.
        choices: the values that there are; empty where any is taken.
    """

    name: str
    place: str
    value: str
    is_required: bool
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """How an operation is tried.

    Attributes:
        verb: of HTTP.
        path: with parameters in braces.
        is_public: whether it takes no key.
        key_header: where the key stands by itself; None where it is a Bearer token.
        writes: whether it may change something.
        content_type: of the body; None where there is none.
        needed: the controls that cannot be left out.
        others: those that can.
        body: what the body begins with; None where there is none, or it is a file.
        lines: how many lines of the body are shown.
    """

    verb: str
    path: str
    is_public: bool
    key_header: str | None
    writes: bool
    content_type: str | None
    needed: tuple[Control, ...]
    others: tuple[Control, ...]
    body: str | None
    lines: int


def form_of(operation: Operation) -> Form:
    """Return the form of an operation, filled in with its examples."""
    query = [
        _control(parameter, "query") for parameter in operation.in_query if parameter.schema.get("type") != "object"
    ]
    body = in_json(operation.body.example) if operation.body and operation.body.is_json else None
    least, most = _LINES
    return Form(
        verb=operation.verb,
        path=operation.path,
        is_public=operation.is_public,
        key_header=operation.key_header,
        writes=operation.writes,
        content_type=operation.body.content_type if operation.body else None,
        needed=(
            *(_control(parameter, "path") for parameter in operation.in_path),
            *(control for control in query if control.is_required),
        ),
        others=tuple(control for control in query if not control.is_required),
        body=body,
        lines=min(most, max(least, (body or "").count("\n") + 1)),
    )


def _control(parameter: Parameter, place: str) -> Control:
    choices = tuple(str(value) for value in parameter.schema.get("enum", ()))
    is_open = "x-extensible-enum" in parameter.schema
    return Control(parameter.name, place, parameter.example or "", parameter.required, () if is_open else choices)
