"""The intermediate model: what an emitter has to know of the API, and nothing of OpenAPI.

Names are those of the wire, in snake_case; what a language makes of them (camelCase, keywords) is up to its emitter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["string", "integer", "number", "boolean", "datetime", "date", "any", "null"]


@dataclass(frozen=True, slots=True)
class Primitive:
    """A value without parts; ``datetime`` and ``date`` are texts in JSON."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Literals:
    """One of some texts. Open: a later server may know more, and a workspace may have its own."""

    values: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array."""

    item: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose keys are not known beforehand."""

    value: Type


@dataclass(frozen=True, slots=True)
class Ref:
    """A schema of the model, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Nullable:
    """The type, or null."""

    of: Type


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several types; those that are objects differ by their ``object`` or ``type``."""

    options: tuple[Type, ...]


Type: TypeAlias = Primitive | Literals | ListOf | MapOf | Ref | Nullable | OneOf


@dataclass(frozen=True, slots=True)
class Field:
    """A property, or a parameter of an operation.

    ``name`` is what people write, ``wire`` what the path's template calls it (elsewhere the two are the same).
    ``deep`` marks a query parameter whose keys stand in brackets: ``custom_fields[region][gte]=…``.
    """

    name: str
    wire: str
    type: Type
    required: bool
    description: str = ""
    default: object = None
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """An object with known fields. ``extends`` names the schema whose fields it has as well.

    ``sent`` and ``received`` tell on which way it travels; some do on both.
    """

    name: str
    description: str
    fields: tuple[Field, ...]
    extends: str | None
    sent: bool
    received: bool


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries: an object's fields, or bytes (then without fields)."""

    content_type: str
    fields: tuple[Field, ...]

    @property
    def binary(self) -> bool:
        """Whether it is bytes."""
        return self.content_type != "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a success answers.

    ``form`` is ``json``, ``text`` or ``bytes``. ``type`` is of the whole JSON body; where several success shapes exist,
    it is their union. ``row`` is set where a GET answers a list: its type, for iterators that give rows.
    """

    form: Literal["json", "text", "bytes"]
    type: Type
    row: Type | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of a resource: ``path`` is the template, with the ``wire`` names of ``path_fields`` in braces."""

    id: str
    resource: str
    method: str
    http_method: str
    path: str
    summary: str
    description: str
    path_fields: tuple[Field, ...]
    query_fields: tuple[Field, ...]
    body: Body | None
    answer: Answer
    public: bool

    @property
    def writes(self) -> bool:
        """Whether it takes an Idempotency-Key."""
        return self.http_method != "GET"

    @property
    def paginated(self) -> bool:
        """Whether its rows come on several pages."""
        return self.answer.row is not None and any(field.name == "cursor" for field in self.query_fields)


@dataclass(frozen=True, slots=True)
class Resource:
    """A group of operations, in the order of the document."""

    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event, and the schema of its envelope."""

    name: str
    description: str
    schema: str


@dataclass(frozen=True, slots=True)
class ErrorType:
    """A documented ``type`` of error, and what SDKs call its class."""

    name: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Api:
    """Everything that is generated from."""

    version: str
    resources: tuple[Resource, ...]
    schemas: Mapping[str, Schema]
    events: tuple[EventType, ...]
    error_types: tuple[ErrorType, ...]
    error_codes: tuple[str, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, resource by resource."""
        return tuple(operation for resource in self.resources for operation in resource.operations)
