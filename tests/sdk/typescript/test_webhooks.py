"""Deliveries that `verifyWebhook` takes and refuses: as the official libraries do."""

import base64
import json
import subprocess
from pathlib import Path

from tests.sdk.typescript.conftest import ROOT, Node
from tests.webhooks.svix_cases import REFUSED, VERIFIED

# Signed, but no event: the libraries hand over any bytes, ours an event.
_NO_EVENT = "an empty body"


async def test_it_takes_and_refuses_what_the_official_libraries_do(node: Node) -> None:
    cases = [
        json.dumps({"secret": made.secret, "headers": dict(made.headers), "body": base64.b64encode(made.body).decode()})
        for made in [make() for make in (VERIFIED | REFUSED).values()]
    ]
    answers = (await node("verify.mjs", text="".join(f"{case}\n" for case in cases))).splitlines()
    verdicts = dict(zip(VERIFIED | REFUSED, answers, strict=True))
    assert verdicts.pop(_NO_EVENT) == "refused: The body is signed, but no JSON."
    for name, answer in verdicts.items():
        assert answer.startswith("verified: " if name in VERIFIED else "refused: "), f"{name}: {answer}"


def test_it_takes_what_the_official_library_signs(project: Path) -> None:
    package = project / "node_modules" / "@pivotal" / "api" / "dist" / "esm" / "index.js"
    done = subprocess.run(
        [ROOT / "tools" / "svix-verify" / "run", Path(__file__).with_name("svix.mjs")],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "PACKAGE": str(package)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["customer.created"] * 16
