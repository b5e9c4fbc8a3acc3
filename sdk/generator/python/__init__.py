"""The emitter of the Python SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk.generator.outputs import Emitter
from sdk.generator.python.models import error_codes, events, models, params
from sdk.generator.python.resources import access, resources
from sdk.generator.python.types import HEADER

if TYPE_CHECKING:
    from sdk.generator.model import Api

_PACKAGE = "sdk/python/src/pivotal"


def _emit(api: Api) -> dict[str, str]:
    files = {
        "models.py": models(api),
        "params.py": params(api),
        "events.py": events(api),
        "error_codes.py": error_codes(api),
        "_resources.py": access(api),
        "resources/__init__.py": f'{HEADER}"""The calls, by resource."""\n',
    }
    files |= {f"resources/{name}.py": text for name, text in resources(api).items()}
    return {f"{_PACKAGE}/{name}": text for name, text in files.items()}


EMITTER = Emitter(_emit, folders=(f"{_PACKAGE}/resources",))
