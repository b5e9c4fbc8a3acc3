"""Secrets and signatures, against what is published of them."""

import base64
import re

from pivotal_server import __version__
from pivotal_server.webhooks.signing import new_secret, secret_text, sign, signed_headers

# The example by which libraries of Standard Webhooks test themselves.
KNOWN_SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
KNOWN_ID, KNOWN_SECONDS, KNOWN_BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
KNOWN_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_is_signed_as_published() -> None:
    assert sign([KNOWN_SECRET], KNOWN_ID, KNOWN_SECONDS, KNOWN_BODY) == KNOWN_SIGNATURE
    assert secret_text(KNOWN_SECRET) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_rotation_signs_with_both_secrets_the_current_one_first() -> None:
    current, former = new_secret(), KNOWN_SECRET
    first, second = sign([current, former], KNOWN_ID, KNOWN_SECONDS, KNOWN_BODY).split(" ")
    assert first == sign([current], KNOWN_ID, KNOWN_SECONDS, KNOWN_BODY)
    assert second == KNOWN_SIGNATURE


def test_secrets_are_new_and_fit_into_base64() -> None:
    secrets = {new_secret() for _ in range(1000)}
    assert len(secrets) == 1000
    assert all(re.fullmatch("whsec_[A-Za-z0-9+/]{32}", secret_text(secret)) for secret in secrets)


def test_an_attempt_has_the_headers_of_both_names() -> None:
    headers = signed_headers([KNOWN_SECRET], KNOWN_ID, KNOWN_SECONDS, KNOWN_BODY)
    assert headers == {
        "content-type": "application/json",
        "user-agent": f"Pivotal-Webhooks/{__version__}",
        "svix-id": KNOWN_ID,
        "svix-timestamp": "1614265330",
        "svix-signature": KNOWN_SIGNATURE,
        "webhook-id": KNOWN_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": KNOWN_SIGNATURE,
    }
