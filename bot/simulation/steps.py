"""What can happen in the simulator, as values that a file can hold and a world can carry out again."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.events import AttachmentKind
from bot.settings import EmergencyPolicy

Tag = Literal["none", "disclosure", "emergency"]
Duty = Literal[
    "opens_page", "loses_page", "goes_home", "takes", "replies", "looks", "hands_back", "closes", "signs",
    "refers", "moves_on",
]  # fmt: skip
TurnFault = Annotated[str, Field(pattern=r"^(error|cut):\d{1,3}$")]
SendFault = Literal["passing", "permanent", "cut"]
_VERBS = ("says", "presses", "sends", "does", "jumps")


class ReplayError(Exception):
    """A replay file is broken; the text names the file, where in it, and what is wrong."""


class Step(BaseModel):
    """One thing that happens; exactly one of the verbs is set.

    `at` is in seconds since the beginning. `turn_faults` strike the next turns of the product, one each: `error:7`
    raises at the seventh statement, `cut:7` ends the process there. `send_faults` strike the next sendings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Annotated[float, Field(ge=0)]
    person: int | None = None
    id: int = 0  # of this person's message; the same one again is a duplicate
    says: tuple[str, ...] = ()
    tag: Tag = "none"
    edited: bool = False
    late: bool = False
    presses: str | None = None
    sends: AttachmentKind | None = None
    staff: int | None = None
    does: Duty | None = None
    text: str = ""  # of a reply
    follow_up: bool = False  # proposed at the close
    case: int = 0  # which of the open cases is looked at, or referral moved on, counted from the oldest; which receiver
    jumps: Annotated[float, Field(gt=0)] | None = None
    turn_faults: tuple[TurnFault, ...] = ()
    send_faults: tuple[SendFault, ...] = ()

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        if sum(bool(getattr(self, verb)) for verb in _VERBS) != 1:
            raise ValueError(f"a step has exactly one of {', '.join(_VERBS)}")
        if (self.does is None) == (self.staff is not None):
            raise ValueError("`does` and `staff` stand together")
        if (self.says or self.presses or self.sends) and self.person is None:
            raise ValueError("who says, presses or sends is a `person`")
        return self


class Replay(BaseModel):
    """Steps that led to a broken check, and what was broken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str
    words: str
    seed: int
    emergency_policy: EmergencyPolicy = "consent"
    steps: tuple[Step, ...]


def write_replay(path: Path, replay: Replay) -> None:
    """Write a replay as YAML, one step a line."""
    lines = [
        "# A run of `khien simulate` that broke a check. Replay it: khien simulate --replay FILE",
        _line("check", replay.check),
        _line("words", replay.words),
        _line("seed", replay.seed),
        _line("emergency_policy", replay.emergency_policy),
        "steps:" if replay.steps else "steps: []",
        *(f"  - {_flow(step.model_dump(mode='json', exclude_defaults=True))}" for step in replay.steps),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(name: str, value: str | int) -> str:
    return f"{name}: {_flow(value)}"


def _flow(value: object) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")


def read_replay(path: Path) -> Replay:
    """Read a replay file; raises ReplayError."""
    try:
        return Replay.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ReplayError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ReplayError(f"{path}:{line}: not YAML: {error.problem}. Write the file anew with `--out`.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        raise ReplayError(f"{path}: {where}: {first['msg']}. docs/simulator.md shows what a step may hold.") from None


def of_person(steps: Iterable[Step], person: int | None) -> tuple[Step, ...]:
    """Return what one person did, with everything that staff did and every jump of the clock."""
    return tuple(step for step in steps if step.person in {None, person})
