"""Writes the resources: one class of calls for each, its asynchronous twin, and both with raw answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sdk.generator.model import OneOf
from sdk.generator.python.types import HEADER, RECEIVED, SENT, argument, class_name, docstring, quoted

if TYPE_CHECKING:
    from sdk.generator.model import Api, Field, Operation, Resource

_OPTIONS = {
    "idempotency_key": "str | None = None",
    "timeout": "float | None = None",
    "max_retries": "int | None = None",
    "extra_headers": "Mapping[str, str] | None = None",
}
_DRY_RUN = "dry_run"
_RECEIVED = replace(RECEIVED, module="models.")
_SENT = replace(SENT, module="params.")


def resources(api: Api) -> dict[str, str]:
    """Return the modules of all resources, by the name of the resource."""
    return {resource.name: _module(resource) for resource in api.resources}


def access(api: Api) -> str:
    """Return ``_resources.py``: what makes each resource an attribute of the clients, imported when it is used."""
    imports = "".join(
        f"    from pivotal.resources.{resource.name} import Async{class_name(resource.name)}, "
        f"{class_name(resource.name)}\n"
        for resource in api.resources
    )
    classes = "".join(_access(api, prefix) for prefix in ("", "Async"))
    return (
        f'{HEADER}"""The resources of the clients, each imported when it is first used."""\n\n'
        "from __future__ import annotations\n\nfrom functools import cached_property\n"
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    from pivotal._async_transport import AsyncTransport\n    from pivotal._transport import Transport\n"
        f"{imports}{classes}"
    )


def _access(api: Api, prefix: str) -> str:
    text = (
        f"\n\nclass {prefix}Resources:\n"
        f'    """Everything that can be called{" asynchronously" if prefix else ""}."""\n\n'
        f"    def __init__(self, transport: {prefix}Transport) -> None:\n        self._transport = transport\n"
    )
    for resource in api.resources:
        name = prefix + class_name(resource.name)
        text += (
            f"\n    @cached_property\n    def {resource.name}(self) -> {name}:\n"
            f"        from pivotal.resources.{resource.name} import {name}\n\n        return {name}(self._transport)\n"
        )
    return text


def _module(resource: Resource) -> str:
    text = [
        HEADER,
        f'"""Calls of ``{resource.name}``."""\n\n',
        "from __future__ import annotations\n\nimport datetime as dt\n",
        "from collections.abc import Mapping, Sequence\n",
        "from functools import cached_property\nfrom typing import IO, Any, Literal, overload\n\n",
        "from pivotal import models, params\n",
        "from pivotal._not_given import NOT_GIVEN, NotGiven\nfrom pivotal._request import Request, segment\n",
        "from pivotal._resource import AsyncResource, Resource, async_raw, async_raw_rows, either, raw, raw_rows\n",
        "from pivotal.pages import AsyncRows, Rows\n",
    ]
    writers = [_Writer(resource, class_name(resource.name), prefix) for prefix in ("", "Async")]
    text += [writer.resource_class() for writer in writers]
    text += [writer.raw_class() for writer in writers]
    return "".join(text)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the classes of a resource, as they are or asynchronous."""

    resource: Resource
    name: str
    prefix: str

    def resource_class(self) -> str:
        """Return the class with the calls."""
        title = self.resource.name.replace("_", " ")
        full = self.prefix + self.name
        raw = f"{full}WithRawResponse"
        return (
            f'\n\nclass {full}({self.prefix}Resource):\n    """Calls about {title}."""\n\n'
            f"    @cached_property\n    def with_raw_response(self) -> {raw}:\n"
            f'        """The same calls, which answer with status and headers."""\n'
            f"        return {raw}({full}(self._transport, raw=True))\n"
            + "".join(self._method(operation) for operation in self.resource.operations)
        )

    def raw_class(self) -> str:
        """Return the class whose calls give raw answers."""
        full = self.prefix + self.name
        answers, rows = ("async_raw", "async_raw_rows") if self.prefix else ("raw", "raw_rows")
        lines = [
            f"        self.{operation.method} = {rows if operation.answer.row else answers}(calls.{operation.method})\n"
            for operation in self.resource.operations
        ]
        return (
            f"\n\nclass {full}WithRawResponse:\n"
            f'    """The calls of ``{full}``, which give a ``RawResponse``."""\n\n'
            f"    def __init__(self, calls: {full}) -> None:\n{''.join(lines)}"
        )

    def _method(self, operation: Operation) -> str:
        overloads = ""
        if _has_preview(operation):
            assert isinstance(operation.answer.type, OneOf)  # noqa: S101 - that is what has a preview
            done, previewed = (_RECEIVED.of(option) for option in operation.answer.type.options)
            variants = (("Literal[False] | NotGiven = NOT_GIVEN", done), ("Literal[True]", previewed))
            overloads = "".join(
                f"\n    @overload\n{self._signature(operation, answer, dry_run)} ...\n"
                for dry_run, answer in (*variants, ("bool", f"{done} | {previewed}"))
            )
        return (
            f"{overloads}\n{self._signature(operation, self._result(operation))}\n"
            + docstring(_text(operation), "        ", _arguments(operation))
            + self._call(operation)
        )

    def _signature(self, operation: Operation, answer: str, dry_run: str = "") -> str:
        path = [f"{field.name}: int | str" for field in operation.path_fields]
        keywords = [self._keyword(field, dry_run, in_body=False) for field in operation.query_fields]
        if operation.body and operation.body.binary:
            keywords.append("content: bytes | IO[bytes]")
        elif operation.body:
            keywords += [self._keyword(field, dry_run, in_body=True) for field in operation.body.fields]
        options = [f"{name}: {text}" for name, text in _options(operation).items()]
        required = [word for word in keywords if " = " not in word]
        given = [word for word in keywords if " = " in word]
        define = "async def" if self.prefix and not operation.answer.row else "def"
        return (
            f"    {define} {operation.method}("
            f"{', '.join(['self', *path, '*', *required, *given, *options])},) -> {answer}:"
        )

    def _keyword(self, field: Field, dry_run: str, *, in_body: bool) -> str:
        if field.name == _DRY_RUN and dry_run:
            return f"{field.name}: {dry_run}"
        type_ = "Mapping[str, object]" if field.deep else _SENT.of(field.type)
        if field.required:
            return f"{argument(field)}: {type_}"
        if in_body:
            return f"{argument(field)}: {type_} | NotGiven = NOT_GIVEN"
        return f"{argument(field)}: {type_} | None = None"

    def _result(self, operation: Operation) -> str:
        if operation.answer.row:
            return f"{self.prefix}Rows[{_RECEIVED.of(operation.answer.row)}]"
        if operation.answer.form == "bytes":
            return "bytes"
        return _RECEIVED.of(operation.answer.type)

    def _call(self, operation: Operation) -> str:
        path = operation.path
        for field in operation.path_fields:
            path = path.replace("{" + field.wire + "}", "{segment(" + field.name + ")}")
        parts = [f'"{operation.http_method}"', f'{"f" if operation.path_fields else ""}"{path}"']
        if operation.query_fields:
            parts.append(f"query={{{_pairs(operation.query_fields)}}}")
        if operation.body and operation.body.binary:
            parts.append("content=content")
        elif operation.body:
            parts.append(f"json={{{_pairs(operation.body.fields)}}}")
        parts += [f"{name}={name}" for name in _options(operation)]
        if operation.answer.row:
            sending = f"self._rows(request, {_RECEIVED.of(operation.answer.row)})"
        else:
            waiting = "await " if self.prefix else ""
            sending = f"{waiting}self._send(request, {_answer(operation)})"
        return f"        request = Request({', '.join(parts)},)\n        return {sending}\n"


def _has_preview(operation: Operation) -> bool:
    fields = operation.body.fields if operation.body else ()
    return isinstance(operation.answer.type, OneOf) and any(field.name == _DRY_RUN for field in fields)


def _options(operation: Operation) -> dict[str, str]:
    return {name: text for name, text in _OPTIONS.items() if operation.writes or name != "idempotency_key"}


def _pairs(fields: tuple[Field, ...]) -> str:
    return "".join(f"{quoted(field.wire)}: {argument(field)}, " for field in fields)


def _answer(operation: Operation) -> str:
    if operation.answer.form == "bytes":
        return "bytes"
    type_ = operation.answer.type
    if isinstance(type_, OneOf):
        return f"either({', '.join(_RECEIVED.of(option) for option in type_.options)})"
    return _RECEIVED.of(type_)


def _text(operation: Operation) -> str:
    text = operation.summary.rstrip(".") + "."
    if operation.description and operation.description.rstrip(".") != operation.summary.rstrip("."):
        text += "\n\n" + operation.description
    if operation.paginated:
        text += " Gives row after row, over all pages; ``limit`` is how many a page has."
    return text


def _arguments(operation: Operation) -> list[tuple[str, str]]:
    body = operation.body.fields if operation.body else ()
    told = [
        (argument(field), field.description)
        for field in (*operation.path_fields, *operation.query_fields, *body)
        if field.name != "cursor" or operation.paginated
    ]
    return (
        [*told, ("content", "The bytes, or a file that is read to its end.")]
        if (operation.body and operation.body.binary)
        else told
    )
