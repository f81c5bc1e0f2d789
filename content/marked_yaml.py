"""Reads YAML into plain data and remembers on which line each part stands.

Stricter than YAML itself, because its surprises cost authors hours: `No` and `Off` are words here, `08` is
text, a field may not stand twice, and there are no anchors or tags.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from content.errors import broken

Location = tuple[str | int, ...]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # five times faster where libyaml is there
_DEEPEST = 20
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAGS = frozenset(["str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"])
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Plain data, and the line of every part of it."""

    file: str
    data: object
    lines: Mapping[Location, int]

    def line_of(self, location: Sequence[str | int]) -> int:
        """Give the line of a part, or of the nearest part around it that is there."""
        whole = tuple(location)
        return next(self.lines[whole[:length]] for length in range(len(whole), -1, -1) if whole[:length] in self.lines)


def read_yaml(file: str, text: str, first_line: int = 1) -> Marked:
    """Read one document that begins on `first_line` of its file.

    Raises:
        ContentError: the text is not YAML, or uses a part of YAML that content does without.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + min(mark.line if mark else 0, text.rstrip().count("\n"))
        raise broken(file, line, "KC002", f"{error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        line = first_line + text[: error.position].count("\n")
        raise broken(file, line, "KC002", "there is a character that YAML does not allow") from error
    except (RecursionError, ValueError) as error:
        raise broken(file, first_line, "KC002", "this is nested too deeply or not text") from error
    if root is None:
        raise broken(file, first_line, "KC010", "the file is empty")
    lines: dict[Location, int] = {}
    data = _Builder(file=file, first_line=first_line, lines=lines, seen=set()).build(root, ())
    return Marked(file=file, data=data, lines=lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    file: str
    first_line: int
    lines: dict[Location, int]
    seen: set[int]

    def build(self, node: yaml.Node, location: Location) -> object:
        line = self.first_line + node.start_mark.line
        self.lines.setdefault(location, line)
        if len(location) > _DEEPEST:
            raise broken(self.file, line, "KC002", "this is nested too deeply")
        if id(node) in self.seen:
            raise broken(self.file, line, "KC002", "anchors (&name, *name) are not used here")
        self.seen.add(id(node))
        if node.tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            raise broken(self.file, line, "KC002", f"tags such as {node.tag} are not used here")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*location, index)) for index, item in enumerate(node.value)]
        style = node.style if isinstance(node, yaml.ScalarNode) else None
        if style in ("|", ">"):
            self.lines[location] = line + 1  # the text begins below its mark
        return node.value if style else self._plain(node.value, line)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, object]:
        built: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = self.first_line + key_node.start_mark.line
            if not isinstance(key_node, yaml.ScalarNode):
                raise broken(self.file, line, "KC002", "a field's name must be a word")
            key = key_node.value
            if key in built:
                raise broken(self.file, line, "KC007", f"`{key}` stands twice")
            where = (*location, key)
            self.lines[where] = line
            built[key] = self.build(value_node, where)
        return built

    def _plain(self, value: str, line: int) -> object:
        if value in _WORDS:
            return _WORDS[value]
        if _INTEGER.fullmatch(value):
            return int(value)
        if _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise broken(self.file, line, "KC003", f"{value} is not a day of the calendar") from error
        return value
