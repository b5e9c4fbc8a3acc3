"""The texts that Pivotal writes: read, changed, tried out, given back; and what values cannot do to them."""

from typing import TYPE_CHECKING

import httpx
import pytest

from pivotal_server.messages.catalogue import KINDS, LAUNCH_RECAP, REMINDER
from pivotal_server.messages.models import MessageKind, Text
from pivotal_server.messages.rendering import check_text, fill
from tests.harness import NewKeyOf
from tests.support import Json, body_of, error_of

if TYPE_CHECKING:
    from pivotal_server.core.db import Connection

NOTED = """
SELECT type, summary, actor_name, data FROM activity WHERE subject_type = 'message_template' ORDER BY created_at
"""
PATH = "/message_templates/reminder"


def examples(kind: MessageKind, **values: str) -> dict[str, str]:
    """Return the example values of a kind of message, some replaced; a ``__`` stands for the dot of a name."""
    given = {name.replace("__", "."): value for name, value in values.items()}
    return {field.name: field.example for field in kind.fields} | given


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_our_texts_use_only_the_fields_that_they_tell_of(kind: MessageKind) -> None:
    check_text(kind, {"subject": kind.default.subject, "body": kind.default.body})
    filled = fill(kind, kind.default, examples(kind))
    assert "{{" not in filled.subject + filled.body
    assert filled.subject.isprintable()


async def test_a_text_is_changed_tried_out_and_given_back(api: httpx.AsyncClient) -> None:
    ours = body_of(await api.get(PATH))
    assert (ours["customized"], ours["updated_at"], ours["format"]) == (False, None, "text")
    assert {"name", "description", "example"} == set(ours["merge_fields"][0])

    tried = body_of(await api.post(f"{PATH}/preview", json={"subject": "{{ customer.name }}, {{task_count}}"}))
    assert (tried["object"], tried["subject"]) == ("message_preview", "Aurora Cosmetics, 2 tasks")
    assert "Hi Mira," in tried["body"]
    assert body_of(await api.get(PATH)) == ours

    theirs = body_of(await api.patch(PATH, json={"subject": "Still open: {{task_count}}"}))
    assert (theirs["customized"], theirs["subject"], theirs["body"]) == (
        True, "Still open: {{task_count}}", ours["body"]
    )  # fmt: skip
    assert body_of(await api.patch(PATH, json={"subject": "Still open: {{task_count}}"})) == theirs
    listed = {item["key"]: item for item in body_of(await api.get("/message_templates"))["data"]}
    assert list(listed) == ["reminder", "launch_message", "launch_recap"]
    assert (listed["reminder"], listed["launch_recap"]["format"]) == (theirs, "markdown")
    assert body_of(await api.post(f"{PATH}/preview", json={}))["subject"] == "Still open: 2 tasks"

    assert body_of(await api.delete(PATH)) == ours
    assert body_of(await api.delete(PATH)) == ours


@pytest.mark.parametrize(
    ("part", "text", "named"),
    [
        ("subject", "{{customer.nme}}", "{{customer.nme}}"),
        ("body", "Dear {{contact}}", "{{contact}}"),
        ("body", "{{customer.__class__.__init__}}", "{{customer.__class__.__init__}}"),
        ("body", "{{customer['name']}}", "{{customer['name']}}"),
        ("body", "{{7*7}}", "{{7*7}}"),
        ("body", "{% for x in y %}{{ x|safe }}", "{{ x|safe }}"),
        ("body", "Dear {{customer.name", "{{customer.name"),
        ("body", "Dear customer.name}}", "}}"),
        ("body", "{{}}", "{{}}"),
        ("body", "{{CUSTOMER.NAME}}", "{{CUSTOMER.NAME}}"),
        ("body", "{{customer.name\n}}", "{{customer.name"),
    ],
)
async def test_what_is_no_merge_field_is_refused_by_name(
    api: httpx.AsyncClient, part: str, text: str, named: str
) -> None:
    for response in (await api.patch(PATH, json={part: text}), await api.post(f"{PATH}/preview", json={part: text})):
        error = error_of(response, 400)
        assert (error["code"], error["field"]) == ("invalid_field", part)
        assert error["message"].startswith(named)
        assert "{{contact.first_name}}, {{customer.name}}" in error["message"]
    assert body_of(await api.get(PATH))["customized"] is False


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"subject": "One\nBcc: everybody@example.com"}, "invalid_string", "subject"),
        ({"subject": "One\rTwo"}, "invalid_string", "subject"),
        ({"subject": "Right \u202eto left"}, "invalid_string", "subject"),
        ({"subject": " "}, "invalid_string", "subject"),
        ({"subject": ""}, "too_small", "subject"),
        ({"subject": "x" * 256}, "too_big", "subject"),
        ({"subject": None}, "invalid_type", "subject"),
        ({"body": "\n"}, "invalid_string", "body"),
        ({"body": "x" * 20_001}, "too_big", "body"),
        ({"body": 7}, "invalid_type", "body"),
    ],
)
async def test_what_is_no_text_is_refused(api: httpx.AsyncClient, body: Json, code: str, field: str) -> None:
    error = error_of(await api.patch(PATH, json=body), 400)
    assert (error["code"], error["field"]) == (code, field)


async def test_there_are_no_other_texts(api: httpx.AsyncClient) -> None:
    for response in (
        await api.get("/message_templates/invoice"),
        await api.patch("/message_templates/invoice", json={"subject": "A"}),
        await api.delete("/message_templates/invoice"),
        await api.post("/message_templates/invoice/preview", json={}),
    ):
        assert error_of(response, 404)["code"] == "message_template_not_found"


async def test_texts_are_settings(api: httpx.AsyncClient, new_key: NewKeyOf) -> None:
    reading = await new_key(scopes=("settings:read",))
    headers = {"Authorization": f"Bearer {reading}"}
    assert (await api.get(PATH, headers=headers)).is_success
    assert (await api.post(f"{PATH}/preview", json={}, headers=headers)).is_success
    assert error_of(await api.patch(PATH, json={"subject": "A"}, headers=headers), 403)["code"] == "insufficient_scope"
    other = {"Authorization": f"Bearer {await new_key(scopes=('onboardings:read',))}"}
    assert error_of(await api.get(PATH, headers=other), 403)["code"] == "insufficient_scope"


@pytest.mark.parametrize("kind", [REMINDER, LAUNCH_RECAP], ids=lambda kind: kind.key)
def test_a_value_is_never_read_as_a_text(kind: MessageKind) -> None:
    text = Text("{{customer.name}}", "{{customer.name}}|{{onboarding.name}}")
    filled = fill(kind, text, examples(kind, customer__name="{{onboarding.name}}", onboarding__name=r"\1 \g<0> {x}"))
    assert filled.subject == "{{onboarding.name}}"
    assert filled.body.startswith("{{onboarding.name}}|")
    assert "{x}" in filled.body


def test_a_value_stays_in_its_line() -> None:
    evil = "Aurora\r\nBcc: everybody@example.com\u2028\u202e\x1b[31m\tend"
    filled = fill(
        REMINDER, Text("Re: {{customer.name}}", "> {{customer.name}}"), examples(REMINDER, customer__name=evil)
    )
    assert filled.subject == "Re: Aurora Bcc: everybody@example.com [31m end"
    assert filled.body == "> Aurora Bcc: everybody@example.com [31m end"


def test_a_value_means_nothing_in_markdown() -> None:
    evil = "# <script>alert(1)</script> [link](javascript:x) ![i](http://x) `c` **b** _u_ ~~s~~ | \\"
    filled = fill(
        LAUNCH_RECAP, Text("{{customer.name}}", "{{customer.name}}"), examples(LAUNCH_RECAP, customer__name=evil)
    )
    assert filled.subject == evil
    bare = filled.body.replace("\\\\", "")
    for letter in "#<>[]`*_~|":
        assert bare.count(letter) == bare.count("\\" + letter) > 0


def test_a_subject_has_an_end() -> None:
    filled = fill(REMINDER, Text("{{customer.name}}" * 9, "x"), examples(REMINDER, customer__name="A" * 255))
    assert len(filled.subject) == 255
    assert filled.subject.endswith("A…")


def test_a_block_in_a_subject_becomes_a_line() -> None:
    filled = fill(REMINDER, Text("{{tasks}}", "{{tasks}}"), examples(REMINDER))
    assert "\n" not in filled.subject
    assert "\n" in filled.body


def test_many_braces_take_no_time() -> None:
    for text in ("{{" * 10_000, "{{ " * 6_000, "{{a." * 5_000, "{{" + " " * 19_000, "{{" + "a" * 19_000):
        with pytest.raises(Exception, match="is no merge field"):
            check_text(REMINDER, {"body": text})


async def test_the_audit_log_tells_who_changed_a_text(api: httpx.AsyncClient, connection: "Connection") -> None:
    body_of(await api.patch(PATH, json={"subject": "Still open"}))
    body_of(await api.delete(PATH))
    rows = await connection.fetch(NOTED)
    assert [(row["type"], row["summary"]) for row in rows] == [
        ("message_template.updated", "Changed the text: Reminder"),
        ("message_template.reset", "Went back to the usual text: Reminder"),
    ]
    assert rows[0]["actor_name"].startswith("API: ")
    assert '"Still open"' in rows[0]["data"]
