"""Reads the YAML tables of this room; whatever is wrong is named with file, line and what to do."""

from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

TABLES: Final = Path(__file__).parent / "data_tables"
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Model = TypeVar("_Model", bound=BaseModel)


class TableError(Exception):
    """A data file cannot be used; the message is `file:line: CODE what is wrong and what to do`."""

    def __init__(self, path: Path, line: int, code: str, message: str) -> None:
        super().__init__(f"{path.name}:{line}: {code} {message}")
        self.path, self.line, self.code = path, line, code


def load_table(name: str, model: type[_Model]) -> _Model:
    """The table `name` (a file of `data_tables/`) as `model`.

    Raises:
        TableError: the file is missing, is not YAML, or does not fit the schema.
    """
    path = TABLES / name
    return validated(model, read_yaml(path), path)


def read_yaml(path: Path) -> Any:
    """The plain data of a YAML file.

    Raises:
        TableError: the file cannot be read or is not YAML.
    """
    try:
        return yaml.load(_text_of(path), Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "bad value"
        raise TableError(path, line, "E-YAML", f"is not YAML ({problem}); mend this line") from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(path, 1, "E-READ", "cannot be read as UTF-8; check the path and the file") from error


def validated(model: type[_Model], data: Any, path: Path) -> _Model:
    """`data`, read from `path`, as `model`.

    Raises:
        TableError: at the line of the first value that does not fit; the value itself is not repeated.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = first["loc"]
        where = ".".join(str(step) for step in place) or "the file"
        message = f"{where}: {first['msg']}; mend it"
        raise TableError(path, line_at(path, place), "E-FIELD", message) from None


def line_at(path: Path, place: tuple[int | str, ...]) -> int:
    """The line (from 1) of the value at `place` in a YAML file, or of its nearest parent that is there."""
    return line_of(yaml.compose(_text_of(path), Loader=yaml.SafeLoader), place)


def line_of(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """The line (from 1) of the value at `place` in a YAML tree, or of its nearest parent that is there."""
    if node is None:
        return 1
    line = node.start_mark.line + 1
    for step in place:
        child = _child(node, step)
        if child is None:
            break
        node = child
        line = node.start_mark.line + 1
    return line


def _child(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None
