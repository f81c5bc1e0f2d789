"""Forms 02, 03 and 06 side by side: the same lines on three dates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from escalation.casefile.assessment import Assessment, assess
from escalation.casefile.forms import ASSESSING, WHY, Form, Forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one form says on one line: high, medium, low, or nothing where it is not known yet."""

    level: str
    meaning: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a part, as each form has it; None where a form does not ask for it."""

    part: str
    label: str
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """The lines, and above them which form, when, and what it counts."""

    forms: tuple[Form, ...]
    dates: tuple[str, ...]
    counts: tuple[Assessment | None, ...]
    rows: tuple[Row, ...]


def side_by_side(forms: Forms, values: Mapping[str, Mapping[str, str]], language: str) -> SideBySide:
    """Lay the assessing forms beside one another; `values` are what each form says, by its number."""
    shown = tuple(forms.by_number[number] for number in ASSESSING)
    rows = []
    for part in ("A", "B"):
        lines = {line.id: line for form in reversed(shown) for line in form.lines(part)}  # the first form names it
        order = dict.fromkeys(line.id for form in shown for line in form.lines(part))
        for name in order:
            marks = tuple(_mark(form, part, name, values[form.number], language) for form in shown)
            rows.append(Row(part=part, label=lines[name].label.of(language), marks=marks))
    return SideBySide(
        forms=shown,
        dates=tuple(_date(form, values[form.number]) for form in shown),
        counts=tuple(assess(form, values[form.number]) for form in shown),
        rows=tuple(rows),
    )


def _mark(form: Form, part: str, name: str, values: Mapping[str, str], language: str) -> Mark | None:
    line = next((each for each in form.lines(part) if each.id == name), None)
    if line is None:
        return None
    level = values.get(name, "")
    return Mark(level=level, meaning=line.words_of(level, language), why=values.get(name + WHY, ""))


def _date(form: Form, values: Mapping[str, str]) -> str:
    field = form.with_role("date")
    return values.get(field.id, "") if field is not None else ""
