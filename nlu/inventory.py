"""What the data hold: counts, balance against what is wanted, near-duplicates and labels that contradict each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from nlu.corpus import Line
from nlu.neighbours import Pair, near_duplicates
from nlu.understanding import DECISIONS, HARMS, INTENTS, SUBJECTS, TOPICS, URGENCIES

WANTED_LINES: Final = 12_000
WANTED_PER_HARM: Final = 350
WANTED_PER_INTENT: Final = 120
WANTED_PER_TOPIC: Final = 150


_TELLING: Final = 16
"""Letters from which a text is no common word: everybody says "tạm biệt"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two lines that say the same and are labelled differently in `fields`."""

    first: Line
    second: Line
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What `khien nlu data` shows of one set or of several together."""

    sets: dict[str, int]
    writers: dict[str, int]
    counts: dict[str, dict[str, int]]
    """Field -> label -> lines; harms count disclosures only."""
    short: list[str]
    """Labels of the training lines below what is wanted, in words."""
    duplicates: list[Pair]
    """Pairs within one set, places in its list of lines."""
    leaks: list[tuple[Line, Line]]
    """A training line and the held-out line that it nearly repeats."""
    conflicts: list[Conflict]


_FIELDS: Final[dict[str, Callable[[Line], Iterable[str]]]] = {
    "decision": lambda line: (line.disclosure,),
    "harm": lambda line: line.harms if line.disclosure == "disclosure" else (),
    "urgency": lambda line: (line.urgency,),
    "subject": lambda line: (line.subject,),
    "intent": lambda line: (line.intent,),
    "topic": lambda line: (line.topic,),
    "role": lambda line: (line.role,),
    "band": lambda line: (line.band,),
    "style": lambda line: line.styles,
}
_ORDER: Final[dict[str, tuple[str, ...]]] = {
    "decision": DECISIONS, "harm": HARMS, "urgency": URGENCIES, "subject": SUBJECTS, "intent": INTENTS,
    "topic": TOPICS,
}  # fmt: skip


def take_stock(sets: dict[str, Sequence[Line]]) -> Inventory:
    """The inventory of named sets; `train` is measured against what is wanted, the others must not lean on it."""
    everything = [line for lines in sets.values() for line in lines]
    names = [name for name, lines in sets.items() for _ in lines]
    pairs = near_duplicates([line.text for line in everything])
    train = sets.get("train", ())
    return Inventory(
        sets={name: len(lines) for name, lines in sets.items()},
        writers=dict(Counter(line.writer for line in everything)),
        counts={field: _counted(field, everything) for field in _FIELDS},
        short=_short(train),
        duplicates=[pair for pair in pairs if names[pair.first] == names[pair.second]],
        leaks=[
            (everything[pair.first], everything[pair.second])
            for pair in pairs
            if (names[pair.first] == "train") != (names[pair.second] == "train")
            and min(len(everything[pair.first].text), len(everything[pair.second].text)) >= _TELLING
        ],
        conflicts=[found for pair in pairs if (found := _conflict(everything[pair.first], everything[pair.second]))],
    )


def _counted(field: str, lines: Iterable[Line]) -> dict[str, int]:
    found = Counter(label for line in lines for label in _FIELDS[field](line))
    order = _ORDER.get(field) or sorted(found)
    return {label: found[label] for label in order}


def _short(train: Sequence[Line]) -> list[str]:
    missing = []
    if len(train) < WANTED_LINES:
        missing.append(f"{len(train)} of {WANTED_LINES} training lines")
    for field, wanted in (("harm", WANTED_PER_HARM), ("intent", WANTED_PER_INTENT), ("topic", WANTED_PER_TOPIC)):
        counted = _counted(field, train)
        missing.extend(f"{field} {label}: {count} of {wanted}" for label, count in counted.items() if count < wanted)
    return missing


def _conflict(first: Line, second: Line) -> Conflict | None:
    fields = tuple(
        field for field in ("disclosure", "harms", "urgency", "intent", "topic")
        if getattr(first, field) != getattr(second, field)
    )  # fmt: skip
    return Conflict(first=first, second=second, fields=fields) if fields else None


def as_text(inventory: Inventory, most: int = 10) -> str:
    """The inventory for a terminal; of duplicates, leaks and conflicts at most `most` are shown."""
    parts = [
        "lines    " + ", ".join(f"{name} {count}" for name, count in inventory.sets.items()),
        "writers  " + ", ".join(f"{name} {count}" for name, count in inventory.writers.items()),
    ]
    for field, counts in inventory.counts.items():
        parts.append(f"{field:8} " + ", ".join(f"{label} {count}" for label, count in counts.items()))
    parts.append(f"near-duplicates within a set: {len(inventory.duplicates)}")
    parts.append(f"training lines that nearly repeat a held-out line: {len(inventory.leaks)}")
    parts.extend(f"  {left.text}  ~  {right.text}" for left, right in inventory.leaks[:most])
    parts.append(f"near-duplicates with different labels: {len(inventory.conflicts)}")
    parts.extend(
        f"  {', '.join(found.fields)}: {found.first.text} [{found.first.writer}]  ~  "
        f"{found.second.text} [{found.second.writer}]"
        for found in inventory.conflicts[:most]
    )
    parts.append("wanted and short: " + ("; ".join(inventory.short) or "nothing"))
    return "\n".join(parts)
