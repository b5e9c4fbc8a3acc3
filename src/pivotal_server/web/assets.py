"""The scripts, styles and icons that pages are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Assets:
    """What stands below ``/assets/``."""

    @classmethod
    def load(cls) -> Assets:
        """Return the assets."""
        return cls()

    def url(self, name: str) -> str:
        """Return the path of an asset."""
        return f"/assets/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await Response(b"", 404)(scope, receive, send)
