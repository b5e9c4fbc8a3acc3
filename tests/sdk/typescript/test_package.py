"""What `npm install` gets: small, without dependencies, for import and require, with types for both."""

import json
import re
import subprocess
import tarfile
from pathlib import Path

from tests.sdk.typescript.conftest import ROOT, Node

_MAX_BYTES = 30_000
_SDK = ROOT / "sdk" / "typescript"
_USE = """
import { ApiError, NotFoundError, PivotalApi, verifyWebhook, type Customer, type WebhookEvent } from "@pivotal/api";

const pivotal = new PivotalApi({ apiKey: "pivotal_key", timeout: 1_000 });

export async function names(): Promise<string[]> {
  const found: string[] = [];
  for await (const customer of pivotal.customers.list({ status: "active" })) found.push(customer.name);
  const [first]: Customer[] = (await pivotal.customers.list()).data;
  const { requestId, parse } = await pivotal.customers.withRawResponse.get(first?.id ?? 42);
  const { has_more } = (await pivotal.customers.withRawResponse.list()).parse();
  return has_more && requestId !== null ? found : [parse().name];
}

export async function told(body: string, headers: Headers): Promise<string> {
  const event: WebhookEvent = await verifyWebhook(body, headers, "whsec_a");
  return event.type === "customer.created" ? event.data.object.name : event.id;
}

export function isGone(error: unknown): boolean {
  return error instanceof NotFoundError && error instanceof ApiError && error.code === "customer_not_found";
}

export async function planned(): Promise<string> {
  const task = await pivotal.tasks.complete(7);
  const { moves } = await pivotal.tasks.complete(7, { dry_run: true });
  const either = await pivotal.tasks.withRawResponse.complete(7, { dry_run: moves.length > 0 });
  return "moves" in either.parse() ? task.id : "";
}

// @ts-expect-error: a customer has a name
pivotal.customers.create({ slug: "aurora" });
// @ts-expect-error: no such field
pivotal.customers.update(42, { nam: "Aurora" });
"""


def test_it_carries_what_it_says_and_nothing_else(tarball: Path) -> None:
    with tarfile.open(tarball) as opened:
        names = {member.name for member in opened.getmembers()}
        manifest = json.load(opened.extractfile("package/package.json"))  # type: ignore[arg-type]
    assert {"package/README.md", "package/LICENSE", "package/dist/esm/index.js", "package/dist/cjs/index.js"} <= names
    assert all(name.startswith("package/dist/") or name.count("/") == 1 for name in names)
    assert not {"dependencies", "devDependencies", "peerDependencies", "scripts"} & manifest.keys()
    assert tarball.name == f"pivotal-api-{manifest['version']}.tgz"


def test_all_of_it_is_small_for_a_page() -> None:
    size = subprocess.run([ROOT / "tools/sdk/node", _SDK / "size.mjs"], check=True, capture_output=True, text=True)
    print(f"@pivotal/api, minified and compressed: {size.stdout.strip()} of {_MAX_BYTES} bytes")  # noqa: T201
    assert int(size.stdout) < _MAX_BYTES


async def test_import_and_require_give_the_same(node: Node, tarball: Path) -> None:
    version = json.loads((_SDK / "package.json").read_text())["version"]
    assert version in tarball.name
    names = "{ PivotalApi, verifyWebhook }"
    show = (
        "console.log(PivotalApi.VERSION, typeof verifyWebhook, new PivotalApi({ apiKey: 'k' }).customers.list.length)"
    )
    imported = await node("--input-type=module", "-e", f"import {names} from '@pivotal/api'; {show}")
    required = await node("--input-type=commonjs", "-e", f"const {names} = require('@pivotal/api'); {show}")
    assert imported == required == f"{version} function 0\n"


async def test_its_types_hold_for_import_and_require_and_the_readme_for_them(node: Node, project: Path) -> None:
    (project / "use.mts").write_text(_USE)
    (project / "use.cts").write_text(_USE)
    samples = re.findall(r"^```ts\n(.*?)^```$", (_SDK / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert samples
    names = [f"sample{number}.mts" for number in range(len(samples))]
    for name, sample in zip(names, samples, strict=True):
        (project / name).write_text(sample)
    (project / "node.d.ts").write_text("declare const process: { env: Record<string, string | undefined> };\n")
    tsc = str(_SDK / "node_modules" / "typescript" / "bin" / "tsc")
    strict = ["--noEmit", "--strict", "--target", "es2022", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"]
    lib = ["--types", "", "--lib", "es2022,dom,dom.iterable,dom.asynciterable"]
    await node(tsc, *strict, *lib, "--module", "nodenext", "node.d.ts", "use.mts", "use.cts", *names)
