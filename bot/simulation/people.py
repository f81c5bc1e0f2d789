"""Who writes to the bot in the simulator, and what each kind of person does next. Nothing here knows the product."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any, Literal

from bot.simulation.lines import Lines, Speaker
from bot.simulation.steps import Tag

CANARY = r"0981\d{6}"
"""A number planted in what somebody types; each is planted once, so that it can be looked for."""
_CANARIES_EACH = 16
_ASKED = ("consent.", "item.", "safe.", "talk.", "withdraw.", "delete.", "followup.", "referral.")
_ATTACHMENTS = ("picture", "voice", "video", "file", "sticker", "other")
_SHARE_EXIT = 0.3  # as often as another button would be pressed
_SHARE_STALE = 0.05  # of presses: a button of an older message
_SHARE_CANARY = 0.06  # of typed lines
Habit = Literal["exit", "withdraw", "delete", "discreet", "attaches", "bursts", "swaps", "edits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One kind of person. Shares are of what it does next; `pause` is in seconds, on the average."""

    speaker: Speaker
    share: float  # of all people
    opening: tuple[str, ...] = ()  # buttons pressed first
    types: float = 0.3
    discloses: float = 0.0  # of typed lines
    emergency: float = 0.2  # of disclosures
    agrees: float = 0.6
    wants_help: float = 1.0  # how much likelier than another button "talk to somebody" is
    acts: tuple[int, int] = (4, 14)
    pause: float = 25.0
    returns: float = 0.1  # comes back hours or days later
    habits: Mapping[Habit, float] = field(default_factory=lambda: MappingProxyType({}))


PERSONAS: dict[str, Persona] = {
    "nine_year_old": Persona(
        speaker="child", share=0.14, opening=("role.child", "band.6-10"), types=0.35, discloses=0.3, wants_help=3.0
    ),
    "teenager": Persona(
        speaker="teen", share=0.16, opening=("role.child", "band.15-17"), types=0.45, discloses=0.35, wants_help=3.0
    ),
    "comes_with_it": Persona(speaker="teen", share=0.12, types=0.6, discloses=0.8, emergency=0.4, wants_help=6.0),
    "waits_for_111": Persona(
        speaker="child", share=0.1, types=0.4, discloses=0.7, agrees=0.95, wants_help=12.0, acts=(10, 30), pause=50.0
    ),
    "parent": Persona(speaker="parent", share=0.12, opening=("role.parent",), types=0.5, discloses=0.3),
    "learner": Persona(
        speaker="teen", share=0.14, opening=("role.child", "band.11-14"), types=0.08, acts=(10, 30), pause=12.0
    ),
    "shared_phone": Persona(
        speaker="child", share=0.05, discloses=0.4, wants_help=4.0, acts=(10, 24), habits={"swaps": 0.2, "exit": 0.05}
    ),
    "taken_over": Persona(
        speaker="child", share=0.04, discloses=0.7, agrees=0.9, wants_help=6.0, acts=(10, 24), habits={"swaps": 0.12}
    ),
    "joker": Persona(speaker="teen", share=0.04, types=0.7, discloses=0.3, agrees=0.3, habits={"attaches": 0.2}),
    "flood": Persona(
        speaker="teen", share=0.02, types=0.8, discloses=0.3, pause=1.0, acts=(15, 30), habits={"bursts": 0.5}
    ),
    "careful": Persona(
        speaker="child", share=0.04, discloses=0.6, agrees=0.9, wants_help=6.0, habits={"discreet": 0.25, "exit": 0.1}
    ),
    "takes_back": Persona(
        speaker="teen",
        share=0.03,
        discloses=0.6,
        agrees=0.9,
        wants_help=6.0,
        habits={"withdraw": 0.15, "delete": 0.12, "edits": 0.1},
    ),
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Person:
    """One person with a phone."""

    number: int
    persona: Persona
    lines: Lines
    random: Random
    seen: list[str] = field(default_factory=list)  # buttons of all messages so far
    left: int = 0
    _opened: int = 0
    _canaries: int = 0
    _intruder: bool = False

    def __post_init__(self) -> None:
        """Draw how long this person stays."""
        self.left = self.random.randint(*self.persona.acts)

    def pause(self) -> float:
        """Return how many seconds pass until the next act."""
        return self.random.expovariate(1 / self.persona.pause) + 1.0

    def next_act(self, offered: tuple[str, ...]) -> dict[str, Any]:
        """Return the fields of a step: what this person does about what it was offered last."""
        self.left -= 1
        self.seen += [choice for choice in offered if choice not in self.seen]
        for habit, share in sorted(self.persona.habits.items()):
            if self.random.random() < share:
                return self._by_habit(habit)
        if self._opened < len(self.persona.opening) and self.random.random() > self.persona.types / 2:
            self._opened += 1
            return {"presses": self.persona.opening[self._opened - 1]}
        if not offered or self.random.random() < self.persona.types:
            return self._types(offered)
        return {"presses": self._press(offered)}

    def _by_habit(self, habit: str) -> dict[str, Any]:
        match habit:
            case "attaches":
                return {"sends": self.random.choice(_ATTACHMENTS)}
            case "bursts":
                spoken = [self._line() for _ in range(self.random.randint(2, 5))]
                tags = {tag for tag, _ in spoken}
                worst: Tag = next((tag for tag in ("emergency", "disclosure") if tag in tags), "none")
                return {"says": tuple(text for _, text in spoken), "tag": worst}
            case "edits":
                tag, text = self._line()
                return {"says": (text,), "tag": tag, "edited": True}
            case "swaps":
                self._intruder = not self._intruder
                return {"presses": "role.parent" if self._intruder else "role.child"}
            case "exit":
                return {"presses": "exit"} if self.random.random() < 0.5 else {"says": ("/thoat",)}  # noqa: PLR2004
            case "discreet":
                return {"presses": "discreet.on"}
            case _:
                confirm = f"{habit}.confirm"
                return {"presses": confirm if confirm in self.seen[-6:] else habit}

    def _types(self, offered: tuple[str, ...]) -> dict[str, Any]:
        asked = any(choice.startswith(_ASKED) for choice in offered)
        if asked and self.random.random() < 0.5:  # noqa: PLR2004
            return {"says": (self._with_canary(self.random.choice(self.lines.answers)),)}
        tag, text = self._line()
        return {"says": (text,), "tag": tag}

    def _line(self) -> tuple[Tag, str]:
        if self._intruder:
            return "none", self.random.choice(self.lines.of("intruder", "none"))
        tag: Tag = "none"
        if self.random.random() < self.persona.discloses:
            tag = "emergency" if self.random.random() < self.persona.emergency else "disclosure"
        return tag, self._with_canary(self.random.choice(self.lines.of(self.persona.speaker, tag)))

    def _with_canary(self, text: str) -> str:
        if self._canaries >= _CANARIES_EACH or self.random.random() > _SHARE_CANARY:
            return text
        self._canaries += 1
        return f"{text}, số của em 0981{self.number * _CANARIES_EACH + self._canaries - 1:06d}"

    def _press(self, offered: tuple[str, ...]) -> str:
        if self.seen and self.random.random() < _SHARE_STALE:
            return self.random.choice(self.seen)
        weights = [self._weight(choice) for choice in offered]
        return self.random.choices(offered, weights)[0]

    def _weight(self, choice: str) -> float:
        if choice == "exit":
            return _SHARE_EXIT
        if choice in {"talk.now", "safe.no"}:
            return self.persona.wants_help
        if choice.endswith(".yes") and choice.startswith(("consent.", "referral.")):
            return self.persona.agrees * 4
        if choice in {"withdraw", "delete", "counsellor.end"}:
            return 0.15
        return 1.0


def draw_persona(random: Random) -> Persona:
    """Return one kind of person, by its share."""
    return random.choices(list(PERSONAS.values()), [persona.share for persona in PERSONAS.values()])[0]
