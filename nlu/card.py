"""The model card, written from the data and the figures so that it cannot disagree with them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nlu.calibration import ALARM_COSTS, MISSED_COSTS, MISSED_EMERGENCY_COSTS, calibration_error, reliability
from nlu.corpus import Line
from nlu.evaluation import Pair, as_rows, understood
from nlu.listener import Listener

_FOLDER = Path(__file__).parent / "card_words"


def write_card(path: Path, lines: Mapping[str, Sequence[Line]], summary: Mapping[str, Any], listener: Listener) -> None:
    """Write the card as Markdown; `lines` are the sets by name, `summary` the figures of figures.json."""
    thresholds: dict[str, float] = summary["thresholds"]
    costs = {"missed": MISSED_COSTS, "missed_emergency": MISSED_EMERGENCY_COSTS, "alarm": ALARM_COSTS}
    parts = [
        (_FOLDER / "head.md").read_text(encoding="utf-8").format(version=summary["version"]),
        _counts(lines),
        (_FOLDER / "thresholds.md").read_text(encoding="utf-8").format(**thresholds, **costs),
    ]
    judged = [name for name in ("test", "dev") if lines.get(name)]
    for name in judged:
        parts += [f"## Figures on {name}\n", _markdown(as_rows(summary[name]))]
    if judged:
        parts += [_reliability(judged[0], understood(listener, lines[judged[0]]))]
    parts.append((_FOLDER / "limits.md").read_text(encoding="utf-8"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts), encoding="utf-8")


def _reliability(name: str, pairs: Sequence[Pair]) -> str:
    judged = [pair for pair in pairs if pair[0].disclosure != "borderline"]
    known = [(got.probability, line.disclosure == "disclosure") for line, got in judged]
    probabilities = [probability for probability, _ in known]
    happened = [holds for _, holds in known]
    rows = [["said", "was so", "", "lines"]]
    for mean, share, count in reliability(probabilities, happened):
        rows.append([f"{mean:.2f}", f"{share:.2f}", "#" * round(share * 40), str(count)])
    error = calibration_error(probabilities, happened)
    return (
        f"## Calibration on {name}\n\nExpected calibration error {error:.3f}, ten bins; what the model said against "
        f"what was so:\n\n{_markdown(rows)}"
    )


def _counts(lines: Mapping[str, Sequence[Line]]) -> str:
    names = [name for name in ("train", "dev", "test") if lines.get(name)]
    rows = [["", *names], ["lines", *(str(len(lines[name])) for name in names)]]
    rows.append(["writers", *(str(len({line.writer for line in lines[name]})) for name in names)])
    for title, labels in (
        ("", lambda line: (line.disclosure,)),
        ("harm ", lambda line: line.harms if line.disclosure == "disclosure" else ()),
        ("urgency ", lambda line: (line.urgency,) if line.disclosure == "disclosure" else ()),
        ("band ", lambda line: (line.band,)),
        ("style ", lambda line: line.styles),
    ):
        counted = [Counter(label for line in lines[name] for label in labels(line)) for name in names]
        every = sorted({label for counts in counted for label in counts})
        rows.extend([title + label, *(str(counts[label]) for counts in counted)] for label in every)
    return _markdown(rows)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    return "\n".join(lines) + "\n"
