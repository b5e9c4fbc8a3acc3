"""Shorthands for tests of comments and files."""

from typing import Any

import httpx

from tests.support import Json, body_of, create_onboarding

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200)


async def create_comment(api: httpx.AsyncClient, onboarding_id: str | None = None, **fields: Any) -> Json:  # noqa: ANN401
    """Comment on an onboarding, one of its own unless one is given, and return the comment."""
    onboarding_id = onboarding_id or (await create_onboarding(api))["id"]
    body = {"body": "Kick-off went well."} | fields
    return body_of(await api.post(f"/onboardings/{onboarding_id}/comments", json=body), 201)


async def upload(api: httpx.AsyncClient, content: bytes = PNG, filename: str = "screen.png", **headers: str) -> Json:
    """Upload a file and return the attachment."""
    return body_of(await post_file(api, content, filename, **headers), 201)


async def post_file(
    api: httpx.AsyncClient, content: bytes = PNG, filename: str = "screen.png", **headers: str
) -> httpx.Response:
    """Upload a file; ``key=…`` sends an ``Idempotency-Key``."""
    sent = {"Idempotency-Key": headers["key"]} if "key" in headers else {}
    return await api.post("/attachments", params={"filename": filename}, content=content, headers=sent)


async def download(client: httpx.AsyncClient, attachment: Json, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask for an attachment by its link; ``range="bytes=0-1"`` and the like become headers."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    path = httpx.URL(attachment["download_url"]).path
    return await client.request(method, f"{client.base_url.copy_with(path=path)}", headers=sent)
