"""Reads a call as it came over the wire, and says everything that is wrong with it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.telegram.methods import METHODS, Parameter

Values = dict[str, Any]


def check_call(method: str, given: Mapping[str, str | bytes]) -> tuple[Values, list[str]]:
    """Decode the parameters of a call of a known method; returns them and the problems found."""
    allowed = METHODS[method]
    problems = [f"{method}: unknown parameter {name}" for name in given if name not in allowed]
    problems += [
        f"{method}: {name} is missing"
        for name, parameter in allowed.items()
        if parameter.required and name not in given
    ]
    values: Values = {}
    for name in set(given) & set(allowed):
        try:
            values[name] = _read(allowed[name], given[name])
        except ValueError as error:
            problems.append(f"{method}: {name} {error}")
    return values, problems


def _read(parameter: Parameter, text: str | bytes) -> Any:
    """Decode a value by the first of its types that fits. Raises ValueError with what is wrong."""
    for kind in parameter.types:
        decoded, value = (kind == "InputFile", text) if isinstance(text, bytes) else _decode(kind, text)
        if decoded:
            problem = parameter.rule(value) if parameter.rule is not None else None
            if problem is not None:
                raise ValueError(problem)
            return value
    raise ValueError(f"is not of {' or '.join(parameter.types)}")


def _decode(kind: str, text: str) -> tuple[bool, Any]:
    if kind == "Integer":
        return (True, int(text)) if re.fullmatch(r"-?\d{1,18}", text) else (False, None)
    if kind == "Boolean":
        return text in {"true", "false"}, text == "true"
    if kind == "String":
        return True, text
    if kind == "InputFile":
        return False, None  # a file comes as a part of its own
    try:
        value = json.loads(text)
    except ValueError:
        return False, None
    return _SHAPES.get(kind, _is_object)(value), value


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int for item in value)


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "Array of Integer": _are_numbers,
    "Array of String": _are_strings,
    "Array of BotCommand": _are_objects,
}
