"""Templates are compiled before anybody asks for their pages."""

from pathlib import Path

import pivotal_server
from pivotal_server.web.assets import Assets
from pivotal_server.web.rendering import Renderer


async def test_every_template_is_compiled_after_the_start() -> None:
    renderer = Renderer(Assets.load(), (), ())
    environment = renderer._environment
    await renderer.warm_up()
    assert environment.cache is not None
    compiled = {name for _, name in environment.cache}
    package = Path(pivotal_server.__file__).parent
    files = {f"{file.parent.parent.name}/{file.name}" for file in package.glob("*/templates/*.html")}
    assert files <= compiled
    assert {"tasks/list.html", "web/layout.html"} <= compiled
