"""Emits the TypeScript SDK's models, parameters and methods: sdk/typescript/src/generated/."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING

from sdk.generator.model import (
    Api,
    Field,
    ListOf,
    Literals,
    MapOf,
    Nullable,
    OneOf,
    Operation,
    Primitive,
    Ref,
    Resource,
    Schema,
    Type,
)
from sdk.generator.outputs import Emitter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FOLDER = "sdk/typescript/src/generated"
_HEAD = "// Made by `make sdk-generate` of the API's description. Do not edit.\n"
_WIDTH = 120
_PRIMITIVES = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "datetime": "string",
    "date": "string",
    "any": "unknown",
    "null": "null",
}
_FORMS = {"text": "string", "bytes": "Blob"}
_ANSWERS = {"text": "text", "bytes": "blob"}


def emit(api: Api) -> dict[str, str]:
    """Return the generated files by path."""
    files = {
        "errors.ts": _errors(api),
        "events.ts": _events(api),
        "models.ts": _models(api),
        "params.ts": _params(api),
        "resources.ts": _resources(api),
    }
    return {f"{_FOLDER}/{name}": _HEAD + text for name, text in files.items()}


EMITTER = Emitter(emit, folders=(_FOLDER,))


# --- Types ----------------------------------------------------------------------------------------------------------


def _type(type_: Type, *, sent: bool, prefix: str = "") -> str:
    """Return a type as TypeScript writes it; ``prefix`` stands before the names of models."""
    text = ""
    match type_:
        case Primitive(kind):
            text = "string | Date" if sent and kind == "datetime" else _PRIMITIVES[kind]
        case Literals(values, open_):
            text = " | ".join([*map(json.dumps, values), *([f"{prefix}Other"] if open_ else [])])
        case ListOf(item):
            inner = _type(item, sent=sent, prefix=prefix)
            text = f"({inner})[]" if " | " in inner else f"{inner}[]"
        case MapOf(value):
            text = f"Record<string, {_type(value, sent=sent, prefix=prefix)}>"
        case Ref(name):
            text = prefix + name
        case Nullable(of):
            text = f"{_type(of, sent=sent, prefix=prefix)} | null"
        case OneOf(options):
            text = " | ".join(_type(option, sent=sent, prefix=prefix) for option in options)
    return text


def _field(field: Field, *, sent: bool, prefix: str = "") -> str:
    """Return a property of an interface, under what is known of it."""
    type_ = "Filters" if field.deep else _type(field.type, sent=sent, prefix=prefix)
    if field.required:
        return _doc(field.description, "  ") + _union(f"  {field.name}: ", type_)
    # Whoever sends may say "nothing" by undefined; what is received has no such thing.
    return _doc(field.description, "  ") + _union(f"  {field.name}?: ", f"{type_} | undefined" if sent else type_)


def _union(head: str, type_: str) -> str:
    """Return the declaration that begins with ``head``, with an option on a line where one line is too short."""
    found = re.fullmatch(r"(\(?)([^()]+)((?:\)\[\].*)?)", type_)
    if len(head) + len(type_) + 1 <= _WIDTH or found is None:
        return f"{head}{type_};\n"
    before, options, after = found.groups()
    indent = " " * (len(head) - len(head.lstrip()))
    lines = "\n".join(f"{indent}  | {option}" for option in options.split(" | "))
    return f"{(head + before).rstrip()}\n{lines}" + (f"\n{indent}{after};\n" if after else ";\n")


def _doc(text: str, indent: str = "") -> str:
    """Return a comment, or nothing where there is nothing to say."""
    told = text.strip().replace("*/", "*\\/")
    if not told:
        return ""
    if "\n" not in told and len(indent) + len(told) + len("/**  */") <= _WIDTH:
        return f"{indent}/** {told} */\n"
    lines = [line for part in told.splitlines() for line in (textwrap.wrap(part, _WIDTH - len(indent) - 3) or [""])]
    body = "\n".join(f"{indent} * {line}".rstrip() for line in lines)
    return f"{indent}/**\n{body}\n{indent} */\n"


def _interface(schema: Schema) -> str:
    extends = ""
    if schema.extends:
        names = " | ".join(json.dumps(field.name) for field in schema.fields)
        extends = f" extends Omit<{schema.extends}, {names}>"
    sent = schema.sent and not schema.received
    fields = "".join(_field(field, sent=sent) for field in schema.fields)
    return f"{_doc(schema.description)}export interface {schema.name}{extends} {{\n{fields}}}\n"


# --- Files ----------------------------------------------------------------------------------------------------------


def _errors(api: Api) -> str:
    return "\n".join(
        [
            'import type { Other } from "./models.js";\n',
            _doc("What an error is about: there is a class for each.")
            + _alternatives("ErrorType", [*(json.dumps(error.name) for error in api.error_types), "Other"]),
            _doc("What exactly it is.")
            + _alternatives("ErrorCode", [*(json.dumps(code) for code in api.error_codes), "Other"]),
        ]
    )


def _events(api: Api) -> str:
    schemas = [event.schema for event in api.events]
    return "\n".join(
        [
            _imports(schemas),
            _doc("What webhooks tell; `type` says which. A later server may tell of more: let an unknown `type` pass.")
            + _alternatives("WebhookEvent", schemas),
            _doc("The types of events that this version knows.") + 'export type EventName = WebhookEvent["type"];\n',
        ]
    )


def _models(api: Api) -> str:
    other = _doc("Any other text: a later server may know more, and a workspace may have its own.")
    other += "export type Other = string & Record<never, never>;\n"
    return "\n".join([other, *(_interface(schema) for schema in api.schemas.values())])


def _params(api: Api) -> str:
    made = [_params_of(operation) for operation in api.operations if _fields(operation)]
    return "\n".join(
        [
            'import type { Filters } from "../transport.js";\nimport type * as models from "./models.js";\n',
            *made,
        ]
    )


def _params_of(operation: Operation) -> str:
    fields = "".join(_field(field, sent=True, prefix="models.") for field in _fields(operation))
    told = f"What `{_camel(operation.resource)}.{_camel(operation.method)}` takes."
    return f"{_doc(told)}export interface {_params_name(operation)} {{\n{fields}}}\n"


def _resources(api: Api) -> str:
    head = (
        'import type { Listing } from "../listing.js";\n'
        'import { type Id, Methods, part } from "../methods.js";\n'
        'import type { Content, RequestOptions, Transport } from "../transport.js";\n'
        'import type * as models from "./models.js";\n'
        'import type * as params from "./params.js";\n'
    )
    made = [(resource, _class_name(resource)) for resource in api.resources]
    fields = "".join(f"  readonly {_camel(resource.name)}: {name};\n" for resource, name in made)
    set_up = "".join(f"    this.{_camel(resource.name)} = new {name}(transport);\n" for resource, name in made)
    all_of_them = (
        "/** All resources of the API. */\n"
        f"export class Resources {{\n{fields}\n  constructor(transport: Transport) {{\n{set_up}  }}\n}}\n"
    )
    return "\n".join([head, *(_class(resource) for resource in api.resources), all_of_them])


def _class(resource: Resource) -> str:
    methods = "\n".join(_method(operation) for operation in resource.operations)
    return f"export class {_class_name(resource)} extends Methods {{\n{methods}}}\n"


def _method(operation: Operation) -> str:
    arguments = [f"{_camel(field.name)}: Id" for field in operation.path_fields]
    if operation.body and operation.body.binary:
        arguments.append("content: Content")
    fields = _fields(operation)
    if fields:
        needed = operation.http_method == "PATCH" or any(field.required for field in fields)
        default = "" if needed else " = {}"
        arguments.append(f"params: params.{_params_name(operation)}{default}")
    arguments.append("options?: RequestOptions")
    returns, call = _call(operation)
    told = _doc(f"{operation.summary}. {operation.description}".strip(), "  ")
    head = _signature(_camel(operation.method), arguments, returns)
    return f"{told}{head} {{\n{call}  }}\n"


def _call(operation: Operation) -> tuple[str, str]:
    """Return what a method returns, and the statement that does it."""
    path = re.sub(r"\{(\w+)\}", lambda found: f"${{part({_argument(operation, found[1])})}}", operation.path)
    quoted = f"`{path}`" if "${" in path else f'"{path}"'
    answer = operation.answer
    if answer.row is not None:
        params = "params" if operation.query_fields else "undefined"
        row = _type(answer.row, sent=False, prefix="models.")
        return f"Listing<{row}>", f"    return this.walk({quoted}, {params}, options);\n"
    request = [f'method: "{operation.http_method}"', f"path: {quoted}"]
    if operation.query_fields:
        request.append("query: params")
    if operation.body:
        request.append("content" if operation.body.binary else "json: params" if operation.body.fields else "json: {}")
    if answer.form in _ANSWERS:
        request.append(f'answer: "{_ANSWERS[answer.form]}"')
    returns = _FORMS.get(answer.form) or _type(answer.type, sent=False, prefix="models.")
    call = f"    return this.call({{ {', '.join(request)} }}, options);\n"
    if len(call) > _WIDTH + 1:
        call = f"    return this.call(\n      {{ {', '.join(request)} }},\n      options,\n    );\n"
    return f"Promise<{returns}>", call


# --- Names and layout -----------------------------------------------------------------------------------------------


def _fields(operation: Operation) -> tuple[Field, ...]:
    """Return what a method takes by name."""
    fields = operation.body.fields if operation.body else ()
    query = tuple(field for field in operation.query_fields if operation.answer.row is None or field.name != "cursor")
    if fields and query:
        raise ValueError(f"{operation.id} has both a query and a body: which field is which?")
    return (*query, *fields)


def _argument(operation: Operation, wire: str) -> str:
    return next(_camel(field.name) for field in operation.path_fields if field.wire == wire)


def _signature(name: str, arguments: Sequence[str], returns: str) -> str:
    line = f"  {name}({', '.join(arguments)}): {returns}"
    if len(line) + 2 <= _WIDTH:
        return line
    return f"  {name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"  ): {returns}"


def _alternatives(name: str, options: Iterable[str]) -> str:
    return f"export type {name} =\n" + "\n".join(f"  | {option}" for option in options) + ";\n"


def _imports(names: Iterable[str]) -> str:
    return "import type {\n" + "".join(f"  {name},\n" for name in sorted(names)) + '} from "./models.js";\n'


def _params_name(operation: Operation) -> str:
    return f"{_pascal(operation.resource)}{_pascal(operation.method)}Params"


def _class_name(resource: Resource) -> str:
    return f"{_pascal(resource.name)}Methods"


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _camel(name: str) -> str:
    pascal = _pascal(name)
    return pascal[0].lower() + pascal[1:]
