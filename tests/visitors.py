"""A teammate at a browser without JavaScript: follows links, reads pages, sends the forms that stand on them."""

import re
from typing import Any

import httpx

_CSRF = re.compile(r'<meta name="csrf" content="([^"]+)">')


class Visitor:
    """Somebody who uses the pages of an app under test.

    Args:
        client: speaks to the app; keeps the cookies.
        home: a page that the person may see, to take the forms' token from.
    """

    def __init__(self, client: httpx.AsyncClient, home: str = "/customers") -> None:
        self.client = client
        self._home = home

    async def get(self, path: str, *, fragment: bool = False, **query: str | list[str]) -> httpx.Response:
        """Return a page, or what htmx is given in its place."""
        headers = {"hx-request": "true"} if fragment else {"accept": "text/html"}
        return await self.client.get(path, params=query or None, headers=headers)

    async def token(self) -> str:
        """Return the token that a page of this person's puts into its forms."""
        found = _CSRF.search((await self.get(self._home)).text)
        assert found, f"{self._home} shows no token"
        return found.group(1)

    async def submit(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        files: Any = None,  # noqa: ANN401 - httpx's
        fragment: bool = False,
    ) -> httpx.Response:
        """Return the answer of a form, which is as often a redirect as a page."""
        headers = {"hx-request": "true"} if fragment else {"accept": "text/html"}
        data = {"csrf": await self.token(), **(fields or {})}
        return await self.client.post(path, data=data, files=files, headers=headers)
