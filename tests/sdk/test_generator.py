from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pivotal_server.app import DIALECTS, openapi_document
from pivotal_server.core.settings import Settings
from pivotal_server.rest.dialect import dialect_at
from sdk.generator import outputs
from sdk.generator.model import Api, Field, Literals, MapOf, Nullable, OneOf, Operation, Primitive, Ref
from sdk.generator.outputs import Emitter
from sdk.generator.reader import read
from sdk.generator.schemas import Schemas, UnreadableError


@pytest.fixture(scope="module")
def model() -> Api:
    return read(openapi_document(Settings()))


def operation(model: Api, name: str) -> Operation:
    return next(found for found in model.operations if f"{found.resource}.{found.method}" == name)


def field(fields: tuple[Field, ...], name: str) -> Field:
    return next(found for found in fields if found.name == name)


def test_every_operation_that_has_a_name_for_sdks_is_in_the_model(model: Api) -> None:
    document = openapi_document(Settings())
    ours = [methods for path, methods in document["paths"].items() if dialect_at(DIALECTS, path) is None]
    nodes = [node for methods in ours for node in methods.values()]
    ids = {node["operationId"] for node in nodes if "x-sdk" in node}
    assert {node["operationId"] for node in nodes} - ids == {"stream-events"}  # which has no end
    assert {found.id for found in model.operations} == ids
    assert len({(found.resource, found.method) for found in model.operations}) == len(ids)


def test_a_bare_id_in_a_path_is_called_after_what_it_names(model: Api) -> None:
    names = {
        name: [found.name for found in operation(model, name).path_fields]
        for name in ("customers.get", "contacts.list", "people.get", "deliveries.replay", "phases.get", "me.get")
    }
    assert names == {
        "customers.get": ["customer_id"],
        "contacts.list": ["customer_id"],
        "people.get": ["person_id"],
        "deliveries.replay": ["delivery_id"],
        "phases.get": ["key"],
        "me.get": [],
    }
    assert operation(model, "contacts.list").path_fields[0].wire == "customerId"


def test_query_parameters_have_the_types_that_people_mean(model: Api) -> None:
    query = operation(model, "customers.list").query_fields
    assert field(query, "limit").type == Primitive("integer")
    assert field(query, "cursor").type == Primitive("string")
    assert field(query, "archived").type == Primitive("boolean")
    assert field(query, "updated_since").type == Primitive("datetime")
    assert field(query, "custom_fields") == Field(
        **{name: getattr(field(query, "custom_fields"), name) for name in ("name", "wire", "description")},
        type=MapOf(Primitive("string")),
        required=False,
        deep=True,
    )
    status = field(query, "status").type
    assert isinstance(status, Literals)
    assert status.open
    assert "at_risk" in status.values


def test_lists_tell_what_their_rows_are_and_whether_they_page(model: Api) -> None:
    assert operation(model, "customers.list").answer.row == Ref("Customer")
    assert operation(model, "customers.list").paginated
    assert operation(model, "contacts.list").answer.row == Ref("Contact")
    assert not operation(model, "contacts.list").paginated
    assert operation(model, "reminders.send").answer.row is None


def test_several_success_shapes_are_a_union_with_the_usual_one_first(model: Api) -> None:
    for name in ("tasks.create", "tasks.update", "tasks.complete", "tasks.reopen"):
        assert operation(model, name).answer.type == OneOf((Ref("Task"), Ref("PlanPreview")))


def test_bodies_and_answers_may_be_something_else_than_json(model: Api) -> None:
    upload = operation(model, "attachments.create").body
    assert upload is not None
    assert upload.binary
    assert operation(model, "attachments.download").answer.form == "bytes"
    assert operation(model, "attachments.download").public
    assert operation(model, "templates.export").answer.form == "text"


def test_schemas_know_on_which_way_they_travel_and_those_inside_of_others_have_names(model: Api) -> None:
    assert (model.schemas["DueRule"].sent, model.schemas["DueRule"].received) == (True, False)
    assert (model.schemas["Customer"].sent, model.schemas["Customer"].received) == (False, True)
    assert (model.schemas["TemplateTask"].sent, model.schemas["TemplateTask"].received) == (True, True)
    assert "CustomerCreate" not in model.schemas  # its fields are the method's own
    assert field(model.schemas["CustomerCreatedEvent"].fields, "data").type == Ref("CustomerCreatedEventData")
    assert model.schemas["CustomerHealthScoreDroppedEventDataObject"].extends == "Customer"


def test_what_may_be_null_says_so_and_what_has_one_value_is_closed(model: Api) -> None:
    customer = model.schemas["Customer"].fields
    assert field(customer, "slug").type == Nullable(Primitive("string"))
    assert field(customer, "object").type == Literals(("customer",), open=False)
    assert field(model.schemas["Task"].fields, "due").type == Nullable(Ref("Due"))


def test_every_event_type_has_its_schema(model: Api) -> None:
    types = {event.name: field(model.schemas[event.schema].fields, "type").type for event in model.events}
    assert len(types) == len(model.events)
    assert all(type_ == Literals((name,), open=False) for name, type_ in types.items())


@pytest.mark.parametrize(
    "node",
    [{"type": "string", "enum": ["a", 1]}, {"type": "file"}, {"allOf": [{"type": "object"}, {"required": ["a"]}]}],
)
def test_what_the_model_has_no_words_for_is_refused(node: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError, match="Thing"):
        Schemas({}).type_of(node, "Thing")


def test_drift_is_found_written_and_gone(model: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "ROOT", tmp_path)
    monkeypatch.setattr(outputs, "_SETTINGS", ())
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "stale.txt").write_text("")
    emitter = Emitter(lambda api: {"made/version.py": f"version = '{api.version}'", "note.txt": "x"}, ("made",))

    files, stale = outputs.generate(model, [emitter])
    assert files["made/version.py"] == f'version = "{model.version}"\n'
    assert outputs.differences(files, stale) == ["made/stale.txt", "made/version.py", "note.txt"]
    outputs.write(files, stale)
    assert outputs.differences(*outputs.generate(model, [emitter])) == []
    assert not (tmp_path / "made" / "stale.txt").exists()
