"""Mail is readable at /dev/mail while it is kept as files, on the developer's own machine, and nowhere else."""

from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.core.mail_server import MailServer
from pivotal_server.core.settings import Settings
from pivotal_server.people.kept_mail import is_shown

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HERE = {"host": "127.0.0.1:8000"}


@pytest.fixture
def directory(settings: Settings) -> Path:
    settings.mail_directory.mkdir(exist_ok=True)
    return settings.mail_directory


def keep(directory: Path, name: str, subject: str, text: str) -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Date"] = "maya@northwind.example", subject, "Mon, 02 Mar 2026 09:00:00 +0000"
    mail.set_content(text)
    mail.add_attachment("BEGIN:VCALENDAR", filename="launch.ics")
    (directory / name).write_bytes(mail.as_bytes())


async def test_mail_is_listed_and_read(app: "ASGIApp", directory: Path) -> None:
    keep(directory, "2026-03-02T090000.000001Z-1.eml", "First", "Hello")
    keep(directory, "2026-03-02T090000.000002Z-2.eml", "<b>Second", "Go to http://127.0.0.1:8000/a?b=1&c=2. <i>Now</i>")
    (directory / ".2026-03-02T090000.000003Z-3.eml.17").write_text("half written")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client:
        listed = (await client.get("/dev/mail")).text
        assert listed.index("&lt;b&gt;Second") < listed.index("First")
        assert "half" not in listed
        shown = (await client.get("/dev/mail/2026-03-02T090000.000002Z-2.eml")).text
        assert '<a class="link" href="http://127.0.0.1:8000/a?b=1&amp;c=2">' in shown
        assert "&lt;i&gt;Now" in shown
        assert "launch.ics" in shown
        for wrong in ("2026-03-02T090000.000009Z-9.eml", "..%2fdemo-keys.json", "demo-keys.json", ".."):
            assert (await client.get(f"/dev/mail/{wrong}", headers={"accept": "text/html"})).status_code == 404
        for header in ({"host": "pivotal.example"}, {"x-forwarded-for": "192.0.2.7"}):
            assert (await client.get("/dev/mail", headers=header)).status_code == 404


def test_who_may_ask(tmp_path: Path) -> None:
    def shown(headers: dict[str, str] = HERE, **fields: object) -> bool:
        return is_shown(Settings.model_validate({"data": tmp_path, **fields}), headers)

    assert shown()
    assert shown({"host": "localhost:8000"})
    assert shown({"host": "[::1]:8000"}, host="::1", public_url="http://localhost:8000")
    assert not shown(smtp_url=MailServer("127.0.0.1", 25, tls=False, user=None, password=None))
    assert not shown(host="0.0.0.0")  # noqa: S104 - what an operator may set
    assert not shown(public_url="https://pivotal.example")
    for headers in ({"host": "rebound.example:8000"}, {}, {"host": ""}, {"host": "[broken"}):
        assert not shown(headers)
    for name in ("forwarded", "x-forwarded-for", "via", "x-real-ip"):
        assert not shown({**HERE, name: "x"})
