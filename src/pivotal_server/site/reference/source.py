"""The reference's documents, for the documentation's library."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pivotal_server.site.documents import generated
from pivotal_server.site.reference.events import event_page, event_path
from pivotal_server.site.reference.form import form_of
from pivotal_server.site.reference.pages import operation_page, path_of, resource_page, resource_path
from pivotal_server.site.reference.spec import Spec
from pivotal_server.site.reference.words import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pivotal_server.site.documents import Document
    from pivotal_server.site.reference.spec import Json, Operation

_TEMPLATE = "site/reference.html"


def reference_documents(document: Json) -> Sequence[Document]:
    """Return the pages of the API: each resource's, followed by those of its operations.

    Args:
        document: the OpenAPI document.
    """
    spec = Spec(document)
    resources = spec.resources
    return [page for name in RESOURCES if name in resources for page in _resource(spec, name, resources[name])]


def event_documents(document: Json) -> Sequence[Document]:
    """Return the pages of all event types.

    Args:
        document: the OpenAPI document.
    """
    spec = Spec(document)
    return [
        generated(event_path(name), event_page(spec, name), group="Events", template=_TEMPLATE)
        for name in spec.webhooks
    ]


def _resource(spec: Spec, name: str, operations: Sequence[Operation]) -> Iterator[Document]:
    group = RESOURCES[name].title
    body = resource_page(spec, name, operations)
    yield generated(resource_path(name), body, group=group, label="Overview", template=_TEMPLATE)
    for operation in operations:
        yield generated(
            path_of(operation),
            operation_page(spec, operation),
            group=group,
            template=_TEMPLATE,
            context=functools.partial(_context, operation),
        )


def _context(operation: Operation, _: str) -> Mapping[str, Any]:
    return {"form": form_of(operation)}
