"""Settings: what the environment may say, and what the server takes it for."""

from pathlib import Path

import pytest
import trustme
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
        ("PIVOTAL_OUTBOUND_DNS", "dns.example"),
        ("PIVOTAL_OUTBOUND_DNS", "127.0.0.1:dns"),
        ("PIVOTAL_OUTBOUND_DNS", "127.0.0.1:65536"),
        ("PIVOTAL_OUTBOUND_CA", __file__),
    ],
)
def test_what_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=value):
        Settings()


def test_name_servers_are_addresses_with_or_without_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIVOTAL_OUTBOUND_DNS", "192.0.2.53, 192.0.2.53:5353, 2001:db8::53, [2001:db8::53]:5353")
    assert Settings().outbound_dns == ("192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353")


def test_certificate_authorities_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    file.write_bytes(trustme.CA().cert_pem.bytes())
    monkeypatch.setenv("PIVOTAL_OUTBOUND_CA", str(file))
    assert Settings().outbound_ca == file
