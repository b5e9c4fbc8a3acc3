"""The Markdown of the reference: a page for each operation, and one for each resource."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from pivotal_server.site.reference.errors import refusals_of
from pivotal_server.site.reference.fields import describe, fields_of, whole_resource
from pivotal_server.site.reference.samples import samples_of
from pivotal_server.site.reference.spec import JSON_TYPE
from pivotal_server.site.reference.words import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pivotal_server.site.reference.fields import Field
    from pivotal_server.site.reference.spec import Answer, Json, Operation, Parameter, Spec

EXAMPLE = "Example"
_INDENT = "  "


def path_of(operation: Operation) -> str:
    """Return where an operation's page is, below ``/docs``."""
    return f"{resource_path(operation.resource)}/{hyphens(operation.method)}"


def resource_path(resource: str) -> str:
    """Return where a resource's page is, below ``/docs``."""
    return f"api/{hyphens(resource)}"


def hyphens(name: str) -> str:
    """Return a name of the SDKs' as addresses have it."""
    return name.replace("_", "-")


def operation_page(spec: Spec, operation: Operation) -> str:
    """Return the page of an operation."""
    depth = path_of(operation).count("/")
    parts = [
        f"# {operation.summary}",
        operation.description,
        fence("http", f"{operation.verb} {operation.path}"),
        _say_access(operation, depth),
    ]
    parts += _parameters(spec, "Path parameters", operation.in_path)
    parts += _parameters(spec, "Query parameters", operation.in_query)
    if operation.body is not None:
        parts += ["## Body", *_body(spec, operation, depth)]
    parts += ["## Answer", *_answer(spec, operation, depth)]
    parts += ["## Errors", *_errors(operation, depth)]
    parts += [f"## {EXAMPLE}", *(fence(*sample) for sample in samples_of(spec, operation))]
    if operation.success.example is not None:
        parts.append(_shown(operation.success))
    return "\n\n".join(part for part in parts if part) + "\n"


def resource_page(spec: Spec, name: str, operations: Sequence[Operation]) -> str:
    """Return the page of a resource: what can be done, and the fields that it has."""
    words = RESOURCES[name]
    calls = [
        f"- [{each.summary}]({hyphens(name)}/{hyphens(each.method)}.md): `{each.verb} {each.path}`"
        for each in operations
    ]
    parts = [f"# {words.title}", words.about]
    if words.guide:
        parts.append(f"[The guide](../{words.guide}.md) tells how it is used.")
    parts += ["## Operations", "\n".join(calls)]
    if words.example is not None:
        schema = spec.schemas[words.example]
        parts += [
            "## Fields",
            field_list(fields_of(spec, schema, is_sent=False), "../" * resource_path(name).count("/"), name),
        ]
        parts += [f"## {EXAMPLE}", fence("json", in_json(schema["examples"][0]))] if schema.get("examples") else []
    return "\n\n".join(parts) + "\n"


def field_list(fields: Sequence[Field], up: str, of: str | None = None) -> str:
    """Return fields as a list, those inside of others below them.

    Args:
        fields: in order.
        up: leads from the page's file to ``docs/``.
        of: the resource whose page it stands on.
    """
    return "\n".join(_field_lines(fields, up, of, 0))


def fence(language: str, text: str) -> str:
    """Return a block of code."""
    return f"```{language}\n{text}\n```"


def in_json(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value as JSON that people read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _shown(answer: Answer) -> str:
    """Return the example of an answer as a block of what it is written in."""
    if answer.content_type == JSON_TYPE:
        return fence("json", in_json(answer.example))
    if "yaml" in answer.content_type:
        return fence("yaml", yaml.safe_dump(answer.example, sort_keys=False, allow_unicode=True).rstrip("\n"))
    return fence("text", str(answer.example).rstrip("\n"))


def _say_access(operation: Operation, depth: int) -> str:
    up = "../" * depth
    if operation.is_public:
        return "It takes no API key."
    scope = f"the scope `{operation.scope}`" if operation.scope else "any scope"
    key, rate = f"[API key]({up}welcome/authentication.md)", f"[rate limit]({up}welcome/rate-limits.md)"
    where = f" in the header `{operation.key_header}`" if operation.key_header else ""
    said = f"Takes an {key}{where} with {scope}, and counts towards its {rate}."
    if operation.writes:
        header = f"[`Idempotency-Key`]({up}guides/idempotency.md)"
        said += f" With an {header} it can be sent again safely"
        said += "; the SDKs send one by themselves." if operation.is_in_sdks else "."
    return said


def _parameters(spec: Spec, title: str, parameters: Sequence[Parameter]) -> list[str]:
    if not parameters:
        return []
    fields = [describe(spec, one.name, one.schema, one.description, is_required=one.required) for one in parameters]
    return [f"## {title}", field_list(fields, "")]


def _body(spec: Spec, operation: Operation, depth: int) -> Iterator[str]:
    assert operation.body is not None  # noqa: S101 - the caller has looked
    if not operation.body.is_json:
        yield f"The bytes themselves, as `{operation.body.content_type}`."
        return
    yield "JSON. Fields that it does not know are ignored."
    yield field_list(fields_of(spec, operation.body.schema, is_sent=True), "../" * depth)


def _answer(spec: Spec, operation: Operation, depth: int) -> Iterator[str]:
    answer, up = operation.success, "../" * depth
    if answer.content_type != JSON_TYPE:
        yield f"`{answer.status}`, with " + (
            f"`{answer.content_type}`." if "*" not in answer.content_type else "the bytes."
        )
        return
    rows = _rows(spec, answer.schema) if operation.is_list else None
    if rows is not None:
        paged = any(parameter.name == "cursor" for parameter in operation.in_query)
        pages = f"[Pages]({up}welcome/pagination.md) of rows in `data`" if paged else "All rows at once in `data`"
        yield from _holding(spec, rows, f"`{answer.status}`. {pages}, each", up)
        return
    yield from _holding(spec, answer.schema, f"`{answer.status}`,", up)
    for other in operation.answers:
        if not other.is_error and other.status != answer.status:
            yield f"`{other.status}`: {spec.resolve(other.schema)['description']}"


def _holding(spec: Spec, schema: Json, start: str, up: str) -> Iterator[str]:
    """Yield what an answer or a row has: its fields, or where they stand."""
    node = spec.resolve(schema)
    resource = page_of(whole_resource(node))
    if resource is not None:
        words = RESOURCES[resource]
        yield f"{start} with the fields of [{words.title}]({up}{resource_path(resource)}.md#fields)."
        return
    fields = fields_of(spec, schema, is_sent=False)
    yield f"{start} with:" if fields else f"{start} with a JSON object."
    yield field_list(fields, up)


def _rows(spec: Spec, schema: Json) -> Json | None:
    found: Json | None = spec.resolve(schema).get("properties", {}).get("data", {}).get("items")
    return found


def _errors(operation: Operation, depth: int) -> Iterator[str]:
    yield "\n".join(
        f"- `{refusal.status}`{''.join(f' `{code}`' for code in refusal.codes)}: {refusal.meaning}"
        for refusal in refusals_of(operation)
    )
    if operation.has_own_errors:
        yield "Every error has this shape:"
        yield _shown(next(answer for answer in operation.answers if answer.is_error))
        return
    yield f"[Errors]({'../' * depth}welcome/errors.md) tells how they look, and what to do about them."


def _field_lines(fields: Sequence[Field], up: str, of: str | None, depth: int) -> Iterator[str]:
    for field in fields:
        facts = [field.type, "required"] if field.is_required else [field.type]
        line = f"{_INDENT * depth}- `{field.name}` ({', '.join(facts)}){_say(field)}"
        resource = page_of(field.resource)
        if resource and resource != of:
            line += f" Its fields: [{RESOURCES[resource].title}]({up}{resource_path(resource)}.md)."
        yield line
        yield from _field_lines(field.inner, up, of, depth + 1)


def _say(field: Field) -> str:
    parts = [field.description.replace("\n", " ")]
    if len(field.values) == 1 and not field.takes_more:
        parts.append(f"Always `{field.values[0]}`.")
    elif field.values:
        values = ", ".join(f"`{value}`" for value in field.values)
        parts.append(
            f"One of {values}{', or another that the workspace or a later version has' if field.takes_more else ''}."
        )
    if field.limits:
        parts.append(f"{field.limits[0].upper()}{field.limits[1:]}.")
    said = " ".join(part for part in parts if part)
    return f": {said}" if said else ""


def page_of(resource: str | None) -> str | None:
    """Return the resource of the SDKs that a thing belongs to, None where it has no page of its own."""
    if resource is None:
        return None
    return next((name for name in RESOURCES if name in {resource, f"{resource}s"}), None)
