"""The TypeScript SDK in a browser, as the one file that a page would load."""

import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

from pivotal_server.webhooks.signing import new_secret, secret_text, signed_headers
from tests.browser.conftest import ROOT, Open
from tests.browser.watch import Watch
from tests.harness import World
from tests.support import create_customer

if TYPE_CHECKING:
    import httpx

_PACKAGES = ROOT / "src" / "pivotal_server" / "site" / "packages"
_USE = """async ({ key, body, headers, secret }) => {
    const { NotFoundError, PivotalApi, verifyWebhook } = await import("/sdk.mjs");
    const pivotal = new PivotalApi({ apiKey: key, baseUrl: location.origin });
    const names = [];
    for await (const customer of pivotal.customers.list({ limit: 2 })) names.push(customer.name);
    const refused = await pivotal.customers.get(4000).catch((error) => error instanceof NotFoundError && error.code);
    const forged = await verifyWebhook(body + " ", headers, secret).catch((error) => error.name);
    return { names, refused, event: (await verifyWebhook(body, headers, secret)).type, forged };
}"""


def _module() -> str:
    subprocess.run([ROOT / "tools" / "sdk" / "build"], check=True)
    [packed] = _PACKAGES.glob("pivotal-api-*.tgz")
    with tarfile.open(packed) as opened:
        file = opened.extractfile("package/dist/esm/index.js")
        assert file is not None
        return file.read().decode()


async def test_a_page_lists_and_verifies(open_page: Open, site: str, api: "httpx.AsyncClient", world: World) -> None:
    for number in range(3):
        await create_customer(api, name=f"Customer {number}")
    page = await open_page(base_url=site)
    Watch.of(page).expect("404")
    await page.route("**/sdk.mjs", lambda route: route.fulfill(body=_module(), content_type="text/javascript"))
    await page.route("**/empty", lambda route: route.fulfill(body="<!doctype html><title>SDK</title>"))
    await page.goto("/empty")

    secret, body = new_secret(), '{"type":"customer.created"}'
    now = int(await page.evaluate("Date.now() / 1000"))
    headers: dict[str, Any] = signed_headers([secret], "msg_1", now, body.encode())
    told = {"key": world.live_key, "body": body, "headers": headers, "secret": secret_text(secret)}
    assert await page.evaluate(_USE, told) == {
        "names": ["Customer 2", "Customer 1", "Customer 0"],
        "refused": "customer_not_found",
        "event": "customer.created",
        "forged": "WebhookVerificationError",
    }
