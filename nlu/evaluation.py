"""Figures of the listener on labelled lines: as written and with every diacritic removed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from nlu.corpus import Line
from nlu.listener import Listener
from nlu.marks import without_marks
from nlu.understanding import Understanding

Pair = tuple[Line, Understanding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares from 0 to 1; None where no line counts for it."""

    lines: int
    disclosures: int
    recall: float | None
    """Disclosures decided disclosure or borderline."""
    firm_recall: float | None
    """Disclosures decided disclosure."""
    emergency_recall: float | None
    """Emergencies decided disclosure or borderline."""
    false_alarms: float | None
    """Innocent lines decided disclosure."""
    borderlines: float | None
    """Innocent lines decided borderline."""
    harms_f1: float | None
    urgency_exact: float | None
    subject_exact: float | None
    intent_f1: float | None
    topic_accuracy: float | None


def understood(listener: Listener, lines: Iterable[Line], *, marks: bool = True) -> list[Pair]:
    """Every line with its understanding; with `marks` false its diacritics are removed first."""
    as_typed: Callable[[str], str] = str if marks else without_marks
    return [
        (
            line,
            listener.understand(
                as_typed(line.text),
                [as_typed(message) for message in line.context],
                role=line.role or None,
                age_band=line.band or None,
            ),
        )
        for line in lines
    ]


def figures(pairs: Sequence[Pair]) -> Figures:
    """The figures of the given lines."""
    true = [pair for pair in pairs if pair[0].disclosure == "disclosure"]
    innocent = [pair for pair in pairs if pair[0].disclosure == "none"]
    emergencies = [pair for pair in true if pair[0].urgency == "emergency"]
    return Figures(
        lines=len(pairs),
        disclosures=len(true),
        recall=_share(true, lambda _, got: got.decision != "none"),
        firm_recall=_share(true, lambda _, got: got.decision == "disclosure"),
        emergency_recall=_share(emergencies, lambda _, got: got.decision != "none"),
        false_alarms=_share(innocent, lambda _, got: got.decision == "disclosure"),
        borderlines=_share(innocent, lambda _, got: got.decision == "borderline"),
        harms_f1=_harms_f1(true),
        urgency_exact=_share(true, lambda line, got: got.urgency == line.urgency),
        subject_exact=_share(true, lambda line, got: got.subject == line.subject),
        intent_f1=_intent_f1([pair for pair in pairs if pair[0].disclosure != "borderline"]),
        topic_accuracy=_share(pairs, lambda line, got: got.topic == line.topic),
    )


def _share(pairs: Sequence[Pair], holds: Callable[[Line, Understanding], bool]) -> float | None:
    if not pairs:
        return None
    return round(sum(holds(line, got) for line, got in pairs) / len(pairs), 4)


def _harms_f1(pairs: Sequence[Pair]) -> float | None:
    """Micro-averaged over the disclosures; one passed over has no harms."""
    right = sum(len(set(line.harms) & set(got.harms)) for line, got in pairs)
    named = sum(len(line.harms) + len(got.harms) for line, got in pairs)
    return round(2 * right / named, 4) if named else None


def _intent_f1(pairs: Sequence[Pair]) -> float | None:
    """Macro-averaged over the intents that the lines hold."""
    scores = []
    for intent in sorted({line.intent for line, _ in pairs}):
        right = sum(line.intent == intent == got.intent for line, got in pairs)
        named = sum((line.intent == intent) + (got.intent == intent) for line, got in pairs)
        scores.append(2 * right / named)
    return round(sum(scores) / len(scores), 4) if scores else None


def groups(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """The lines by harm, by age band, by style and by who writes; a line may stand in several groups."""
    grouped: dict[str, list[Pair]] = defaultdict(list)
    for line, got in pairs:
        for key in (
            *(f"harm {harm}" for harm in line.harms if line.disclosure == "disclosure"),
            *(f"band {line.band}" for _ in line.band[:1]),
            *(f"style {style}" for style in line.styles),
            *(f"role {line.role}" for _ in line.role[:1]),
        ):
            grouped[key].append((line, got))
    return dict(sorted(grouped.items()))


def report(listener: Listener, lines: Sequence[Line]) -> dict[str, dict[str, object]]:
    """Every table of figures: all lines, all without diacritics, and each group."""
    written = understood(listener, lines)
    plain = understood(listener, lines, marks=False)
    tables = {"as written": asdict(figures(written)), "without diacritics": asdict(figures(plain))}
    tables |= {name: asdict(figures(pairs)) for name, pairs in groups(written).items()}
    return tables


COLUMNS = {
    "lines": "lines",
    "recall": "recall",
    "firm_recall": "firm",
    "emergency_recall": "emerg.",
    "false_alarms": "false al.",
    "borderlines": "borderl.",
    "harms_f1": "harms F1",
    "urgency_exact": "urgency",
    "subject_exact": "subject",
    "intent_f1": "intent F1",
    "topic_accuracy": "topic",
}
"""Figure -> heading in a table."""


def as_rows(tables: dict[str, dict[str, object]]) -> list[list[str]]:
    """The tables as rows of text, headings first."""
    rows = [["", *COLUMNS.values()]]
    for name, values in tables.items():
        rows.append([name, *(_shown(values[column]) for column in COLUMNS)])
    return rows


def _shown(value: object) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)
