"""Writes the models of answers and events, and the dictionaries of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk.generator.model import Ref
from sdk.generator.python.types import HEADER, RECEIVED, SENT, attribute, docstring, quoted
from sdk.generator.schemas import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sdk.generator.model import Answer, Api, Field, Schema, Type

_IMPORTS = "from __future__ import annotations\n\n"


def models(api: Api) -> str:
    """Return ``models.py``: what answers consist of."""
    schemas = _answered(api)
    text = [
        HEADER,
        '"""What answers consist of."""\n\n',
        _IMPORTS,
        "import datetime as dt\nfrom typing import Any, Literal\n\n",
        "from pydantic import Field\n\n",
        "from pivotal._model import Model, Page\n",
        *(_model(schema) for schema in _bases_first(schemas)),
        f"\n__all__ = [{', '.join(quoted(name) for name in sorted([*schemas, 'Page']))}]\n",
    ]
    return "".join(text)


def events(api: Api) -> str:
    """Return ``events.py``: what webhooks carry."""
    others = _answered(api)
    schemas = {name: schema for name, schema in _reachable(api, _event_types(api)).items() if name not in others}
    used = {name for schema in schemas.values() for name in _mentioned(schema) if name in others}
    members = " | ".join([*(event.schema for event in api.events), "UnknownEvent"])
    table = "".join(f"    {quoted(event.name)}: {event.schema},\n" for event in api.events)
    text = [
        HEADER,
        '"""What webhooks carry: ``WebhookEvent`` is any of it."""\n\n',
        _IMPORTS,
        "import datetime as dt\nfrom typing import Any, Literal\n\n",
        "from pydantic import Field\n\n",
        "from pivotal._event import UnknownEvent\nfrom pivotal._model import Model\n",
        f"from pivotal.models import {', '.join(sorted(used))}\n",
        *(_model(schema) for schema in _bases_first(schemas)),
        f"\nWebhookEvent = {members}\n\n",
        f"MODELS: dict[object, type[{members}]] = {{\n{table}}}\n",
        f"\n__all__ = [{', '.join(quoted(name) for name in sorted([*schemas, 'UnknownEvent', 'WebhookEvent']))}]\n",
    ]
    return "".join(text)


def params(api: Api) -> str:
    """Return ``params.py``: what requests consist of beside plain values."""
    schemas = sorted((schema for schema in api.schemas.values() if schema.sent), key=lambda schema: schema.name)
    text = [
        HEADER,
        '"""What requests consist of, beside plain values."""\n\n',
        _IMPORTS,
        "from collections.abc import Mapping, Sequence\nimport datetime as dt\n",
        "from typing import Any, Literal, TypedDict\n",
        *(_param(schema) for schema in schemas),
        f"\n__all__ = [{', '.join(quoted(schema.name) for schema in schemas)}]\n",
    ]
    return "".join(text)


def error_codes(api: Api) -> str:
    """Return ``error_codes.py``: the types and codes that are documented."""
    types = ", ".join(quoted(error.name) for error in api.error_types)
    codes = ", ".join(quoted(code) for code in api.error_codes)
    return (
        f'{HEADER}"""The documented types and codes of errors; later servers may have more."""\n\n{_IMPORTS}'
        f"from typing import Literal\n\nErrorType = Literal[{types}]\n\nErrorCode = Literal[{codes}]\n"
    )


def _answers(api: Api) -> list[Answer]:
    return [operation.answer for operation in api.operations]


def _answered(api: Api) -> dict[str, Schema]:
    """Return the schemas of answers, those of events left out."""
    rows_and_answers = [answer.row or answer.type for answer in _answers(api)]
    return _reachable(api, rows_and_answers)


def _event_types(api: Api) -> list[Type]:
    return [Ref(event.schema) for event in api.events]


def _reachable(api: Api, types: Iterable[Type]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    waiting = [name for type_ in types for name in names_in(type_)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = api.schemas[name]
            waiting += _mentioned(api.schemas[name])
    return found


def _mentioned(schema: Schema) -> list[str]:
    inner = [name for field in schema.fields for name in names_in(field.type)]
    return [*inner, schema.extends] if schema.extends else inner


def _bases_first(schemas: Mapping[str, Schema]) -> list[Schema]:
    return sorted(schemas.values(), key=lambda schema: (schema.extends in schemas, schema.name))


def _model(schema: Schema) -> str:
    fields = "".join(_model_field(field) for field in schema.fields)
    description = docstring(schema.description or "A part of something larger.", "    ")
    return f"\n\nclass {schema.name}({schema.extends or 'Model'}):\n{description}\n{fields}"


def _model_field(field: Field) -> str:
    name, annotation = attribute(field.name), RECEIVED.of(field.type)
    alias = f"alias={quoted(field.name)}" if name != field.name else ""
    note = f"    {docstring(field.description, '    ').strip()}\n" if field.description else ""
    if field.required:
        return f"    {name}: {annotation}{f' = Field({alias})' if alias else ''}\n{note}"
    if "None" not in annotation:
        annotation += " | None"
    default = f"Field(default=None, {alias})" if alias else "None"
    return f"    {name}: {annotation} = {default}\n{note}"


def _param(schema: Schema) -> str:
    """Return a ``TypedDict``, and before it one with what is required: Python 3.10 says both in two classes."""
    required = [field for field in schema.fields if field.required]
    optional = [field for field in schema.fields if not field.required]
    description = docstring(schema.description or "A part of something larger.", "    ")
    if not required:
        return f"\n\nclass {schema.name}(TypedDict, total=False):\n{description}\n{_keys(optional)}"
    if not optional:
        return f"\n\nclass {schema.name}(TypedDict):\n{description}\n{_keys(required)}"
    base = f"_{schema.name}"
    return (
        f"\n\nclass {base}(TypedDict):\n{_keys(required)}"
        f"\n\nclass {schema.name}({base}, total=False):\n{description}\n{_keys(optional)}"
    )


def _keys(fields: Iterable[Field]) -> str:
    notes = {field: docstring(field.description, "    ") if field.description else "" for field in fields}
    return "".join(f"    {field.name}: {SENT.of(field.type)}\n{note}" for field, note in notes.items())
