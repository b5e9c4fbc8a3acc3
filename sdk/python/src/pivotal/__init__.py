"""Python SDK of Pivotal: ``PivotalApi`` and ``AsyncPivotalApi``, their errors, and ``webhooks.verify``.

What answers consist of is in ``pivotal.models``, what requests consist of in ``pivotal.params``, and the events that
webhooks carry in ``pivotal.events``. Those are imported when they are first used, because they take a while.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pivotal import webhooks
from pivotal._not_given import NOT_GIVEN, NotGiven
from pivotal._version import __version__
from pivotal.client import AsyncPivotalApi, PivotalApi
from pivotal.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    ConnectionError,
    InternalError,
    InvalidRequestError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    PivotalError,
    RateLimitError,
    TimeoutError,
    WebhookVerificationError,
)
from pivotal.pages import AsyncRows, Rows

if TYPE_CHECKING:
    from types import ModuleType

    from pivotal import events, models, params

__all__ = [
    "NOT_GIVEN",
    "ApiError",
    "AsyncPivotalApi",
    "AsyncRows",
    "AuthenticationError",
    "ConflictError",
    "ConnectionError",
    "InternalError",
    "InvalidRequestError",
    "InvalidResponseError",
    "NotFoundError",
    "NotGiven",
    "PermissionDeniedError",
    "PivotalApi",
    "PivotalError",
    "RateLimitError",
    "Rows",
    "TimeoutError",
    "WebhookVerificationError",
    "__version__",
    "events",
    "models",
    "params",
    "webhooks",
]

_LAZY = frozenset({"events", "models", "params"})


def __getattr__(name: str) -> ModuleType:
    """Import what takes a while when it is first asked for."""
    if name in _LAZY:
        return importlib.import_module(f"pivotal.{name}")
    raise AttributeError(f"module 'pivotal' has no attribute {name!r}")
