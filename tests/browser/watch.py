"""What goes wrong on a page without being seen, and what axe finds."""

import functools
import logging
import subprocess
from pathlib import Path
from typing import ClassVar
from weakref import WeakKeyDictionary

from playwright.async_api import ConsoleMessage, Page

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).parents[2]
# A form that comes back with its problems, or with what somebody else has saved, is no failure of the page.
_ANSWERS = ("status of 409", "status of 422")
_SHIFT = """
() => new Promise((resolve) => {
  let total = 0;
  const moved = [];
  const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      total += entry.value;
      for (const { node, previousRect, currentRect } of entry.sources) {
        const html = (node?.outerHTML ?? node?.textContent ?? "gone").slice(0, 150);
        moved.push(`${place(previousRect)} -> ${place(currentRect)}: ${html}`);
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve([total, moved])));
})
"""
# Only what breaks a rule is described and told: describing all that keeps them took most of the time.
_CHECK = """
async (rules) => {
  const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`),
  );
}
"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A page in the other scheme is the same page in other colours, with pictures of its own.
_RULES_OF_COLOURS = ["color-contrast", "link-in-text-block", "image-alt", "image-redundant-alt"]


class Watch:
    """Notes what a page complains of.

    Attributes:
        problems: errors and warnings of the console, and exceptions that nothing caught.
    """

    _all: ClassVar[WeakKeyDictionary[Page, "Watch"]] = WeakKeyDictionary()

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self._expected: list[str] = list(_ANSWERS)
        self._all[page] = self
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))

    @classmethod
    def of(cls, page: Page) -> "Watch":
        """Return the one that watches a page."""
        return cls._all[page]

    def expect(self, text: str) -> None:
        """Let messages with this text be, from now on."""
        self._expected.append(text)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(text in message.text for text in self._expected):
            self.problems.append(f"{message.location.get('url')}: {message.text}")


@functools.cache
def _axe() -> str:
    packages = subprocess.run(
        [_ROOT / "tools" / "frontend" / "packages"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return (Path(packages) / "axe-core" / "axe.min.js").read_text()


async def violations(page: Page) -> list[str]:
    """Return what axe holds against a page as it stands, in light and in dark: the rule, and what breaks it."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_axe())
    dark = await page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches")
    found: list[str] = await page.evaluate(_CHECK, _RULES)
    await page.emulate_media(color_scheme="light" if dark else "dark")
    found += [f"in the other scheme: {problem}" for problem in await page.evaluate(_CHECK, _RULES_OF_COLOURS)]
    await page.emulate_media(color_scheme="dark" if dark else "light")
    return found


async def layout_shift(page: Page) -> float:
    """Return how much of the page has moved by itself since it was opened; 0 is nothing. The log says what moved."""
    total, moved = await page.evaluate(_SHIFT)
    for element in moved:
        logger.warning("Moved: %s", element)
    return float(total)


async def overflows(page: Page) -> bool:
    """Return whether the page as a whole is wider than the window."""
    wider: bool = await page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    return wider
