"""Rendering: Jinja templates of all slices, and what every one of them may use."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, Environment, FileSystemBytecodeCache, StrictUndefined, TemplateNotFound

from pivotal_server.identity.rights import has_role
from pivotal_server.web import filters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2 import Template

    from pivotal_server.web.assets import Assets
    from pivotal_server.web.page import Page
    from pivotal_server.web.shell import Entry

# Requests that have come meanwhile are answered between two templates.
_BETWEEN_SECONDS = 0.005
_PACKAGE = Path(__file__).parent.parent


class _SliceLoader(BaseLoader):
    """Finds ``customers/list.html`` in ``customers/templates/list.html``."""

    def get_source(self, _: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        slice_, name = template.split("/", 1) if "/" in template else (template, "")
        file = _PACKAGE / slice_ / "templates" / name
        if not name or ".." in template or not file.is_file():
            raise TemplateNotFound(template)
        made = file.stat().st_mtime
        return file.read_text("utf-8"), str(file), lambda: file.stat().st_mtime == made

    def list_templates(self) -> list[str]:
        files = _PACKAGE.glob("*/templates/**/*.html")
        return sorted(f"{file.relative_to(_PACKAGE).parts[0]}/{file.name}" for file in files)


def _bytecode_cache() -> FileSystemBytecodeCache | None:
    """Return where compiled templates are kept, beside Python's own: compiling all takes a second of every process.

    Jinja looks whether a template has changed; the folder's name says what else goes into the compiled ones, such as
    filters of constants. None where the installation may not be written to.
    """
    if sys.dont_write_bytecode:
        return None
    here = Path(__file__).parent
    made_by = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(here.glob("*.py"))))
    folder = here / "__pycache__" / f"templates-{made_by.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


class Renderer:
    """Makes HTML of templates.

    Args:
        assets: scripts, styles and icons by name.
        navigation: the entries of the sidebar.
        settings_navigation: the entries of the settings' own list.
        reload: look for changed templates at each use; for development.

    Attributes:
        navigation: as given.
        settings_navigation: as given.
    """

    def __init__(
        self, assets: Assets, navigation: Sequence[Entry], settings_navigation: Sequence[Entry], *, reload: bool = False
    ) -> None:
        self.navigation, self.settings_navigation = navigation, settings_navigation
        self._environment = Environment(
            loader=_SliceLoader(),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=reload,
            cache_size=-1,
            bytecode_cache=_bytecode_cache(),
        )
        self._environment.globals |= {
            "asset": assets.url,
            "navigation": navigation,
            "settings_navigation": settings_navigation,
        }
        self._environment.filters |= filters.FILTERS
        # {{ entries | selectattr("role", "within", page.visitor.role) }}: what a role reaches
        self._environment.tests["within"] = lambda least, role: has_role(role, least)
        # The components, known to whole pages and to blocks alike.
        self._environment.globals["ui"] = self._environment.get_template("web/components.html").module

    async def warm_up(self) -> None:
        """Compile all templates, one at a time between other work, so that the first visitor does not wait for it."""
        for name in self._environment.list_templates():
            self._environment.get_template(name)
            await asyncio.sleep(_BETWEEN_SECONDS)

    def render(self, page: Page, template: str, block: str | None, context: dict[str, Any]) -> str:
        """Return a template's HTML, or that of one of its blocks.

        Args:
            page: the request that it answers; templates know it as ``page``.
            template: such as ``customers/list.html``.
            block: name of a block, for a fragment.
            context: what the template needs beside.
        """
        now: datetime = page.services.clock.now()
        today: date = now.astimezone(UTC).date()
        given = {"page": page, "now": now, "today": today, **context}
        made = self._environment.get_template(template)
        return made.render(given) if block is None else _render_block(made, block, given)

    def render_alone(self, template: str, context: dict[str, Any]) -> str:
        """Return the HTML of a template that is the same for everybody, and so knows of no request.

        Args:
            template: such as ``site/page.html``.
            context: all that the template needs.
        """
        return self._environment.get_template(template).render(context)


def _render_block(template: Template, block: str, given: dict[str, Any]) -> str:
    context = template.new_context(given)
    return "".join(template.blocks[block](context))
