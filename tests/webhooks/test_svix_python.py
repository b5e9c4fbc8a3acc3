"""The official library for Python takes what we sign and refuses everything else."""

from datetime import UTC, datetime

import pytest
from svix.webhooks import Webhook

from pivotal_server.webhooks.signing import secret_text, sign
from tests.webhooks.svix_cases import BODY, ID, REFUSED, SECRET, VERIFIED
from tests.webhooks.verification import verify_python


@pytest.mark.parametrize("case", VERIFIED)
def test_a_delivery_is_verified(case: str) -> None:
    assert verify_python(*VERIFIED[case]())


@pytest.mark.parametrize("case", REFUSED)
def test_a_forgery_is_refused(case: str) -> None:
    assert not verify_python(*REFUSED[case]())


def test_the_library_signs_as_we_do() -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    theirs = Webhook(secret_text(SECRET)).sign(ID, at, BODY.decode())
    assert sign([SECRET], ID, int(at.timestamp()), BODY) == theirs
