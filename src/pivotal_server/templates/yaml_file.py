"""A template as one YAML file.

Files come from strangers. Only what JSON has is read, of the plain scalars ``null``, ``true``, ``false`` and integers;
whatever else stands there is text, so that no title turns into a date. Aliases, tags, and anything that nests deeper
than a template does are refused before something is built of them.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson
import yaml

from pivotal_server.core.errors import ApiError, invalid_field
from pivotal_server.core.json_input import parse_object
from pivotal_server.core.validation import validate
from pivotal_server.templates.content import TemplateContent

_MAX_DEPTH = 10
_INTEGER = re.compile("-?(?:0|[1-9][0-9]{0,14})")
_SPELLINGS = (str.lower, str.title, str.upper)
_WORDS = {"": None, "~": None} | {
    spell(word): value for word, value in (("null", None), ("true", True), ("false", False)) for spell in _SPELLINGS
}


class _Dumper(yaml.CSafeDumper):
    """Writes no aliases, and texts of several lines as blocks that people can read."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the library's name
        return True


def _text(dumper: yaml.CSafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write_yaml(content: TemplateContent) -> str:
    """Return the file of a template; what is at its default is left out."""
    values = content.model_dump(exclude_defaults=True)
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def read_yaml(text: str) -> TemplateContent:
    """Return the template in a file.

    Raises:
        ApiError: 400 ``invalid_field`` about ``yaml`` where it cannot be read; 400 with the path inside the file where
            a value does not fit.
    """
    try:
        events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        value = _document(events)
    except yaml.MarkedYAMLError as error:
        line = f" Line {error.problem_mark.line + 1}: {error.problem}." if error.problem_mark else ""
        raise invalid_field("yaml", f"This is not valid YAML.{line}") from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise invalid_field("yaml", "This is not valid YAML.") from None
    if not isinstance(value, dict):
        raise invalid_field("yaml", "The file must hold a mapping: name, description and tasks.")
    return validate(TemplateContent, parse_object(orjson.dumps(value)))


def line_of(text: str, path: str) -> int:
    """Return the line, from 1, of what an error names by its path, or of the nearest thing around it.

    Args:
        text: a file that ``read_yaml`` could read so far that it found the error.
        path: such as ``tasks.3.due.type``.
    """
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    for part in path.split("."):
        inner = _inside(node, part)
        if inner is None:
            break
        node = inner
    return int(node.start_mark.line) + 1 if node is not None else 1


def _inside(node: Any, part: str) -> Any:  # noqa: ANN401 - the library's nodes
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        return node.value[int(part)]
    return None


def _document(events: Iterator[Any]) -> object:
    value, documents = None, 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refusal(event, "A file holds one document")
            value = _value(events, next(events), 1)
    return value


def _value(events: Iterator[Any], event: Any, depth: int) -> object:  # noqa: ANN401 - one of the library's events
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _refusal(event, "Anchors and aliases are not read")
    if event.tag is not None:
        raise _refusal(event, "Tags are not read")
    if depth > _MAX_DEPTH:
        raise _refusal(event, f"A template nests at most {_MAX_DEPTH} levels")
    if isinstance(event, yaml.SequenceStartEvent):
        return list(_items(events, depth))
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth)
    return _scalar(event.value) if event.implicit[0] else event.value


def _items(events: Iterator[Any], depth: int) -> Iterator[object]:
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield _value(events, event, depth + 1)


def _mapping(events: Iterator[Any], depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None or event.tag is not None:
            raise _refusal(event, "A key must be plain text")
        if event.value in found:
            raise _refusal(event, f"{event.value} stands there twice")
        found[event.value] = _value(events, next(events), depth + 1)
    return found


def _scalar(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def _refusal(event: Any, message: str) -> ApiError:  # noqa: ANN401 - one of the library's events
    return invalid_field("yaml", f"{message}. Line {event.start_mark.line + 1}.")
