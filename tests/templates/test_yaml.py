import httpx
import pytest

from tests.support import Json, body_of, error_of
from tests.templates.support import create_template

AWKWARD = [
    *(
        "2026-01-01",
        "12:30",
        "0x1F",
        "010",
        "1_000",
        "1e3",
        ".5",
        "yes",
        "No",
        "on",
        "True",
        "nULL",
        "null",
        "~",
        "",
        "-",
    ),
    *(
        " leading",
        "trailing ",
        "a: b",
        "- a",
        "# no comment",
        "'",
        '"',
        "=",
        "<<",
        "&a",
        "*a",
        "!tag",
        "%",
        "@",
        "`",
        "?",
    ),
    *("two\nlines\n", "three\n\nlines", "trailing \nspace ", "tab\there", "a\\b", "é", "emoji 🎉"),
    *("\N{NEXT LINE}", "\N{LINE SEPARATOR}"),
]


async def exported(api: httpx.AsyncClient, template: Json) -> str:
    response = await api.get(f"/templates/{template['id']}/export")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/yaml"
    name = f"template-{template['display_id']}-v{template['version']}.yaml"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    return response.text


async def imported(api: httpx.AsyncClient, text: str) -> Json:
    return body_of(await api.post("/templates/import", json={"yaml": text}), 201)


def said(template: Json) -> Json:
    return {name: template[name] for name in ("name", "description", "tasks", "phases", "task_count")}


async def test_what_is_exported_is_imported_as_it_was(api: httpx.AsyncClient, fabrikam_api: httpx.AsyncClient) -> None:
    template = await create_template(api)
    text = await exported(api, template)
    for client in (api, fabrikam_api):
        again = await imported(client, text)
        assert said(again) == said(template)
        assert await exported(client, again) == text
    edited = text.replace("Hold the kickoff call", "Hold a long kickoff call")
    assert (await imported(api, edited))["tasks"][0]["title"] == "Hold a long kickoff call"


async def test_an_older_version_can_be_exported(api: httpx.AsyncClient) -> None:
    template = await create_template(api)
    text = await exported(api, template)
    body_of(await api.patch(f"/templates/{template['id']}", json={"tasks": []}))
    assert (await api.get(f"/templates/{template['id']}/export?version=1")).text == text


async def test_no_text_turns_into_something_else(api: httpx.AsyncClient) -> None:
    tasks = [
        {"key": f"t{place}", "title": text.strip() or "-", "description": text, "phase": "review"}
        for place, text in enumerate(AWKWARD)
    ]
    template = await create_template(api, description="null", tasks=tasks)
    again = await imported(api, await exported(api, template))
    assert said(again) == said(template)


def bomb() -> str:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(["a0: &a0 [lol, lol]", *levels, "name: *a9"])


REFUSED = {
    "no YAML": ("a: [1", "yaml", "not valid YAML. Line 2: "),
    "a control character": ("name: \x07", "yaml", "not valid YAML"),
    "a list": ("- a", "yaml", "must hold a mapping"),
    "nothing": ("", "yaml", "must hold a mapping"),
    "two documents": ("name: A\n---\nname: B", "yaml", "one document"),
    "an alias": ("name: &a A\ndescription: *a", "yaml", "Anchors and aliases"),
    "an alias bomb": (bomb(), "yaml", "Anchors and aliases"),
    "a tag": ("name: !!python/object/apply:os.system ['ls']", "yaml", "Tags are not read"),
    "a tag of a key": ("!!binary name: A", "yaml", "plain text"),
    "a key that is a list": ("? [a]\n: b", "yaml", "plain text"),
    "a key told twice": ("name: A\nname: B", "yaml", "stands there twice. Line 2"),
    "depth": ("name: " + "[" * 500 + "]" * 500, "yaml", "at most 10 levels"),
    "endless depth": ("name: " + "[" * 200_000, "yaml", ""),
    "NUL": ('name: "a\\0"', "name", "NUL"),
    "a number for a name": ("name: 5", "name", "Expected string, received number"),
    "a huge number": ("name: A\ntasks: [{key: a, title: A, phase: review, duration_days: 99999999999999999999}]",
        "tasks.0.duration_days", "Expected number, received string"),
    "no name": ("tasks: []", "name", "Required"),
    "an unknown phase": ("name: A\ntasks: [{key: a, title: A, phase: somewhere}]", "tasks.0.phase", "'somewhere'"),
    "size": ("# " + "x" * 262_144, "yaml", "at most 262144"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_a_strange_file_is_a_clear_error(api: httpx.AsyncClient, case: str) -> None:
    text, field, words = REFUSED[case]
    error = error_of(await api.post("/templates/import", json={"yaml": text}), 400)
    assert error["field"] == field
    assert words in error["message"]
