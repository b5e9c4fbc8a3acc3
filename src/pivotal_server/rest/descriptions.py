"""Says of every field of the OpenAPI document what it means, where its schema leaves that to what is common to all.

A field means the same in a resource and in the bodies that make or change it, so those need not say it again.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_EVERYWHERE = {
    "id": "Its id, which never changes. Paths take it.",
    "display_id": "A short number that counts up within the workspace. Paths take it as well as the `id`.",
    "created_at": "When it was made.",
    "updated_at": "When it was last changed.",
    "data": "The rows of this page, in the order of the list.",
    "has_more": "Whether another page follows.",
    "next_cursor": "What to send as `cursor` for the next page; `null` on the last one.",
}
_BODIES = ("Create", "Update", "OfLead")


def describe_fields(schemas: Json) -> None:
    """Give a description to each field of these schemas that has none, as far as its name or its resource tells one.

    Args:
        schemas: those of a document, by name.
    """
    for name, schema in schemas.items():
        describe(schema, _resource_of(name, schemas))


def describe(schema: Json, resource: Json | None = None) -> None:
    """Give a description to each field of an object's schema that has none.

    Args:
        schema: the object's.
        resource: that of the resource which the object is a body for.
    """
    meanings = (resource or {}).get("properties", {})
    for name, field in schema.get("properties", {}).items():
        if "description" in field:
            continue
        if name == "object" and len(field.get("enum", ())) == 1:
            field["description"] = f"Always `{field['enum'][0]}`."
        elif text := meanings.get(name, {}).get("description") or _EVERYWHERE.get(name):
            field["description"] = text


def describe_parameter(parameter: Json, resource: str, example: Json) -> None:
    """Say what a parameter means whose declaration leaves that to its name, and show a value for one of the path.

    Args:
        parameter: as the document has it.
        resource: what the path's id names, such as ``customer``.
        example: of that resource.
    """
    name = parameter["name"]
    if parameter["in"] != "path":
        return
    numbered = "display_id" in example
    words = resource.replace("_", " ")
    parameter.setdefault("description", f"The {words}'s " + ("`display_id` or `id`." if numbered else "`id`."))
    value = example.get("display_id" if numbered else name, example.get("id"))
    if value is not None and "examples" not in parameter["schema"]:
        parameter["example"] = str(value)


def example_of(resource: str, schemas: Json) -> Json:
    """Return the example of a resource, an empty one where it has none.

    Args:
        resource: such as ``webhook_endpoint``.
        schemas: the document's, by name.
    """
    schema = _schema_of("".join(word.capitalize() for word in resource.split("_")), schemas) or {}
    example: Json = schema.get("examples", [{}])[0]
    return example


def _resource_of(name: str, schemas: Json) -> Json | None:
    """Return the schema of the resource that a body makes or changes, None where it is no such body."""
    ending = next((ending for ending in _BODIES if name.endswith(ending)), None)
    return _schema_of(name.removesuffix(ending), schemas) if ending else None


def _schema_of(name: str, schemas: Json) -> Json | None:
    """Return the schema of a resource; some have a longer name where the code has another use for the short one."""
    schema: Json | None = schemas.get(name) or schemas.get(f"{name}Resource")
    return schema
