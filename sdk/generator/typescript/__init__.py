"""Emits the TypeScript SDK's models, parameters and methods: sdk/typescript/src/generated/."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sdk.generator.outputs import Emitter
from sdk.generator.typescript.methods import class_name, fields_of, methods_class, params_interface
from sdk.generator.typescript.types import camel, comment, interface

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdk.generator.model import Api

_FOLDER = "sdk/typescript/src/generated"
_HEAD = "// Made by `make sdk-generate` of the API's description. Do not edit.\n"


def emit(api: Api) -> dict[str, str]:
    """Return the generated files by path."""
    files = {
        "errors.ts": _errors(api),
        "events.ts": _events(api),
        "models.ts": _models(api),
        "params.ts": _params(api),
        "resources.ts": _resources(api),
    }
    return {f"{_FOLDER}/{name}": _HEAD + text for name, text in files.items()}


EMITTER = Emitter(emit, folders=(_FOLDER,))


def _errors(api: Api) -> str:
    return "\n".join(
        [
            'import type { Other } from "./models.js";\n',
            comment("What an error is about: there is a class for each.")
            + _alternatives("ErrorType", [*(json.dumps(error.name) for error in api.error_types), "Other"]),
            comment("What exactly it is.")
            + _alternatives("ErrorCode", [*(json.dumps(code) for code in api.error_codes), "Other"]),
        ]
    )


def _events(api: Api) -> str:
    schemas = [event.schema for event in api.events]
    return "\n".join(
        [
            _imports(schemas),
            comment(
                "What webhooks tell; `type` says which. A later server may tell of more: let an unknown `type` pass."
            )
            + _alternatives("WebhookEvent", schemas),
            comment("The types of events that this version knows.") + 'export type EventName = WebhookEvent["type"];\n',
        ]
    )


def _models(api: Api) -> str:
    other = comment("Any other text: a later server may know more, and a workspace may have its own.")
    other += "export type Other = string & Record<never, never>;\n"
    return "\n".join([other, *(interface(schema) for schema in api.schemas.values())])


def _params(api: Api) -> str:
    made = [params_interface(operation) for operation in api.operations if fields_of(operation)]
    return "\n".join(
        [
            'import type { Filters } from "../transport.js";\nimport type * as models from "./models.js";\n',
            *made,
        ]
    )


def _resources(api: Api) -> str:
    head = (
        'import type { Listing } from "../listing.js";\n'
        'import { type Id, Methods, part } from "../methods.js";\n'
        'import type { Content, RequestOptions, Transport } from "../transport.js";\n'
        'import type * as models from "./models.js";\n'
        'import type * as params from "./params.js";\n'
    )
    made = [(resource, class_name(resource)) for resource in api.resources]
    fields = "".join(f"  readonly {camel(resource.name)}: {name};\n" for resource, name in made)
    set_up = "".join(f"    this.{camel(resource.name)} = new {name}(transport);\n" for resource, name in made)
    all_of_them = (
        "/** All resources of the API. */\n"
        f"export class Resources {{\n{fields}\n  constructor(transport: Transport) {{\n{set_up}  }}\n}}\n"
    )
    return "\n".join([head, *(methods_class(resource) for resource in api.resources), all_of_them])


def _alternatives(name: str, options: Iterable[str]) -> str:
    return f"export type {name} =\n" + "\n".join(f"  | {option}" for option in options) + ";\n"


def _imports(names: Iterable[str]) -> str:
    return "import type {\n" + "".join(f"  {name},\n" for name in sorted(names)) + '} from "./models.js";\n'
