"""Compares a served OpenAPI document with the contract's facts: additions are fine, anything else is a problem.

Requests may accept more than the contract says, and answers may promise more; never less. ``contract.json`` holds the
facts: operations by operationId, schemas by name, and under ``limits`` the bounds of values that the contract's prose
sets for request fields, since its schemas have none.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

# What narrows the values that a schema accepts.
_BOUNDS = ("minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems", "multipleOf", "format")


def problems(contract: Json, document: Json) -> list[str]:
    """Return a sentence for everything in which the document falls short of the contract."""
    comparison = _Comparison(contract, document)
    found = [] if str(document.get("openapi")).startswith("3.1") else ["the document is not OpenAPI 3.1"]
    for operation_id, expected in contract["operations"].items():
        served = document["paths"].get(expected["path"], {}).get(expected["method"])
        if served is None:
            found.append(f"{operation_id}: {expected['method'].upper()} {expected['path']} is gone")
            continue
        found += (f"{operation_id}: {problem}" for problem in comparison.operation(operation_id, expected, served))
    return found


class _Comparison:
    def __init__(self, contract: Json, document: Json) -> None:
        self._schemas: Json = contract["schemas"]
        self._limits: Json = contract["limits"]
        self._document = document

    def operation(self, operation_id: str, expected: Json, served: Json) -> Iterator[str]:
        if served.get("operationId") != operation_id:
            yield f"is called {served.get('operationId')}"
        if bool(served.get("security", self._document.get("security"))) != expected["secured"]:
            yield "needs a key" if not expected["secured"] else "needs no key"
        yield from self._parameters(expected.get("parameters", {}), served)
        yield from self._body(expected.get("body"), served.get("requestBody"))
        for status, schema in expected["answers"].items():
            answer = served["responses"].get(status)
            if answer is None:
                yield f"status {status} is gone"
            else:
                yield from self._answer(schema, _json_schema(answer), status)

    def _parameters(self, expected: Json, served: Json) -> Iterator[str]:
        found = {(item["in"], item["name"]): item for item in map(self._resolve, served.get("parameters", []))}
        for name, facts in expected.items():
            item = found.pop((facts["in"], name), None)
            if item is None:
                yield f"parameter {name} is gone"
                continue
            if item.get("required") and not facts["required"]:
                yield f"parameter {name} has become required"
            values = {key: fact for key, fact in facts.items() if key != "required"}
            yield from self._request(values, item["schema"], f"parameter {name}", self._limits.get(name, {}))
        yield from (f"new parameter {name} is required" for (_, name), item in found.items() if item.get("required"))

    def _body(self, name: str | None, served: Json | None) -> Iterator[str]:
        if name is None:
            if served is not None and served.get("required"):
                yield "a body has become required"
        elif served is None:
            yield "the body is gone"
        else:
            yield from self._request(self._schemas[name], _json_schema(served), "body", self._limits.get(name, {}))

    def _request(self, expected: Json | str, served: Json, at: str, limits: Json) -> Iterator[str]:
        """Yield where the served schema accepts less than the contract's."""
        facts, schema = self._facts(expected), self._resolve(served)
        if missing := set(facts["types"]) - _types(schema):
            yield f"{at} does not take {', '.join(sorted(missing))} any more"
        yield from self._enum(facts, schema, at)
        for bound in _BOUNDS:
            allowed = limits.get(bound, facts.get(bound))
            if bound in schema and schema[bound] != allowed:
                yield f"{at} has {bound} {schema[bound]}; decided is {allowed}"
        if newly := set(schema.get("required", ())) - set(facts.get("required", ())):
            yield f"{at} newly requires {', '.join(sorted(newly))}"
        yield from self._parts(facts, schema, at, limits)

    def _answer(self, expected: Json | str, served: Json, at: str) -> Iterator[str]:
        """Yield where the served schema promises less than the contract's."""
        facts, schema = self._facts(expected), self._resolve(served)
        if wider := _types(schema) - set(facts["types"]):
            yield f"{at} may now be {', '.join(sorted(wider))}"
        yield from self._enum(facts, schema, at)
        if "format" in facts and schema.get("format") != facts["format"]:
            yield f"{at} has lost its format {facts['format']}"
        if missing := set(facts.get("required", ())) - set(schema.get("required", ())):
            yield f"{at} does not promise {', '.join(sorted(missing))} any more"
        yield from self._parts(facts, schema, at, None)

    def _parts(self, facts: Json, schema: Json, at: str, limits: Json | None) -> Iterator[str]:
        """Compare the properties and items; with ``limits`` as a request's, else as an answer's."""
        pairs = {
            name: (part, schema.get("properties", {}).get(name)) for name, part in facts.get("properties", {}).items()
        }
        if "items" in facts:
            pairs["items"] = (facts["items"], schema.get("items"))
        for name, (part, served) in pairs.items():
            if served is None:
                yield f"{at}.{name} is gone"
            elif limits is None:
                yield from self._answer(part, served, f"{at}.{name}")
            else:
                yield from self._request(part, served, f"{at}.{name}", limits.get(name, {}))

    def _enum(self, facts: Json, schema: Json, at: str) -> Iterator[str]:
        if "enum" not in facts:
            return
        if missing := [value for value in facts["enum"] if value not in schema.get("enum", ())]:
            yield f"{at} does not list {', '.join(missing)}"

    def _facts(self, expected: Json | str) -> Json:
        facts: Json = self._schemas[expected] if isinstance(expected, str) else expected
        return facts

    def _resolve(self, node: Json) -> Json:
        while "$ref" in node:
            found: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node


def _json_schema(holder: Json) -> Json:
    schema: Json = holder["content"]["application/json"]["schema"]
    return schema


def _types(schema: Json) -> set[str]:
    """Return the JSON types that a schema allows; one that names none, and has no alternatives, allows all."""
    if "anyOf" in schema:
        return set().union(*(_types(option) for option in schema["anyOf"]))
    named = schema.get("type", ["object", "array", "string", "number", "integer", "boolean", "null"])
    types = {named} if isinstance(named, str) else set(named)
    return types | {"integer"} if "number" in types else types
