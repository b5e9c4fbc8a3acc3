"""An answer: status, headers and bytes, and what they say."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from pivotal.errors import InvalidResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import TypeAdapter

T = TypeVar("T")


class RawResponse(Generic[T]):
    """An answer with its status and headers; ``parse()`` gives what the call gives otherwise.

    Args:
        status_code: HTTP status.
        headers: by name, in lower case.
        content: the body.
        answer: what the body says.
    """

    __slots__ = ("_answer", "content", "headers", "status_code")

    def __init__(self, status_code: int, headers: Mapping[str, str], content: bytes, answer: type[T]) -> None:
        self.status_code = status_code
        self.headers = headers
        self.content = content
        self._answer = answer

    @property
    def request_id(self) -> str | None:
        """What names the request in logs and support."""
        return self.headers.get("x-request-id")

    def parse(self) -> T:
        """Return what the body says.

        Raises:
            InvalidResponseError: it is something else than the documented shape.
        """
        answer: Any = self._answer
        if answer is bytes:
            return cast("T", self.content)
        if answer is str:
            return cast("T", self.content.decode())
        try:
            parsed: T = _adapter(answer).validate_json(self.content)
        except ValueError as error:
            raise InvalidResponseError(f"The answer to request {self.request_id} is not what it should be.") from error
        return parsed


@cache
def _adapter(answer: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # takes long, and only answers need it

    return TypeAdapter(answer)
