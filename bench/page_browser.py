"""The app's pages in a browser: when they show, what moves by itself, and how soon they answer to hand and key."""

from __future__ import annotations

import os
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser, Page

    from bench.page_data import Scene

AIM_PAINT_MS, AIM_INTERACTION_MS = 400.0, 100.0
MOST_SCRIPT_KIB = 150.0
_CHROMIUM = Path(__file__).parents[1] / "tools" / "chromium"
_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--no-first-run",
)
# From here on the page keeps what the browser tells of it.
_WATCH = """
window.seen = { shift: 0, moved: [], events: new Map() };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    seen.shift += entry.value;
    seen.moved.push(...entry.sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "gone").slice(0, 120)));
  }
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const { interactionId, duration, name } of list.getEntries()) {
    if (interactionId && duration > (seen.events.get(interactionId)?.[0] ?? 0)) {
      seen.events.set(interactionId, [duration, name]);
    }
  }
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
_READ = """
() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve({
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
  scripts: performance.getEntriesByType("resource").filter(({ name }) => new URL(name).pathname.endsWith(".js"))
    .reduce((total, { encodedBodySize }) => total + encodedBodySize, 0),
  shift: seen.shift,
  moved: seen.moved,
  events: [...seen.events.values()],
}), 50)))
"""


# Fonts are there, and nothing is being fetched any more.
_IS_QUIET = """
() => document.readyState === "complete" && document.fonts.status === "loaded"
  && !document.querySelector(".htmx-request")
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is done on a page after it has been opened.

    Attributes:
        name: of the page.
        path: of it.
        act: uses it as people do, by hand and key.
    """

    name: str
    path: Callable[[Scene], str]
    act: Callable[[Page], Awaitable[None]]


@dataclass(slots=True)
class Seen:
    """What the browser tells of a page.

    Attributes:
        name: of the page.
        first_ms: when something was first to be seen, in a browser that had nothing of it yet, by visit.
        again_ms: likewise in one that has been there before.
        interactions_ms: from a key or a click to the next frame that shows something of it; 16 stands for less.
        slowest: which kind of event the longest was.
        shift: the most that moved by itself while it was opened; 0 is nothing.
        moved: what did.
        scripts_kib: compressed scripts that the page loads, islands that were used included.
    """

    name: str
    first_ms: list[float] = field(default_factory=list)
    again_ms: list[float] = field(default_factory=list)
    interactions_ms: list[float] = field(default_factory=list)
    slowest: str = ""
    shift: float = 0.0
    moved: set[str] = field(default_factory=set)
    scripts_kib: float = 0.0

    @property
    def steady(self) -> bool:
        """Whether nothing moved by itself, and scripts are as small as they have to be."""
        return self.shift == 0 and self.scripts_kib <= MOST_SCRIPT_KIB

    @property
    def paint_ms(self) -> float:
        """The median of the first visits."""
        return statistics.median(self.first_ms)

    @property
    def interaction_ms(self) -> float:
        """Interaction to next paint: the longest of each visit's, which are fewer than fifty."""
        return max(self.interactions_ms, default=16.0)

    @property
    def reached(self) -> bool:
        """Whether it shows and answers as soon as it should."""
        return self.paint_ms <= AIM_PAINT_MS and self.interaction_ms <= AIM_INTERACTION_MS

    def add_opening(self, told: dict[str, Any]) -> float:
        """Add what the browser tells of a page that has been opened; return the ms until something was to be seen."""
        self.shift = max(self.shift, told["shift"])
        self.moved |= set(told["moved"])
        return float(told["paint"])

    def add_use(self, told: dict[str, Any]) -> None:
        """Add what the browser tells of a page that has been used."""
        self.scripts_kib = max(self.scripts_kib, told["scripts"] / 1024)
        for duration, name in told["events"]:
            if duration > max(self.interactions_ms, default=0.0):
                self.slowest = name
            self.interactions_ms.append(duration)


async def visit(port: int, scene: Scene, times: int, tell: Callable[[str], None]) -> list[Seen]:
    """Visit each page so many times, each time in a browser that is new to the app, and then once more in the same.

    Args:
        port: of the server, on 127.0.0.1.
        scene: whose pages.
        times: how often.
        tell: is told what goes on.
    """
    path = subprocess.run([_CHROMIUM], check=True, capture_output=True, text=True).stdout.strip()  # noqa: ASYNC221 - once
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(_FLAGS)
    found = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        for planned in visits():
            tell(f"in the browser: {planned.name}, {times} times")
            seen = Seen(planned.name)
            for _ in range(times):
                await look(browser, port, scene, planned, seen)
            found.append(seen)
        await browser.close()
    return found


async def look(browser: Browser, port: int, scene: Scene, planned: Visit, seen: Seen) -> None:
    """Visit a page in a browser that is new to the app, visit it again and use it; add what the browser tells."""
    base = f"http://127.0.0.1:{port}"
    context = await browser.new_context(base_url=base, viewport={"width": 1440, "height": 900}, locale="en-GB")
    await context.add_cookies([{"name": "pivotal_session", "value": scene.session, "url": base}])
    await context.add_init_script(_WATCH)
    page = await context.new_page()
    for times in (seen.first_ms, seen.again_ms):
        await page.goto(planned.path(scene))
        await page.wait_for_function(_IS_QUIET)
        times.append(seen.add_opening(await page.evaluate(_READ)))
    await planned.act(page)
    await page.wait_for_function(_IS_QUIET)
    seen.add_use(await page.evaluate(_READ))
    await context.close()


def visits() -> tuple[Visit, ...]:
    """Return what is done in the browser."""
    return (
        Visit("home", lambda _: "/", _find),
        Visit("customers", lambda _: "/customers", _search_and_choose),
        Visit("customer", lambda scene: scene.customer, _open_a_field),
        Visit("board", lambda _: "/onboardings", _carry_a_card),
        Visit("onboarding", lambda scene: scene.onboarding, _open_a_field),
        Visit("tasks", lambda _: "/tasks", _walk),
    )


async def _find(page: Page) -> None:
    """Search by the palette: what is typed, and walking through what was found."""
    await page.keyboard.press("ControlOrMeta+k")
    await page.keyboard.type("heron", delay=60)
    await page.locator("[role=option]").first.wait_for()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "Escape"):
        await page.keyboard.press(key)


async def _search_and_choose(page: Page) -> None:
    await page.keyboard.press("/")
    await page.keyboard.type("heron", delay=60)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Filter", exact=True).click()
    await page.keyboard.press("Escape")
    await _walk(page)
    await page.keyboard.press("x")


async def _open_a_field(page: Page) -> None:
    await page.keyboard.press("?")
    await page.keyboard.press("Escape")
    for _ in range(12):
        await page.keyboard.press("Tab")


async def _carry_a_card(page: Page) -> None:
    card = page.locator("[data-card]").first
    await card.focus()
    for key in ("Space", "ArrowRight", "ArrowLeft", "Escape"):
        await page.keyboard.press(key)
    place = await card.bounding_box()
    if place is not None:
        await page.mouse.move(place["x"] + 40, place["y"] + 20)
        await page.mouse.down()
        await page.mouse.move(place["x"] + 300, place["y"] + 60, steps=12)
        await page.keyboard.press("Escape")
        await page.mouse.up()


async def _walk(page: Page) -> None:
    for _ in range(8):
        await page.keyboard.press("j")
    await page.keyboard.press("k")
