"""The templates of the demo workspace, read from their YAML files."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

from pivotal_server import demo
from pivotal_server.templates.yaml_file import read_yaml

if TYPE_CHECKING:
    from pivotal_server.templates.content import TemplateContent


@functools.cache
def templates() -> dict[str, TemplateContent]:
    """Return all templates by their name, in the order of their files' names."""
    files = sorted((resources.files(demo) / "templates").iterdir(), key=lambda file: file.name)
    contents = [read_yaml(file.read_text(encoding="utf-8")) for file in files]
    return {content.name: content for content in contents}
