"""The API reference: a page for each operation and each event, made of the document that the server serves."""

import re
from typing import Any

import pytest

from pivotal_server.app import openapi_document
from pivotal_server.core.settings import Settings
from pivotal_server.rest.error_codes import ERROR_CODES
from pivotal_server.site.answers import Answers
from pivotal_server.site.library import Library
from pivotal_server.site.reference.errors import OWN, refusals_of
from pivotal_server.site.reference.pages import hyphens
from pivotal_server.site.reference.spec import Spec
from pivotal_server.site.reference.words import RESOURCES
from pivotal_server.webhooks.catalogue import NAMES
from tests.site.reading import html_of

BASE = "http://docs.test"


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return openapi_document(Settings())


def operations_of(document: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the verb and path of each operation, and the operation, by where its page has to be."""

    def in_no_sdk(node: dict[str, Any]) -> dict[str, str]:
        return {"resource": node["tags"][0], "method": node["operationId"].partition("-")[0]}

    names = [
        (path, verb, node, node.get("x-sdk") or in_no_sdk(node))
        for path, nodes in document["paths"].items()
        for verb, node in nodes.items()
    ]
    return {
        hyphens(f"api/{name['resource']}/{name['method']}"): (f"{verb.upper()} {path}", node)
        for path, verb, node, name in names
    }


def test_every_operation_and_resource_has_a_page_and_the_reverse(library: Library, document: dict[str, Any]) -> None:
    operations = operations_of(document)
    resources = {path.rpartition("/")[0] for path in operations}
    assert {path for path in library.paths if path.startswith("api/")} == operations.keys() | resources
    assert {f"api/{hyphens(name)}" for name in RESOURCES} == resources


def test_every_code_of_an_error_stands_where_it_can_be_met(document: dict[str, Any]) -> None:
    spec = Spec(document)
    told = {code for operation in spec.operations for refusal in refusals_of(operation) for code in refusal.codes}
    assert told == set(ERROR_CODES) - {"not_yours"}  # which only a teammate meets
    assert {id_ for _, ids in OWN for id_ in ids} <= {operation.id for operation in spec.operations}


def test_what_several_actions_refuse_stands_where_one_call_does_them_all(document: dict[str, Any]) -> None:
    told = {
        operation.id: {code for refusal in refusals_of(operation) for code in refusal.codes}
        for operation in Spec(document).operations
    }
    of_customers = {"slug_taken", "shopify_domain_taken", "email_taken", "customer_not_found"}
    of_plans = {"template_phase_missing", "date_out_of_range"}
    assert of_customers | of_plans | {"lead_not_found"} <= told["win-lead"]
    assert of_plans <= told["create-onboarding"]
    assert {"lead_won", "not_a_duplicate"} <= told["merge-lead"]


def test_every_event_has_a_page_and_the_reverse(library: Library) -> None:
    pages = {path for path in library.paths if path.startswith("webhooks/events/")}
    assert pages == {f"webhooks/events/{name}" for name in NAMES}


def test_a_page_says_all_that_the_document_says(library: Library, document: dict[str, Any]) -> None:
    for path, (call, node) in operations_of(document).items():
        page = library.find(path)
        assert page is not None
        assert f"```http\n{call}\n```" in page.body
        assert f"`{node['x-scope']}`" in page.body if "x-scope" in node else "`:read`" not in page.body
        for parameter in node.get("parameters", ()):
            assert parameter["in"] == "header" or f"- `{parameter['name']}` (" in page.body, path
        for status in node["responses"]:
            assert f"`{status}`" in page.body or status == "206", f"{path} answers {status}"
        for language in ("sh", "python", "ts", "go") if "x-sdk" in node else ("sh", "go"):
            assert f"```{language}\n" in page.body


def test_fields_tell_types_limits_values_and_what_is_inside(library: Library) -> None:
    page = library.find("api/tasks/create")
    assert page is not None
    assert "- `title` (string, required): What is to be done, in a line. 1 to 255 characters.\n" in page.body
    assert "\n- `due` (object or null): " in page.body
    assert "\n  - `type` (string, required): " in page.body
    assert (
        "- `duration_days` (integer): Working days that it takes, the due date included. 1 to 365, `1` unless"
        in page.body
    )
    assert re.search(r"- `assignee_role` .* One of `csm`, `se`, `designer`, `product_ops`\.\n", page.body)
    assert "or another that the workspace or a later version has" in page.body
    assert "`409` `dependency_cycle`" in page.body


def test_what_is_answered_is_shown_in_what_it_is_written_in(library: Library) -> None:
    bodies = {path: page.body for path in library.paths if (page := library.find(path))}
    assert "```yaml\nname: Loyalty programme\n" in bodies["api/templates/export"]
    assert "```text\nretry: " in bodies["api/events/stream"]
    assert '```json\n{\n  "object": "customer",' in bodies["api/customers/get"]


def test_an_event_tells_when_it_fires_what_it_has_and_what_it_had(library: Library) -> None:
    moved = library.find("webhooks/events/onboarding.phase_changed")
    made = library.find("webhooks/events/customer.created")
    assert moved is not None
    assert made is not None
    assert moved.description.startswith("An onboarding moved to another phase")
    assert "Always among them: `phase`." in moved.body
    assert "Always `null`: there are no former values." in made.body
    assert "`customer.*`" in made.body


def test_what_is_tried_is_filled_in_and_works_without_a_style_or_script_of_its_own(answers: Answers) -> None:
    html = html_of(answers.make("/docs/api/tasks/create", b"", BASE))
    assert 'data-path="/api/v1/onboardings/{id}/tasks"' in html
    assert 'value="89"' in html
    assert "Send us your brand assets" in html
    assert " style=" not in html
    assert " data-writes" in html
    listed = html_of(answers.make("/docs/api/customers/list", b"", BASE))
    assert " data-writes" not in listed
    assert "<option>at_risk</option>" in listed
    assert "data-file" in html_of(answers.make("/docs/api/attachments/create", b"", BASE))
    assert " data-header=" not in listed
    assert 'data-header="x-api-key"' in html_of(answers.make("/docs/api/contacts-by-uuid/list", b"", BASE))
    assert 'id="try-key"' not in html_of(answers.make("/docs/api/health/get", b"", BASE))
    assert "data-island" not in html_of(answers.make("/docs/api/customers", b"", BASE))
