"""The Markdown of the catalogue of events: a page for each event type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pivotal_server.site.agents import SAMPLE_ADDRESS
from pivotal_server.site.reference.fields import fields_of
from pivotal_server.site.reference.pages import EXAMPLE, fence, field_list, in_json, page_of, resource_path
from pivotal_server.site.reference.words import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pivotal_server.site.reference.spec import Json, Operation, Spec

_UP = "../../"
_TRIGGER = (
    "`pivotal trigger` makes one up, with `livemode: false`, and changes nothing. It goes to an endpoint of yours or, "
    "without one, to whoever runs `pivotal listen`:"
)


def event_path(name: str) -> str:
    """Return where the page of an event type is, below ``/docs``."""
    return f"webhooks/events/{name}"


def event_page(spec: Spec, name: str) -> str:
    """Return the page of an event type.

    Args:
        spec: the document.
        name: such as ``customer.created``.
    """
    node = spec.webhooks[name]
    media = node["requestBody"]["content"]["application/json"]
    envelope = spec.resolve(media["schema"])
    data = envelope["properties"]["data"]["properties"]
    resource = name.partition(".")[0]
    parts = [
        f"# {name}",
        node["description"],
        _say_where(name, resource),
        "## Envelope",
        field_list([field for field in fields_of(spec, envelope, is_sent=False) if field.name != "data"], _UP),
        "## data.object",
        *_object(spec, data["object"], resource),
        "## data.previous_attributes",
        "\n".join(_previous(spec, data["previous_attributes"])),
        "## Send yourself one",
        _TRIGGER,
        fence("sh", f"pivotal trigger {name} --endpoint {_test_event(spec).in_path[0].example}"),
        "The same over the API:",
        fence("sh", _request(_test_event(spec), name)),
        f"## {EXAMPLE}",
        fence("json", in_json(media["example"])),
    ]
    return "\n\n".join(parts) + "\n"


def _say_where(name: str, resource: str) -> str:
    return (
        f"It goes to the [endpoints]({_UP}webhooks/endpoints.md) whose `events` have `{name}`, `{resource}.*` or `*`, "
        f"and [the list of events]({_UP}api/events/list.md) has it for thirty days."
    )


def _object(spec: Spec, schema: Json, resource: str) -> Iterator[str]:
    page = page_of(resource)
    assert page is not None  # noqa: S101 - events are about resources
    fields = f"[{RESOURCES[page].title}]({_UP}{resource_path(page)}.md#fields)"
    yield f"The {resource} as it is after the change, with the fields of {fields}."
    for more in schema.get("allOf", ())[1:]:
        yield "Beside or instead of them:"
        yield field_list(fields_of(spec, more, is_sent=False), _UP)


def _previous(spec: Spec, schema: Json) -> Iterator[str]:
    if schema.get("type") == "null":
        yield "Always `null`: there are no former values."
        return
    options = schema.get("anyOf", [schema])
    always = [each for option in options for part in option.get("allOf", ()) for each in part.get("required", ())]
    yield schema["description"]
    if always:
        yield (
            f"Always among them{', where there are any' if len(options) > 1 else ''}: "
            + ", ".join(f"`{each}`" for each in always)
            + "."
        )
    known = spec.resolve(options[0].get("allOf", options)[0])["properties"]
    others = [f"`{each}`" for each in known if each not in always]
    yield f"Possible{' besides' if always else ''}: {', '.join(others)}."


def _test_event(spec: Spec) -> Operation:
    return next(operation for operation in spec.operations if operation.id == "send-test-event")


def _request(operation: Operation, name: str) -> str:
    return (
        f"curl {SAMPLE_ADDRESS}{operation.address} \\\n"
        '  -H "Authorization: Bearer $PIVOTAL_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"""  -d '{{"type": "{name}"}}'"""
    )
