"""The official library for Node takes what we sign and refuses everything else."""

from tests.webhooks.svix_cases import REFUSED, VERIFIED
from tests.webhooks.verification import verify_node


async def test_deliveries_are_verified_and_forgeries_refused() -> None:
    expected = dict.fromkeys(VERIFIED, True) | dict.fromkeys(REFUSED, False)
    verdicts = await verify_node([make() for make in (VERIFIED | REFUSED).values()])
    assert dict(zip(expected, verdicts, strict=True)) == expected
