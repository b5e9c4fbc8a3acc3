"""Samples of each operation in four languages, made of its examples: they run as they stand where those ids exist."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pivotal_server.site.agents import SAMPLE_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pivotal_server.site.reference.spec import Operation, Spec

_WIDTH, _LONGEST_LINE = 100, 50
_PYTHON_WORDS = {"from", "import", "class", "global"}
_ENDINGS = re.compile(r"(?:Resource|WithSecret|WithAttempts|WithChain)$")
_FILE = "cutover-plan.pdf"


class Sample(NamedTuple):
    """A sample.

    Attributes:
        language: as fences say it.
        code: the whole of it.
    """

    language: str
    code: str


def samples_of(spec: Spec, operation: Operation) -> list[Sample]:
    """Return an operation's samples: curl, Python, TypeScript and Go; those of the SDKs only where they have it."""
    found = [Sample("sh", curl(operation))]
    if operation.is_in_sdks:
        found += [Sample("python", python(spec, operation)), Sample("ts", typescript(spec, operation))]
    return [*found, Sample("go", go(operation))]


def curl(operation: Operation) -> str:
    """Return the call with curl."""
    address = f"{SAMPLE_ADDRESS}{operation.address}"
    program = "curl -N" if operation.success.content_type == "text/event-stream" else "curl"
    start = program if operation.verb == _implied(operation) else f"{program} -X {operation.verb}"
    parts = [f'{start} "{address}"' if "?" in address else f"{start} {address}"]
    if not operation.is_public:
        header = f"{operation.key_header}: " if operation.key_header else "Authorization: Bearer "
        parts.append(f'-H "{header}$PIVOTAL_API_KEY"')
    if operation.success.status == 201:  # noqa: PLR2004 - something is made, and should not be made twice
        parts.append(f'-H "Idempotency-Key: {operation.id}-$RANDOM"')
    if operation.body is not None:
        parts.append(f'-H "Content-Type: {operation.body.content_type}"')
        parts.append(_curl_body(operation.body.example) if operation.body.is_json else f"--data-binary @{_FILE}")
    elif operation.success.content_type == "*/*":
        parts.append(f"-o {_FILE}")
    return _lines(parts)


def python(spec: Spec, operation: Operation) -> str:
    """Return the call with the Python SDK."""
    name = _variable(spec, operation)
    values = dict(operation.body.example) if operation.body and operation.body.is_json else {}
    arguments = [_python_id(parameter.example) for parameter in operation.in_path]
    arguments += [f"{parameter.name}={_python(parameter.example, 0)}" for parameter in operation.shown_query]
    arguments += [
        f"{key}_={_python(value, 1)}" if key in _PYTHON_WORDS else f"{key}={_python(value, 1)}"
        for key, value in values.items()
    ]
    imports = ["from pivotal import PivotalApi"]
    if operation.body and not operation.body.is_json:
        arguments.append(f'content=Path("{_FILE}").read_bytes()')
        imports.insert(0, "from pathlib import Path\n")
    call = _call(f"pivotal.{operation.resource}.{operation.method}", arguments, f"{name} = ", trailing=",")
    shown = (
        f"for {name} in {call}:\n    print({name})"
        if operation.is_list
        else f"{name} = {call}\nprint({_shown(operation, name)})"
    )
    return "\n".join([*imports, "", "pivotal = PivotalApi()", "", shown])


def typescript(spec: Spec, operation: Operation) -> str:
    """Return the call with the TypeScript SDK."""
    name = _camel(_variable(spec, operation))
    imports = ['import { PivotalApi } from "@pivotal/api";']
    arguments = [_typescript_id(parameter.example) for parameter in operation.in_path]
    values: dict[str, Any] = {parameter.name: parameter.example for parameter in operation.shown_query}
    if operation.body and operation.body.is_json:
        values |= operation.body.example
    elif operation.body:
        imports.insert(0, 'import { readFile } from "node:fs/promises";')
        arguments.append(f'await readFile("{_FILE}")')
    if values:
        arguments.append(_typescript(values, 0))
    call = f"pivotal.{_camel(operation.resource)}.{_camel(operation.method)}({', '.join(arguments)})"
    shown = (
        f"for await (const {name} of {call}) {{\n  console.log({name});\n}}"
        if operation.is_list
        else f"const {name} = await {call};\nconsole.log({'content.size' if name == 'content' else name});"
    )
    return "\n".join([*imports, "", "const pivotal = new PivotalApi();", "", shown])


def go(operation: Operation) -> str:
    """Return the call with Go's own HTTP client."""
    opening, body, imports = _go_body(operation)
    address = f"{SAMPLE_ADDRESS}{operation.address}"
    lines = [*opening, f'request, err := http.NewRequest("{operation.verb}", "{address}", {body})', *_GO_CHECK]
    if not operation.is_public:
        imports.add("os")
        header, before = (operation.key_header, "") if operation.key_header else ("Authorization", '"Bearer "+')
        lines.append(f'request.Header.Set("{header}", {before}os.Getenv("PIVOTAL_API_KEY"))')
    if operation.body is not None:
        lines.append(f'request.Header.Set("Content-Type", "{operation.body.content_type}")')
    lines += ["response, err := http.DefaultClient.Do(request)", *_GO_CHECK, "defer response.Body.Close()"]
    lines += ["answer, err := io.ReadAll(response.Body)", *_GO_CHECK, "fmt.Println(response.Status, string(answer))"]
    imported = "".join(f'\t"{one}"\n' for one in sorted(imports | {"fmt", "io", "net/http"}))
    inside = "".join(f"\t{line}\n" for line in lines)
    return f"package main\n\nimport (\n{imported})\n\nfunc main() {{\n{inside}}}"


_GO_CHECK = ("if err != nil {", "\tpanic(err)", "}")


def _go_body(operation: Operation) -> tuple[list[str], str, set[str]]:
    """Return the lines that make the body, what it is called, and what they import."""
    if operation.body is None:
        return [], "nil", set()
    if not operation.body.is_json:
        return [f'body, err := os.Open("{_FILE}")', *_GO_CHECK, "defer body.Close()"], "body", {"os"}
    text = json.dumps(operation.body.example, indent="\t", ensure_ascii=False).replace("\n", "\n\t")
    quoted = json.dumps(text, ensure_ascii=False) if "`" in text else f"`{text}`"
    return [f"body := strings.NewReader({quoted})"], "body", {"strings"}


def _implied(operation: Operation) -> str:
    """Return the verb that curl takes where none is said."""
    return "POST" if operation.body is not None else "GET"


def _curl_body(example: Any) -> str:  # noqa: ANN401 - JSON
    text = json.dumps(example, ensure_ascii=False)
    if len(text) > _LONGEST_LINE:
        text = json.dumps(example, indent=2, ensure_ascii=False).replace("\n", "\n  ")
    return "-d '" + text.replace("'", "'\\''") + "'"


def _lines(parts: Sequence[str]) -> str:
    return " \\\n  ".join(parts)


def _variable(spec: Spec, operation: Operation) -> str:
    """Return what a sample calls the answer, or each of its rows: its schema's name."""
    answer = operation.success
    if answer.content_type != "application/json":
        return "text" if answer.content_type.startswith(("text/", "application/yaml")) else "content"
    node = spec.resolve(answer.schema)
    rows = node.get("properties", {}).get("data")
    target = spec.name_of(rows["items"]) if operation.is_list and rows else spec.name_of(answer.schema)
    name = _ENDINGS.sub("", target or "document")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _shown(operation: Operation, name: str) -> str:
    return f"len({name})" if name == "content" or operation.resource == "openapi" else name


def _python_id(example: str | None) -> str:
    return example if example and example.isdecimal() else _python(example, 0)


def _typescript_id(example: str | None) -> str:
    return example if example and example.isdecimal() else json.dumps(example)


def _call(start: str, arguments: Sequence[str], before: str, *, trailing: str) -> str:
    line = f"{start}({', '.join(arguments)})"
    if len(before) + len(line) <= _WIDTH - 12 and "\n" not in line:
        return line
    return f"{start}(\n" + "".join(f"    {argument}{trailing}\n" for argument in arguments) + ")"


def _python(value: Any, depth: int) -> str:  # noqa: ANN401 - JSON
    """Return a value as Python writes it, over several lines where one would be too long."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)):
        return repr(value)
    items = (
        [f"{json.dumps(key)}: {_python(inner, depth + 1)}" for key, inner in value.items()]
        if isinstance(value, dict)
        else [_python(inner, depth + 1) for inner in value]
    )
    return _bracketed(items, "{}" if isinstance(value, dict) else "[]", depth, "    ")


def _typescript(value: Any, depth: int) -> str:  # noqa: ANN401 - JSON
    """Return a value as TypeScript writes it, over several lines where one would be too long."""
    if isinstance(value, list):
        return _bracketed([_typescript(inner, depth + 1) for inner in value], "[]", depth, "  ")
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    items = [f"{_key(key)}: {_typescript(inner, depth + 1)}" for key, inner in value.items()]
    return _bracketed(items, "{}", depth, "  ", inside=" ")


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _bracketed(items: Sequence[str], brackets: str, depth: int, indent: str, inside: str = "") -> str:
    opening, closing = brackets[0], brackets[1]
    line = f"{opening}{inside}{', '.join(items)}{inside}{closing}"
    if len(line) + depth * len(indent) <= _WIDTH - 24 and "\n" not in line:
        return line
    inner = "".join(f"{indent * (depth + 1)}{item},\n" for item in items)
    return f"{opening}\n{inner}{indent * depth}{closing}"


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
