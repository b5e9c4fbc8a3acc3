"""What subscribers check deliveries with: the official Svix libraries for Python and for Node.

Both compare timestamps with the real time: what is sent under a steered clock has to be sent at about now.
"""

import asyncio
import base64
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from svix.webhooks import Webhook, WebhookVerificationError

_NODE = Path(__file__).parents[2] / "tools" / "svix-verify" / "run"
_FAMILIES = ("svix", "webhook")
_NODE_SECONDS = 120  # the first run on a machine installs the library


class Delivery(NamedTuple):
    """A request as it was received, and the secret to check it with: ``whsec_…``."""

    secret: str
    headers: Mapping[str, str]
    body: bytes


def verify_python(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the library for Python verifies a delivery, by either family of its headers."""
    return _verdict([_verifies(secret, family, body) for family in _families(headers)])


async def verify_node(deliveries: Sequence[Delivery]) -> list[bool]:
    """Return for each delivery whether the library for Node verifies it, by either family of its headers."""
    cases = [
        json.dumps({"secret": secret, "headers": family, "body": base64.b64encode(body).decode()})
        for secret, headers, body in deliveries
        for family in _families(headers)
    ]
    process = await asyncio.create_subprocess_exec(
        _NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        text = "".join(f"{case}\n" for case in cases).encode()
        output, problems = await asyncio.wait_for(process.communicate(text), _NODE_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    answers = output.decode().splitlines()
    assert process.returncode == 0, problems.decode()
    assert len(answers) == len(cases)
    assert all(answer == "verified" or answer.startswith("refused: ") for answer in answers), answers
    held = [answer == "verified" for answer in answers]
    step = len(_FAMILIES)
    return [_verdict(held[start : start + step]) for start in range(0, len(held), step)]


def _families(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the headers once with only those of Svix, once with only those of Standard Webhooks."""
    lower = {name.lower(): value for name, value in headers.items()}
    for family in _FAMILIES:
        yield {name: value for name, value in lower.items() if name.startswith(f"{family}-")}


def _verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def _verdict(held: list[bool]) -> bool:
    assert len(set(held)) == 1, f"one family of headers says otherwise than the other: {held}"
    return held[0]
