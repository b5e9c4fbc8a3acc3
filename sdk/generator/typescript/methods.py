"""The methods of the TypeScript SDK: what they take, what they return, the call that they are."""

from __future__ import annotations

import re

from sdk.generator.model import Field, OneOf, Operation, Resource
from sdk.generator.typescript.types import WIDTH, camel, comment, field_text, pascal, type_text

_FORMS = {"text": "string", "bytes": "Blob"}
_ANSWERS = {"text": "text", "bytes": "blob"}


def methods_class(resource: Resource) -> str:
    """Return the class with the methods of a resource."""
    methods = "\n".join(_method(operation) for operation in resource.operations)
    return f"export class {class_name(resource)} extends Methods {{\n{methods}}}\n"


def params_interface(operation: Operation) -> str:
    """Return the interface of what a method takes by name."""
    fields = "".join(field_text(field, sent=True, prefix="models.") for field in fields_of(operation))
    told = f"What `{camel(operation.resource)}.{camel(operation.method)}` takes."
    return f"{comment(told)}export interface {params_name(operation)} {{\n{fields}}}\n"


def fields_of(operation: Operation) -> tuple[Field, ...]:
    """Return what a method takes by name."""
    fields = operation.body.fields if operation.body else ()
    query = tuple(field for field in operation.query_fields if operation.answer.row is None or field.name != "cursor")
    if fields and query:
        raise ValueError(f"{operation.id} has both a query and a body: which field is which?")
    return (*query, *fields)


def _method(operation: Operation) -> str:
    returns, call = _call(operation)
    told = comment(f"{operation.summary}. {operation.description}".strip(), "  ")
    seen = "".join(f"{overload};\n" for overload in _overloads(operation, returns))
    default = "" if _has_to_be_told(operation) else " = {}"
    head = _signature(operation, f"params: params.{params_name(operation)}{default}", returns)
    return f"{told}{seen}{head} {{\n{call}  }}\n"


def _overloads(operation: Operation, returns: str) -> list[str]:
    """Return the signatures of a method whose ``dry_run`` decides what is answered."""
    type_ = operation.answer.type
    if not isinstance(type_, OneOf) or "dry_run" not in {field.name for field in fields_of(operation)}:
        return []
    done, preview = (f"Promise<{type_text(option, sent=False, prefix='models.')}>" for option in type_.options)
    name = f"params.{params_name(operation)}"
    params = "params" if _has_to_be_told(operation) else "params?"
    return [
        _signature(operation, f"params: {name} & {{ dry_run: true }}", preview),
        _signature(operation, f"{params}: {name} & {{ dry_run?: false | undefined }}", done),
        _signature(operation, f"{params}: {name}", returns),
    ]


def _has_to_be_told(operation: Operation) -> bool:
    """Return whether a call without any fields would make no sense."""
    return operation.http_method == "PATCH" or any(field.required for field in fields_of(operation))


def _signature(operation: Operation, params: str, returns: str) -> str:
    """Return the head of a method; ``params`` stands in it if it takes anything by name."""
    arguments = [f"{camel(field.name)}: Id" for field in operation.path_fields]
    if operation.body and operation.body.binary:
        arguments.append("content: Content")
    if fields_of(operation):
        arguments.append(params)
    arguments.append("options?: RequestOptions")
    name = camel(operation.method)
    line = f"  {name}({', '.join(arguments)}): {returns}"
    if len(line) + 2 <= WIDTH:
        return line
    return f"  {name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"  ): {returns}"


def _call(operation: Operation) -> tuple[str, str]:
    """Return what a method returns, and the statement that does it."""
    path = re.sub(r"\{(\w+)\}", lambda found: f"${{part({_argument(operation, found[1])})}}", operation.path)
    quoted = f"`{path}`" if "${" in path else f'"{path}"'
    answer = operation.answer
    if answer.row is not None:
        params = "params" if fields_of(operation) else "undefined"
        row = type_text(answer.row, sent=False, prefix="models.")
        return f"Listing<{row}>", f"    return this.walk({quoted}, {params}, options);\n"
    request = [f'method: "{operation.http_method}"', f"path: {quoted}"]
    if operation.query_fields:
        request.append("query: params")
    if operation.body:
        request.append("content" if operation.body.binary else "json: params" if operation.body.fields else "json: {}")
    if answer.form in _ANSWERS:
        request.append(f'answer: "{_ANSWERS[answer.form]}"')
    returns = _FORMS.get(answer.form) or type_text(answer.type, sent=False, prefix="models.")
    call = f"    return this.call({{ {', '.join(request)} }}, options);\n"
    if len(call) > WIDTH + 1:
        call = f"    return this.call(\n      {{ {', '.join(request)} }},\n      options,\n    );\n"
    return f"Promise<{returns}>", call


def _argument(operation: Operation, wire: str) -> str:
    return next(camel(field.name) for field in operation.path_fields if field.wire == wire)


def params_name(operation: Operation) -> str:
    """Return what the interface of a method's fields is called."""
    return f"{pascal(operation.resource)}{pascal(operation.method)}Params"


def class_name(resource: Resource) -> str:
    """Return what the class with the methods of a resource is called."""
    return f"{pascal(resource.name)}Methods"
