"""Settings: what the environment may say, and what the server takes it for."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from pivotal_server.core.settings import Settings


def test_every_setting_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIVOTAL_SOMETHING_ELSE", "ignored")
    settings = Settings()
    assert settings.database_url is None
    assert settings.data == Path(".pivotal")
    assert settings.base_url == "http://127.0.0.1:8000"
    assert all(field.description for field in Settings.model_fields.values())


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DATABASE_URL": "postgresql://localhost/pivotal",
        "PORT": "9000",
        "PIVOTAL_HOST": "0.0.0.0",  # noqa: S104 - it is only read
        "PIVOTAL_DATA": "/var/lib/pivotal",
        "PIVOTAL_WORKERS": "3",
        "PIVOTAL_TRUST_PROXY": "true",
        "PIVOTAL_PUBLIC_URL": "https://pivotal.example/",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.database_url, settings.port) == ("postgresql://localhost/pivotal", 9000)
    assert (settings.data, settings.workers, settings.trust_proxy) == (Path("/var/lib/pivotal"), 3, True)
    assert settings.base_url == "https://pivotal.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PIVOTAL_WORKERS", "-1"),
        ("PIVOTAL_DATABASE_CONNECTIONS", "1"),
        ("PIVOTAL_TRUST_PROXY", "perhaps"),
        ("PIVOTAL_EVENT_DAYS", "0"),
    ],
)
def test_what_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=value):
        Settings()
