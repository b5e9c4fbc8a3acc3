"""How the emitter says in TypeScript what the model says; that all of it compiles is proved by the package's tests."""

from dataclasses import replace

import pytest

from sdk.generator.model import (
    Answer,
    Api,
    Body,
    Field,
    ListOf,
    Literals,
    MapOf,
    Nullable,
    OneOf,
    Operation,
    Primitive,
    Ref,
    Resource,
    Schema,
    Type,
)
from sdk.generator.typescript import emit

_DATE = Primitive("datetime")


def _schema(*fields: Field, sent: bool = False, extends: str | None = None) -> Schema:
    return Schema("Plan", "A plan.", fields, extends, sent=sent, received=not sent)


def _field(name: str, type_: Type, *, required: bool = True, description: str = "") -> Field:
    return Field(name, name, type_, required=required, description=description)


def _operation(*, body: Body | None = None, query: tuple[Field, ...] = ()) -> Operation:
    return Operation(
        id="update-plan",
        resource="plans",
        method="save_as_template",
        http_method="PATCH",
        path="/api/v1/plans/{planId}",
        summary="Save a plan",
        description="",
        path_fields=(Field("plan_id", "planId", Primitive("string"), required=True),),
        query_fields=query,
        body=body,
        answer=Answer("json", Ref("Plan"), None),
        public=False,
    )


def _emitted(file: str, *operations: Operation, schema: Schema | None = None) -> str:
    resources = (Resource("plans", operations),) if operations else ()
    schemas = {"Plan": schema} if schema else {}
    api = Api("1", resources, schemas, events=(), error_types=(), error_codes=())
    return emit(api)[f"sdk/typescript/src/generated/{file}"]


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        (Nullable(_DATE), "string | null"),
        (ListOf(Literals(("a", "b"), open=True)), '("a" | "b" | Other)[]'),
        (Literals(("plan",), open=False), '"plan"'),
        (MapOf(Primitive("any")), "Record<string, unknown>"),
        (ListOf(Ref("Task")), "Task[]"),
    ],
)
def test_what_is_received(type_: Type, written: str) -> None:
    assert f"  it: {written};\n" in _emitted("models.ts", schema=_schema(_field("it", type_)))


def test_who_sends_may_leave_out_and_give_dates() -> None:
    made = _emitted("models.ts", schema=_schema(_field("due", _DATE), _field("note", _DATE, required=False), sent=True))
    assert "  due: string | Date;\n" in made
    assert "  note?: string | Date | undefined;\n" in made


def test_a_schema_that_says_more_of_a_field_has_its_own() -> None:
    made = _emitted("models.ts", schema=_schema(_field("due", _DATE), extends="Base"))
    assert 'export interface Plan extends Omit<Base, "due"> {' in made


def test_no_description_ends_a_comment() -> None:
    assert "/** All of *\\/5. */" in _emitted(
        "models.ts", schema=_schema(_field("due", _DATE, description="All of */5."))
    )


def test_long_alternatives_stand_below_each_other() -> None:
    long = Literals(tuple(f"alternative_number_{number}" for number in range(9)), open=False)
    made = _emitted("models.ts", schema=_schema(_field("one", long), _field("some", Nullable(ListOf(long)))))
    assert '  one:\n    | "alternative_number_0"\n' in made
    assert '    | "alternative_number_8"\n  )[] | null;\n' in made


def test_a_method_takes_the_path_then_the_fields_then_options() -> None:
    body = Body("application/json", (_field("name", Primitive("string"), required=False),))
    made = _emitted("resources.ts", _operation(body=body))
    assert "  saveAsTemplate(planId: Id, params: params.PlansSaveAsTemplateParams, options?: RequestOptions)" in made
    assert "path: `/api/v1/plans/${part(planId)}`, json: params }" in made
    assert "content: Content" in _emitted("resources.ts", _operation(body=Body("application/octet-stream", ())))


def test_dry_run_decides_what_is_answered() -> None:
    operation = replace(
        _operation(body=Body("application/json", (_field("dry_run", Primitive("boolean"), required=False),))),
        http_method="POST",
        answer=Answer("json", OneOf((Ref("Plan"), Ref("Preview"))), None),
    )
    made = " ".join(_emitted("resources.ts", operation).split())
    start = "saveAsTemplate( planId: Id, params"
    name = "params.PlansSaveAsTemplateParams"
    end = ", options?: RequestOptions, ): Promise"
    assert f"{start}: {name} & {{ dry_run: true }}{end}<models.Preview>;" in made
    assert f"{start}?: {name} & {{ dry_run?: false | undefined }}{end}<models.Plan>;" in made
    assert f"{start}?: {name}{end}<models.Plan | models.Preview>;" in made


def test_fields_that_could_be_of_the_query_or_of_the_body_are_refused() -> None:
    field = _field("name", Primitive("string"))
    with pytest.raises(ValueError, match="update-plan has both a query and a body"):
        _emitted("params.ts", _operation(body=Body("application/json", (field,)), query=(field,)))
