"""What the people of the simulator type, read from `lines.yml`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.simulation.steps import Tag

LINES_FILE = Path(__file__).parent / "lines.yml"
Speaker = Literal["child", "teen", "parent", "intruder"]


class LinesError(Exception):
    """The file of lines is broken; the text names file, place and what is wrong."""


class Spoken(BaseModel):
    """The lines of one kind of person, by what they are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    none: tuple[str, ...]
    disclosure: tuple[str, ...]
    emergency: tuple[str, ...]

    def of(self, tag: Tag) -> tuple[str, ...]:
        """Return the lines of one tag."""
        return {"none": self.none, "disclosure": self.disclosure, "emergency": self.emergency}[tag]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    child: Spoken
    teen: Spoken
    parent: Spoken
    intruder: Spoken
    answers: tuple[str, ...]
    counsellor: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Everything that may be typed in the simulator."""

    spoken: dict[Speaker, Spoken]
    answers: tuple[str, ...]
    counsellor: tuple[str, ...]

    def of(self, speaker: Speaker, tag: Tag) -> tuple[str, ...]:
        """Return what this kind of person may type."""
        return self.spoken[speaker].of(tag)


def read_lines(path: Path = LINES_FILE) -> Lines:
    """Read the file; raises LinesError."""
    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LinesError(f"{path}:{line}: not YAML: {error.problem}. Put the line in quotes.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise LinesError(f"{path}: {where}: {first['msg']}. Each line is a text; put numbers in quotes.") from None
    spoken: dict[Speaker, Spoken] = {
        "child": found.child,
        "teen": found.teen,
        "parent": found.parent,
        "intruder": found.intruder,
    }
    return Lines(spoken=spoken, answers=found.answers, counsellor=found.counsellor)
