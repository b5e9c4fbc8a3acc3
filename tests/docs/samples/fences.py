"""The fences of a page: what is run of them, and what is said to come of it."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

RUN = frozenset({"sh", "python", "ts", "js"})
"""Languages whose fences are run."""
_FENCE = re.compile(r"^( *)```([a-z]+)(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)
_ATTRIBUTE = re.compile(r'(\w+)=(?:"([^"]*)"|(\S+))')


@dataclass
class Fence:
    """One fence.

    Attributes:
        page: where it stands, from the repository on.
        line: of its opening.
        language: behind the backticks.
        attributes: behind the language, such as ``title``.
        text: what is in it.
        answer: what a ``json`` fence right behind it, or behind those that say the same in other languages, shows.
    """

    page: str
    line: int
    language: str
    attributes: dict[str, str]
    text: str
    answer: Any = field(default=None)

    @property
    def place(self) -> str:
        """Where a reader finds it."""
        return f"{self.page}:{self.line}"

    @property
    def title(self) -> str | None:
        """The file that it is the content of."""
        return self.attributes.get("title")

    @property
    def stays(self) -> bool:
        """Whether it runs in a terminal of its own until the page is done."""
        return "terminal" in self.attributes


def fences_of(root: Path, path: Path) -> list[Fence]:
    """Return a page's fences in order, each with the answer that is shown for it.

    Raises:
        ValueError: a fence says that it is JSON, and is not.
    """
    text, page, found = path.read_text(), str(path.relative_to(root)), list[Fence]()
    end = 0
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        attributes = {name: quoted or plain for name, quoted, plain in _ATTRIBUTE.findall(match[3])}
        fence = Fence(page, line, match[2], attributes, dedent(match[4]))
        if fence.language == "json":
            try:
                shown = json.loads(fence.text)
            except ValueError as error:
                raise ValueError(f"{fence.place}: {error}") from error
            if found and not text[end : match.start()].strip() and found[-1].language in RUN:
                _answered(found).answer = shown
        found.append(fence)
        end = match.end()
    return found


def _answered(found: list[Fence]) -> Fence:
    """Return the sample whose output is the answer: curl's, where it stands beside other languages."""
    for fence in reversed(found):
        if fence.language not in RUN:
            break
        if fence.language == "sh":
            return fence
    return found[-1]


def values_in(output: str) -> list[Any]:
    """Return the JSON objects and lists that stand in what a sample has said, in order."""
    found, at, decoder = [], 0, json.JSONDecoder()
    while match := re.compile(r"[\[{]").search(output, at):
        try:
            value, at = decoder.raw_decode(output, match.start())
        except ValueError:
            at = match.end()
        else:
            found.append(value)
    return found


def missing(shown: Any, given: Any, path: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """Return which keys of the shown answer the given one lacks; of a list the first value counts."""
    if isinstance(shown, dict):
        if not isinstance(given, dict):
            return [path or "an object"]
        lacking = [f"{path}.{key}".lstrip(".") for key in shown if key not in given]
        for key in shown.keys() & given.keys():
            lacking += missing(shown[key], given[key], f"{path}.{key}".lstrip(".")) if given[key] is not None else []
        return lacking
    if isinstance(shown, list) and shown:
        if not isinstance(given, list) or not given:
            return [f"{path}[0]"]
        return missing(shown[0], given[0], f"{path}[0]")
    return []
