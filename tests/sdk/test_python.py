"""The Python SDK, beyond what the table of behaviour says for both."""

from __future__ import annotations

import asyncio
import base64
import gc
import hmac
import io
import pickle
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, assert_type

import httpx
import pytest

import pivotal
from pivotal import AsyncPivotalApi, PivotalApi, events, models
from pivotal.errors import ApiError
from pivotal.params import DueRule
from pivotal_server.app import openapi_document
from pivotal_server.core.settings import Settings
from sdk.generator.reader import read
from tests.support import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pivotal import AsyncRows, Rows
    from tests.harness import Server, World
    from tests.sdk.faulty import Faulty

    def the_types_that_calls_have(sync: PivotalApi, client: AsyncPivotalApi, *, perhaps: bool) -> None:
        assert_type(sync.customers.list(), Rows[models.Customer])
        assert_type(client.customers.list(), AsyncRows[models.Customer])
        assert_type(sync.customers.with_raw_response.list().parse().data, list[models.Customer])
        assert_type(sync.tasks.create(1, title="Call"), models.Task)
        assert_type(sync.tasks.create(1, title="Call", dry_run=True), models.PlanPreview)
        assert_type(sync.tasks.create(1, title="Call", dry_run=perhaps), models.Task | models.PlanPreview)
        assert_type(sync.tasks.with_raw_response.create(1, title="Call").parse(), models.Task)
        assert_type(sync.attachments.download("token"), bytes)


@pytest.fixture
async def client(sdk_server: Server, world: World) -> AsyncIterator[AsyncPivotalApi]:
    async with AsyncPivotalApi(world.live_key, base_url=sdk_server.url) as made:
        yield made


def offline(faulty: Faulty, script: list[dict[str, Any]]) -> tuple[str, str]:
    """Return a run of the scripted server and its base URL."""
    run = faulty.run_of(script)
    return run, f"{faulty.url}/{run}"


async def test_ten_thousand_rows_take_no_more_memory_than_two_thousand(faulty: Faulty) -> None:
    run, base_url = offline(faulty, [{"rows": 10_000}])
    blocks = []

    def walk() -> int:
        seen = 0
        with PivotalApi("pivotal_test_0000", base_url=base_url) as sync:
            for row in sync.customers.list(limit=100):
                seen += 1
                assert row.display_id == seen
                if seen in {2_000, 10_000}:
                    faulty.requests[run].clear()
                    gc.collect()
                    blocks.append(sys.getallocatedblocks())
        return seen

    assert await asyncio.to_thread(walk) == 10_000
    assert blocks[1] - blocks[0] < 8_000  # one block for each row would be more than that


async def test_two_hundred_calls_at_once_on_one_client(client: AsyncPivotalApi) -> None:
    answers = await asyncio.gather(*(client.me.with_raw_response.get() for _ in range(200)))
    assert len({answer.request_id for answer in answers}) == 200


async def test_a_call_that_is_cancelled_ends_and_leaves_the_client_in_order(faulty: Faulty) -> None:
    run, base_url = offline(faulty, [{"fault": "stall"}, {"status": 200, "json": "me"}])
    async with AsyncPivotalApi("pivotal_test_0000", base_url=base_url) as client:
        call = asyncio.create_task(client.me.get())
        await eventually(lambda: faulty.requests[run])
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await client.me.get()).object == "me"


async def test_files_go_up_and_come_down_as_they_are(client: AsyncPivotalApi) -> None:
    content = bytes(range(256)) * 100
    for given in (content, io.BytesIO(content)):
        attachment = await client.attachments.create(filename="bytes.bin", content=given)
        assert attachment.size == len(content)
        token = attachment.download_url.rpartition("/")[2]
        assert await client.attachments.download(token) == content


async def test_text_times_and_nested_parts(client: AsyncPivotalApi) -> None:
    template = await client.templates.create(name="Pilot", tasks=[{"key": "a", "title": "Call", "phase": "review"}])
    assert "title: Call" in await client.templates.export(template.id)
    customer = await client.customers.create(name="Aurora")
    launch = datetime(2031, 3, 3, tzinfo=UTC)
    onboarding = await client.onboardings.create(customer_id=customer.id, target_launch_date=launch)
    assert onboarding.target_launch_date == launch
    rule: DueRule = {"type": "fixed", "date": launch}
    preview = await client.tasks.create(onboarding.id, title="Train", due=rule, dry_run=True)
    assert preview.task.due_date == launch
    task = await client.tasks.create(onboarding.id, title="Train", due=rule)
    assert task.due is not None
    again = await client.tasks.update(task.id, due={"type": task.due.type, "date": task.due.date}, title="Teach")
    assert (again.title, again.due_date) == ("Teach", launch)
    days = client.calendar.list_days(from_=date(2031, 3, 1), to="2031-03-02")
    assert [day.date async for day in days] == [date(2031, 3, 1), date(2031, 3, 2)]


async def test_pages_can_be_gone_through_by_hand(client: AsyncPivotalApi) -> None:
    for number in range(3):
        await client.customers.create(name=f"Branch {number}", tags=["by-hand"])
    rows = client.customers.list(tag="by-hand", limit=2)
    first = await rows.first_page()
    assert (len(first.data), first.has_more) == (2, True)
    rest = await client.customers.list(tag="by-hand", cursor=first.next_cursor).first_page()
    assert ([row.name for row in rest.data], rest.has_more) == (["Branch 0"], False)
    assert [len(page.data) async for page in rows.pages()] == [2, 1]


async def test_events_of_the_log_and_of_webhooks_are_the_same(client: AsyncPivotalApi) -> None:
    names = [event_type.name async for event_type in client.event_types.list()]
    assert {name: model for name, model in events.MODELS.items() if name not in names} == {}
    for name in names:
        event_type = await client.event_types.get(name)
        event = events.MODELS[name].model_validate(event_type.example)
        assert event.type == name
        assert event.model_dump(mode="json", by_alias=True, exclude_unset=True).keys() == event_type.example.keys()


@pytest.fixture
def no_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("PIVOTAL_API_KEY", raising=False)
    monkeypatch.delenv("PIVOTAL_BASE_URL", raising=False)
    return monkeypatch


@pytest.mark.parametrize("key", [None, "", "pivotal 0000", "pivotal_\n", "pivotal_ü"])
def test_a_client_needs_a_key_that_a_header_can_carry(key: str | None, no_environment: pytest.MonkeyPatch) -> None:
    del no_environment
    with pytest.raises(pivotal.PivotalError, match="PIVOTAL_API_KEY"):
        PivotalApi(key)


@pytest.mark.parametrize("end", ["", "/", "/api/v1", "//api/v1//"])
def test_an_address_may_have_the_beginning_of_the_apis_paths(end: str) -> None:
    with PivotalApi("pivotal_0000", base_url=f"https://pivotal.test/here{end}") as client:
        assert client._transport._settings.base_url == "https://pivotal.test/here"


def test_an_address_is_a_whole_url() -> None:
    with pytest.raises(pivotal.PivotalError, match="http://"):
        PivotalApi("pivotal_0000", base_url="localhost:8000")


@pytest.mark.parametrize(
    "bad", ["https://maya:hunter2@pivotal.test", "http://pivotal.test/?a", "http://pivotal.test/#"]
)
def test_an_address_has_nothing_in_it_that_would_be_sent_instead(bad: str) -> None:
    with pytest.raises(pivotal.PivotalError, match="address") as caught:
        PivotalApi("pivotal_0000", base_url=bad)
    assert "hunter2" not in str(caught.value)


def test_headers_of_a_call_take_the_place_of_ours_however_they_are_written() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(301, headers={"location": "https://elsewhere.test/"})

    own = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
    with own, PivotalApi("pivotal_0000", http_client=own) as client, pytest.raises(ApiError) as caught:
        client.customers.delete(1, extra_headers={"idempotency-key": "mine", "AUTHORIZATION": "Bearer other"})
    (request,) = sent
    assert caught.value.status_code == 301
    assert request.headers.get_list("idempotency-key") == ["mine"]
    assert request.headers.get_list("authorization") == ["Bearer other"]


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_ü", "whsec_a", "whsec_ "])
def test_a_secret_that_is_none_lets_nothing_pass(secret: Any) -> None:  # noqa: ANN401 - a variable that is not set
    now = str(int(time.time()))
    signature = base64.b64encode(hmac.digest(b"", f"msg_1.{now}.{{}}".encode(), "sha256")).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": now, "webhook-signature": f"v1,{signature}"}
    for one in (headers, {}):
        with pytest.raises(pivotal.PivotalError, match="whsec_") as caught:
            pivotal.webhooks.verify(b"{}", one, secret)
        assert type(caught.value) is pivotal.PivotalError


@pytest.mark.parametrize(
    "bad", [{"webhook-timestamp": "9" * 5000}, {"webhook-id": "\udcff"}, {"webhook-signature": "v1,\udcff v1, v1"}]
)
def test_whatever_headers_hold_is_refused_as_not_genuine(bad: dict[str, str]) -> None:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
    with pytest.raises(pivotal.WebhookVerificationError):
        pivotal.webhooks.verify(b"{}", headers | bad, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX")


async def test_key_and_address_come_from_the_environment(faulty: Faulty, no_environment: pytest.MonkeyPatch) -> None:
    run, base_url = offline(faulty, [{"status": 200, "json": "me"}])
    no_environment.setenv("PIVOTAL_API_KEY", "pivotal_test_1111")
    no_environment.setenv("PIVOTAL_BASE_URL", f"{base_url}/")
    async with AsyncPivotalApi() as client:
        await client.me.get()
    (request,) = faulty.requests[run]
    assert request["url"] == "/api/v1/me"
    assert request["headers"]["authorization"] == "Bearer pivotal_test_1111"


@pytest.mark.parametrize("bad", ["", ".", ".."])
async def test_no_id_makes_another_path_of_a_call(client: AsyncPivotalApi, bad: str) -> None:
    with pytest.raises(ValueError, match="id"):
        await client.customers.get(bad)


async def test_what_json_cannot_say_is_refused_before_anything_is_sent(client: AsyncPivotalApi) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await client.onboardings.create(customer_id="1", target_launch_date=datetime(2031, 3, 3))  # noqa: DTZ001
    with pytest.raises(TypeError, match="JSON"):
        await client.customers.create(name="Aurora", metadata={"at": object()})


async def test_what_opens_something_stands_in_no_log(client: AsyncPivotalApi) -> None:
    endpoint = await client.webhook_endpoints.create(url="https://receiver.test/", events=["customer.created"])
    assert endpoint.secret.startswith("whsec_")
    assert endpoint.model_dump()["secret"] == endpoint.secret
    for text in (repr(endpoint), str(endpoint), repr([endpoint])):
        assert "secret='…'" in text
        assert endpoint.secret not in text
    async with AsyncPivotalApi("pivotal_test_0000", base_url="http://127.0.0.1:1", max_retries=0) as nobody:
        with pytest.raises(pivotal.ConnectionError, match=r"http://127\.0\.0\.1:1: ") as caught:
            await nobody.attachments.download("the-permission")
    assert "the-permission" not in str(caught.value)


async def test_an_answer_in_another_shape_is_told_as_such(faulty: Faulty) -> None:
    _, base_url = offline(faulty, [{"status": 200, "json": {"object": "customer", "id": 7}}])
    async with AsyncPivotalApi("pivotal_test_0000", base_url=base_url) as client:
        with pytest.raises(pivotal.InvalidResponseError, match="req_faulty"):
            await client.customers.get(42)


async def test_errors_read_well_and_can_be_carried_to_another_process(client: AsyncPivotalApi) -> None:
    with pytest.raises(pivotal.NotFoundError) as caught:
        await client.customers.get(0)
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert isinstance(error, ApiError)
    assert vars(error) == vars(caught.value)
    assert str(error) == f"Customer not found. (404 customer_not_found, request {error.request_id})"


def test_importing_it_imports_neither_httpx_nor_pydantic() -> None:
    program = "import sys, pivotal; print([name for name in ('httpx', 'pydantic') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_imported_late_is_there_all_the_same() -> None:
    program = "import pivotal; print(pivotal.models.Customer.__name__, pivotal.events.UnknownEvent.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Customer UnknownEvent"
    assert not hasattr(pivotal, "nothing")


def test_the_key_is_in_no_representation(no_environment: pytest.MonkeyPatch) -> None:
    del no_environment
    with PivotalApi("pivotal_secret") as client:
        seen = [repr(client), repr(vars(client)), repr(client._transport._settings)]
    assert "pivotal_secret" not in "".join(seen)


def test_the_classes_of_errors_are_those_that_are_documented() -> None:
    documented = {(error.name, error.class_name) for error in read(openapi_document(Settings())).error_types}
    assert {(name, cls.__name__) for name, cls in pivotal.errors._BY_TYPE.items()} == documented
